"""How a gateway starts: with its own devices, or with simulated ones in their place."""

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import Final, Never

from gateway.clock import ConductedClock, SystemClock
from gateway.config import Settings
from gateway.cycle import Cycle
from gateway.daemon.assembly import Nowhere, Parts
from gateway.daemon.service import Ending, Service
from gateway.daemon.simulated import Simulator
from gateway.notify import Notifier

log: Final = logging.getLogger(__name__)

_PROBE_WITHIN_S: Final = 5.0


async def run(settings: Settings, conductor: Path | None) -> Ending:
    """Run the gateway until it is told to stop."""
    simulator = None
    if await _wants_simulator(settings):
        simulator = await Simulator.start(settings)
        settings = simulator.applied_to(settings)
        log.warning("the devices are SIMULATED; their readings are marked so")
    wall = SystemClock()
    try:
        parts = Parts(settings, wall if conductor is None else ConductedClock(wall))
        notifier = Notifier.from_environment(os.environ, os.getpid())
        return await Service(parts, notifier).run(conductor)
    finally:
        if simulator is not None:
            await simulator.stop()


def start_again() -> Never:
    """Replace this process by a new start of the same command."""
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - our own command line


async def _wants_simulator(settings: Settings) -> bool:
    if settings.simulate != "when_absent":
        return settings.simulate == "always"
    cycle = Cycle(settings, SystemClock(), Nowhere(), lambda: None)
    probes = {
        asyncio.create_task(_answers(cycle, device.path)) for device in settings.devices
    }
    try:
        async with asyncio.timeout(_PROBE_WITHIN_S):
            for probe in asyncio.as_completed(probes):
                if await probe:
                    return False
    except TimeoutError:
        log.info("no device answered within %.0f s", _PROBE_WITHIN_S)
    finally:
        for task in probes:
            task.cancel()
        await asyncio.gather(*probes, return_exceptions=True)
        await cycle.close()
    return True


async def _answers(cycle: Cycle, path: str) -> bool:
    return "values" in await cycle.read(path)
