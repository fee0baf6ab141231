"""What the fault tests share: a receiver, a counting meter, and gateways to kill."""

import asyncio
import os
import shutil
import signal
import sqlite3
import struct
import sys
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path

from aiohttp import web

from contract.batch import unseal
from contract.signing import public_key
from gateway.daemon.identity import private_key

_CONFIG = """
[gateway]
name = "physics"
node = "campus/science/physics"
data_dir = "data"
[cloud]
url = "{url}"
[status_page]
host = "127.0.0.1"
port = 0
[poll]
interval_s = 0.05
[lines.main]
type = "modbus_tcp"
host = "127.0.0.1"
port = {port}
[[devices]]
name = "main"
line = "main"
unit = 1
model = "eastron_sdm120"
"""


class CountingMeter:
    """An SDM120 over Modbus TCP whose energy register counts the requests it answers.

    Attributes:
        served: How many distinct energies it has told.
    """

    def __init__(self):
        self.served = 0
        self._server = None

    async def start(self):
        self._server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    async def stop(self):
        self._server.close()
        await self._server.wait_closed()

    async def _meet(self, reader, writer):
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readexactly(12)
                transaction, _, _, unit, _, start, count = struct.unpack(
                    ">HHHBBHH", head
                )
                data = b"".join(
                    struct.pack(">f", self._value(address))
                    for address in range(start, start + count, 2)
                )
                reply = struct.pack(">BBB", unit, 4, len(data)) + data
                writer.write(struct.pack(">HHH", transaction, 0, len(reply)) + reply)
                await writer.drain()
        writer.close()

    def _value(self, address):
        if address == 0x0048:
            self.served += 1
            return self.served
        return {0x0000: 230.0, 0x0046: 50.0}.get(address, 0.5)


class Zygote:
    """Forks gateways quickly; see zygote.py."""

    def __init__(self, process):
        self._process = process
        self._lock = asyncio.Lock()
        self._forked = []

    async def fork(self, *order):
        async with self._lock:
            self._process.stdin.write((" ".join(map(str, order)) + "\n").encode())
            await self._process.stdin.drain()
            pid = int(await self._process.stdout.readline())
        self._forked.append(pid)
        return pid

    async def close(self):
        for pid in filter(is_running, self._forked):
            os.kill(pid, signal.SIGKILL)
        self._process.stdin.close()
        await self._process.wait()


@asynccontextmanager
async def zygote():
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.zygote"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=root,
    )
    forks = Zygote(process)
    try:
        yield forks
    finally:
        await forks.close()


@asynccontextmanager
async def receiving(receiver, port=0):
    runner = web.AppRunner(receiver.application(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def configured(folder, url, port=1):
    """Write a configuration in `folder`; return its path and the public key."""
    folder.mkdir(exist_ok=True)
    (folder / "data").mkdir(exist_ok=True)
    path = folder / "gateway.toml"
    path.write_text(_CONFIG.format(url=url, port=port))
    return path, public_key(private_key(folder / "data"))


def committed(data_dir, scratch):
    """Return the batches in a dead gateway's database, read from a copy of it."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    for path in data_dir.glob("buffer.db*"):
        if not path.name.endswith("-shm"):
            shutil.copy(path, scratch)
    if not (scratch / "buffer.db").exists():
        return []
    with closing(sqlite3.connect(scratch / "buffer.db")) as connection:
        try:
            rows = connection.execute("SELECT sealed FROM batch").fetchall()
        except sqlite3.OperationalError:  # killed before the tables were made
            return []
    return [unseal(sealed) for (sealed,) in rows]


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def ended(pid):
    """Return once process `pid` is gone, with its last thread."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    gone, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.add_reader(descriptor, gone.set)
    await gone.wait()
    loop.remove_reader(descriptor)
    os.close(descriptor)
