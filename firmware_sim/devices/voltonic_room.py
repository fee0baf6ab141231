"""The room concentrator: one unit per room, 18 input and 3 holding registers.

Input (FC04), big-endian: float32 kW total 0, base 2, AC 4, light 6, equipment 8;
uint32 Wh 10; float32 °C 12; uint16 occupancy 14, AC relay 15, light relay 16, seconds
until reversion 17. Holding (FC03, 06, 16): AC relay 0, light relay 1, reversion
minutes 2; writing the minutes starts the device's own timer, 0 stops it.
"""

from collections.abc import Callable
from typing import Final

import numpy as np

from firmware_sim.pdu import Code, Refusal
from firmware_sim.registers import Field, Layout, Memory
from firmware_sim.twin import CampusTwin

FIELDS: Final = (
    Field("total_kw", 0, Layout.FLOAT32),
    Field("base_kw", 2, Layout.FLOAT32),
    Field("ac_kw", 4, Layout.FLOAT32),
    Field("light_kw", 6, Layout.FLOAT32),
    Field("equipment_kw", 8, Layout.FLOAT32),
    Field("energy_kwh", 10, Layout.UINT32, scale=1e-3, counter=True),
    Field("temperature_c", 12, Layout.FLOAT32),
)
_REGISTERS: Final = np.dtype(
    [
        ("total_kw", ">f4"),
        ("base_kw", ">f4"),
        ("ac_kw", ">f4"),
        ("light_kw", ">f4"),
        ("equipment_kw", ">f4"),
        ("energy_wh", ">u4"),
        ("temperature_c", ">f4"),
        ("occupied", ">u2"),
        ("ac_relay", ">u2"),
        ("light_relay", ">u2"),
        ("left_s", ">u2"),
    ]
)
_GAUGES: Final = (
    "total_kw",
    "base_kw",
    "ac_kw",
    "light_kw",
    "equipment_kw",
    "temperature_c",
    "occupied",
)
_REVERSION: Final = 2
_RELAYS: Final = 2
_MOST_MINUTES: Final = 1440


class RoomBanks:
    """The banks of every room of a twin, over one block of memory.

    Attributes:
        banks: In the order of the twin's rooms.
    """

    def __init__(self, twin: CampusTwin, now_ms: Callable[[], int]) -> None:
        self._twin = twin
        self._now_ms = now_ms
        self._table = np.zeros(len(twin.rooms), dtype=_REGISTERS)
        memory = self._table.view(np.uint8).data
        size = _REGISTERS.itemsize
        self.banks = [
            self._bank(place, memory[place * size : (place + 1) * size])
            for place in range(len(twin.rooms))
        ]

    def refresh(self) -> None:
        """Show the twin's current step in the registers."""
        state = self._twin.state
        if state is None:
            return
        for name in _GAUGES:
            self._table[name] = getattr(state, name)
        self._table["energy_wh"] = np.floor(state.energy_kwh * 1000 + 1e-6) % 2**32
        self._table["ac_relay"] = self._twin.ac_relay
        self._table["light_relay"] = self._twin.light_relay
        for place in np.flatnonzero(self._table["left_s"]):
            self._show_timer(int(place))

    def _bank(self, place: int, memory: memoryview) -> Memory:
        bank = Memory(memory, FIELDS)
        bank.holding = [1, 1, 0]
        bank.on_write = lambda address, values: self._command(place, address, values)
        return bank

    def _command(self, place: int, address: int, values: tuple[int, ...]) -> None:
        wanted = list(self.banks[place].holding)
        wanted[address : address + len(values)] = values
        ac, light, minutes = wanted
        if max(wanted[:_RELAYS]) > 1 or minutes > _MOST_MINUTES:
            raise Refusal(Code.ILLEGAL_VALUE)
        writes_timer = address + len(values) > _REVERSION
        revert_at_ms = self._reversion(place, minutes, writes_timer=writes_timer)
        self._twin.set_relays(place, ac, light, revert_at_ms)
        self._show_timer(place)

    def _reversion(self, place: int, minutes: int, *, writes_timer: bool) -> int | None:
        if writes_timer:
            return self._now_ms() + minutes * 60_000 if minutes else None
        left_s = self._twin.reversion_left_s(place, self._now_ms())
        return int(self._twin.revert_at_ms[place]) if left_s else None

    def _show_timer(self, place: int) -> None:
        """Show relays and timer of one room; a timer that ran out is gone."""
        twin, row, holding = self._twin, self._table[place], self.banks[place].holding
        left_s = twin.reversion_left_s(place, self._now_ms())
        row["ac_relay"], row["light_relay"] = (
            twin.ac_relay[place],
            twin.light_relay[place],
        )
        row["left_s"] = min(left_s, 0xFFFF)
        holding[0], holding[1] = int(twin.ac_relay[place]), int(twin.light_relay[place])
        if left_s == 0:
            holding[_REVERSION] = 0
