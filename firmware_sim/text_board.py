"""Boards that print lines of text: an Arduino with a PZEM-004T, an emonTx.

Sources: the example sketch of the PZEM004Tv30 library (Arduino); emonTx V3 firmware,
serial output as in OpenEnergyMonitor's documentation.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from firmware_sim.faults import Fault
from firmware_sim.sender import Sender
from firmware_sim.talker import Clock, Trouble, Values, wall_clock

_DIGITS: Final[Mapping[str, int]] = {
    "voltage_v": 1,
    "current_a": 3,
    "active_power_kw": 4,
    "energy_import_kwh": 3,
    "frequency_hz": 1,
    "power_factor": 2,
    "temperature_c": 1,
    "humidity_percent": 1,
}
QUANTITIES: Final = tuple(_DIGITS)
"""What a board can show."""


def _arduino(shown: Mapping[str, float]) -> bytes:
    """Return a line for each value, as the library's example prints them."""
    rows = {
        "voltage_v": ("Voltage: {:.1f}V", 1.0),
        "current_a": ("Current: {:.3f}A", 1.0),
        "active_power_kw": ("Power: {:.1f}W", 1000.0),
        "energy_import_kwh": ("Energy: {:.3f}kWh", 1.0),
        "frequency_hz": ("Frequency: {:.1f}Hz", 1.0),
        "power_factor": ("PF: {:.2f}", 1.0),
        "temperature_c": ("Temperature: {:.1f}C", 1.0),
        "humidity_percent": ("Humidity: {:.1f}%", 1.0),
    }
    lines = [
        row.format(shown[name] * factor)
        for name, (row, factor) in rows.items()
        if name in shown
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def _json(shown: Mapping[str, float]) -> bytes:
    """Return one line of JSON with our own names."""
    rounded = {
        name: round(shown[name], _DIGITS[name]) for name in _DIGITS if name in shown
    }
    return json.dumps(rounded).encode() + b"\n"


def _emontx(shown: Mapping[str, float]) -> bytes:
    """Return an emonTx's line: volts, watts, watt-hours, degrees."""
    rows = {
        "voltage_v": ("Vrms:{:.1f}", 1.0),
        "active_power_kw": ("P1:{:.1f}", 1000.0),
        "energy_import_kwh": ("E1:{:.0f}", 1000.0),
        "temperature_c": ("T1:{:.1f}", 1.0),
    }
    parts = [
        row.format(shown[name] * factor)
        for name, (row, factor) in rows.items()
        if name in shown
    ]
    return ("MSG:1," + ",".join(parts) + "\r\n").encode()


_STYLES: Final[Mapping[str, Callable[[Mapping[str, float]], bytes]]] = {
    "arduino": _arduino,
    "json": _json,
    "emontx": _emontx,
}
_EMONTX_SHOWS: Final = (
    "voltage_v",
    "active_power_kw",
    "energy_import_kwh",
    "temperature_c",
)


class TextBoard(Sender):
    """One board; `style` is arduino, json or emontx."""

    def __init__(
        self,
        values: Values,
        *,
        style: str = "arduino",
        interval_s: float = 1.0,
        clock: Clock = wall_clock,
    ) -> None:
        composed = _STYLES[style]
        super().__init__(
            "text_line", composed, values, interval_s=interval_s, clock=clock
        )
        self._names = _EMONTX_SHOWS if style == "emontx" else QUANTITIES

    @property
    def truth(self) -> dict[str, float]:
        """What it shows now, as exactly as it prints that."""
        shown = self.shown()
        return {
            name: round(shown[name], _DIGITS[name])
            for name in self._names
            if name in shown
        }

    def set_faults(self, faults: Iterable[Fault]) -> None:
        """Have exactly `faults` from now on.

        Raises:
            ValueError: It knows no such fault; no checksum could tell a wrong bit.
        """
        chosen = tuple(faults)
        if any(each.kind == Trouble.WRONG_CRC for each in chosen):
            raise ValueError("lines of text have no checksum")
        super().set_faults(chosen)
