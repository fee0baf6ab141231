"""A Dutch smart meter on its P1 port, with the gas meter behind it.

Source: Netbeheer Nederland, P1 Companion Standard 5.0.2, 5.2, 6.2 and 6.12.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from firmware_sim.sender import Sender
from firmware_sim.talker import Clock, Values, wall_clock

METER_ID: Final = "E0047000012345678"
GAS_ID: Final = "G0012345678901234"
QUANTITIES: Final = (
    "energy_import_kwh",
    "energy_export_kwh",
    "active_power_kw",
    "voltage_l1_v",
    "voltage_l2_v",
    "voltage_l3_v",
    "gas_m3",
)
"""What it can show."""

_WINTER: Final = timedelta(hours=1)


class DsmrMeter(Sender):
    """One meter; the night tariff has a third of what it counted."""

    def __init__(
        self, values: Values, *, interval_s: float = 1.0, clock: Clock = wall_clock
    ) -> None:
        super().__init__(
            "dsmr", self._telegram, values, interval_s=interval_s, clock=clock
        )

    @property
    def truth(self) -> dict[str, float]:
        """What it shows now, as exactly as it sends that."""
        shown = self.shown()
        return {
            name: round(shown[name], 1 if name.startswith("voltage") else 3)
            for name in QUANTITIES
            if name in shown
        }

    def _telegram(self, shown: Mapping[str, float]) -> bytes:
        local = datetime.fromtimestamp(self._clock() / 1000, UTC) + _WINTER
        stamp = f"{local:%y%m%d%H%M%S}W"
        lines = ["/VLT5\\253833635_A", "", "1-3:0.2.8(50)", f"0-0:1.0.0({stamp})"]
        lines.append(f"0-0:96.1.1({METER_ID.encode().hex().upper()})")
        for group, name in ("1", "energy_import_kwh"), ("2", "energy_export_kwh"):
            if name in shown:
                total = round(shown[name] * 1000)
                night = total // 3
                lines.append(f"1-0:{group}.8.1({night / 1000:010.3f}*kWh)")
                lines.append(f"1-0:{group}.8.2({(total - night) / 1000:010.3f}*kWh)")
        lines.append("0-0:96.14.0(0002)")
        if "active_power_kw" in shown:
            power = shown["active_power_kw"]
            lines.append(f"1-0:1.7.0({max(power, 0):06.3f}*kW)")
            lines.append(f"1-0:2.7.0({max(-power, 0):06.3f}*kW)")
        for code, phase in ("32", 1), ("52", 2), ("72", 3):
            name = f"voltage_l{phase}_v"
            if name in shown:
                lines.append(f"1-0:{code}.7.0({shown[name]:05.1f}*V)")
        if "gas_m3" in shown:
            lines.append("0-1:24.1.0(003)")
            lines.append(f"0-1:96.1.0({GAS_ID.encode().hex().upper()})")
            lines.append(f"0-1:24.2.1({stamp})({shown['gas_m3']:09.3f}*m3)")
        covered = "\r\n".join([*lines, "!"]).encode()
        return covered + f"{_crc(covered):04X}\r\n".encode()


def _crc(data: bytes) -> int:
    """Return x16 + x15 + x2 + 1, least significant bit first, beginning with 0."""
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return value
