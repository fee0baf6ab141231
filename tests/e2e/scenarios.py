"""A simulated building of a scenario, a gateway in it, and who receives from it."""

import asyncio
import json
import sys
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from contract.signing import public_key
from gateway.daemon.identity import private_key
from tests.faults.rig import receiving
from tests.gateway_process import ROOT, gateway
from tests.receiver import Receiver

READY_WITHIN_S = 30


@dataclass
class Building:
    """What runs.

    Attributes:
        process: The gateway's.
        began: When the gateway was started, by the loop's clock. [s]
    """

    config: Path
    node: str
    receiver: Receiver
    truth_url: str
    process: asyncio.subprocess.Process
    began: float

    async def truth(self):
        """Return what the simulator says of each device now."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{self.truth_url}/truth") as answer,
        ):
            return (await answer.json())["devices"]

    async def status(self):
        """Return each device's row of `voltonic-gateway status --json`."""
        asking = await gateway("status", "--config", self.config, "--json")
        output, errors = await asking.communicate()
        if asking.returncode:
            return {}
        assert not errors, errors
        return {
            f"{row['node']}/{row['name']}".removeprefix(f"{self.node}/"): row
            for row in json.loads(output)["devices"]
        }

    def readings(self, path):
        """Return {quantity: {instant in ms: value}} of a device, as received."""
        start = f"{self.node}/{path}/"
        found = {}
        for _, point, at_ms, value in self.receiver.rows:
            if point.startswith(start) and "/" not in point.removeprefix(start):
                quantity = point.removeprefix(start)
                found.setdefault(quantity, {})[at_ms] = value
        return found


@asynccontextmanager
async def building(folder, scenario, *options):
    """Play the scenario with one gateway."""
    config, receiver = folder / "gateway.toml", Receiver({})
    async with (
        receiving(receiver) as url,
        _simulator(scenario, config, url, *options) as ports,
    ):
        ((name, told),) = ports["gateways"].items()
        receiver.keys[name] = public_key(private_key(folder / "data"))
        began = asyncio.get_running_loop().time()
        async with _gateway(config) as process:
            yield Building(
                config, told["node"], receiver, ports["truth"], process, began
            )


@asynccontextmanager
async def _gateway(config):
    """Run the daemon; what it logs goes to a file, which no amount of it can fill."""
    with config.with_suffix(".log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "gateway", "run", "--config", config),
            cwd=ROOT,
            stdout=log,
            stderr=log,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


@asynccontextmanager
async def _simulator(scenario, config, url, *options):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "firmware_sim", "play", scenario),
        *("--gateway-config", config, "--cloud-url", url, *options),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        limit=2**20,
    )
    try:
        async with asyncio.timeout(READY_WITHIN_S):
            told = await process.stdout.readline()
        yield json.loads(told)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()
