"""Simulated devices in place of absent ones: a child process, and settings to match."""

import asyncio
import json
import logging
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from gateway.config import Settings
from gateway.lines import LineSettings

log: Final = logging.getLogger(__name__)

_READY_WITHIN_S: Final = 30.0
_STOP_WITHIN_S: Final = 5.0


class SimulatorError(Exception):
    """The simulator could not be started; the message says why."""


class Simulator:
    """A running `voltonic-sim building`, which plays the devices of one gateway."""

    def __init__(
        self, process: asyncio.subprocess.Process, lines: Mapping[str, LineSettings]
    ) -> None:
        self._process = process
        self._lines = lines

    @classmethod
    async def start(cls, settings: Settings) -> "Simulator":
        """Start it for the devices of `settings`.

        Raises:
            SimulatorError: It did not say in time where its lines are.
        """
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "firmware_sim", "building"),
            *("--config", str(settings.path), "--until-eof"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None  # noqa: S101 - asked for above
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                line = await process.stdout.readline()
            return cls(process, _lines(json.loads(line), settings))
        except (TimeoutError, ValueError) as error:
            await _end(process)
            raise SimulatorError(
                f"the simulator did not start ({error}); is voltonic[sim] installed?"
            ) from error

    def applied_to(self, settings: Settings) -> Settings:
        """Return `settings` with its lines led to the simulator, all marked so."""
        devices = tuple(
            replace(device, entry=replace(device.entry, simulated=True))
            for device in settings.devices
        )
        return replace(settings, lines=dict(self._lines), devices=devices)

    async def stop(self) -> None:
        """End the simulator."""
        await _end(self._process)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_STOP_WITHIN_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


def _lines(raw: object, settings: Settings) -> dict[str, LineSettings]:
    match raw:
        case {"lines": dict(lines)} if settings.lines.keys() <= lines.keys():
            return {name: _line(name, lines[name]) for name in settings.lines}
    raise ValueError(f"it said {str(raw)[:200]!r}")


def _line(name: str, raw: dict[str, object]) -> LineSettings:
    from gateway.config.file import line_table

    told = {key: value for key, value in raw.items() if key != "mirror"}
    return line_table(told | {"simulated": True}).settings(name)
