"""Hands on the relays of the simulated rooms, past gateway and cloud."""

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from pymodbus.client import ModbusTcpClient

AC_RELAY_STATE = 15
RELAYS = 0


class Rooms:
    """Every room of a building.

    Presence outranks the relays, so that it is the empty rooms that obey.
    """

    def __init__(self, rooms: list[tuple[ModbusTcpClient, int]]) -> None:
        self._rooms = rooms

    def any_set_back(self) -> bool:
        states = (
            line.read_input_registers(AC_RELAY_STATE, count=1, device_id=unit)
            for line, unit in self._rooms
        )
        return any(state.registers == [0] for state in states)

    def switch(self, *, on: bool) -> None:
        """Switch air conditioning and light of all rooms, for five minutes at most."""
        values = [1, 1, 0] if on else [0, 0, 5]
        for line, unit in self._rooms:
            line.write_registers(RELAYS, values, device_id=unit)


@contextmanager
def rooms_of(config: Path) -> Iterator[Rooms]:
    """Reach the rooms that the gateway with this configuration polls."""
    settings = tomllib.loads(config.read_text())
    with ExitStack() as stack:
        lines = {
            name: stack.enter_context(ModbusTcpClient(line["host"], port=line["port"]))
            for name, line in settings["lines"].items()
            if name.startswith("floor-")
        }
        yield Rooms(
            [
                (lines[device["line"]], device["unit"])
                for device in settings["devices"]
                if device["model"] == "voltonic_room"
            ]
        )
