"""Peacefair PZEM-004T V3, single phase: FC04, ten registers, LOW WORD FIRST.

Source: Peacefair "PZEM-004T V3.0 User Manual", section 2: 0 V/10, 1-2 A/1000, 3-4 W/10,
5-6 Wh, 7 Hz/10, 8 PF/100, 9 alarm. Function 0x42 resets the energy. It answers its own
address and the general address 0xF8.
"""

from typing import Final

from firmware_sim.electrical import Supply
from firmware_sim.registers import Field, Layout, Memory

GENERAL_ADDRESS: Final = 0xF8
_SIZE: Final = 10

FIELDS: Final = (
    Field("voltage_v", 0, Layout.UINT16, scale=0.1),
    Field("current_a", 1, Layout.UINT32_LOW_FIRST, scale=1e-3),
    Field("power_w", 3, Layout.UINT32_LOW_FIRST, scale=0.1),
    Field("energy_wh", 5, Layout.UINT32_LOW_FIRST, counter=True),
    Field("frequency_hz", 7, Layout.UINT16, scale=0.1),
    Field("power_factor", 8, Layout.UINT16, scale=0.01),
)


class Pzem(Memory):
    """A PZEM-004T: its energy counter can be reset."""

    def __init__(self) -> None:
        super().__init__(bytearray(2 * _SIZE), FIELDS)
        self._reset_at_wh = 0.0
        self._energy_wh = 0.0

    def reset_energy(self) -> None:
        """Count from zero again (FC 0x42)."""
        self._reset_at_wh = self._energy_wh
        self.put({"energy_wh": 0})

    def show(self, supply: Supply, power_kw: float, import_kwh: float) -> None:
        """Put one load and its counter into the registers."""
        phase = supply.single(power_kw)
        self._energy_wh = import_kwh * 1000
        self.put(
            {
                "voltage_v": phase.voltage_v,
                "current_a": phase.current_a,
                "power_w": power_kw * 1000,
                "energy_wh": int(self._energy_wh - self._reset_at_wh),
                "frequency_hz": supply.frequency_hz,
                "power_factor": phase.power_factor,
            }
        )
