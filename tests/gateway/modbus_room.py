"""A room controller as one unit of a line, written from its register sheet."""

import struct
from dataclasses import dataclass

from tests.gateway.modbus_devices import Device


@dataclass
class RoomController(Device):
    """Loads 1 kW; set back, 0.75 kW. Its relays obey what is written at once."""

    def __post_init__(self):
        self.holding[0:6] = struct.pack(">HHH", 1, 1, 0)
        self.show()

    @property
    def relays(self):
        return struct.unpack_from(">HH", self.holding)

    @property
    def reversion_min(self):
        return struct.unpack_from(">H", self.holding, 4)[0]

    @property
    def writes(self):
        return [pdu for pdu in self.asked if pdu[0] == 16]

    def show(self, occupied=False, energy_kwh=100.0):
        """Put the present state into the input registers."""
        power = 1.0 if self.relays == (1, 1) else 0.75
        struct.pack_into(
            ">5fIf3H",
            self.inputs,
            0,
            *(power, 0.3, power - 0.5, 0.1, 0.1),
            round(energy_kwh * 1000),
            27.0,
            int(occupied),
            *self.relays,
        )

    def revert(self):
        """Do what the reversion timer does at its end."""
        self.holding[0:6] = struct.pack(">HHH", 1, 1, 0)
        self.show()
