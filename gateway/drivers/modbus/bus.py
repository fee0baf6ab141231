"""A Modbus line as the cycle knows it: a bus with the meters on it."""

from gateway.drivers.modbus.client import Bus
from gateway.drivers.modbus.meter import Meter
from gateway.lines import DeviceSettings, ModbusLine
from gateway.meters import Models


class ModbusBus(Bus):
    """A bus that knows the models of its devices."""

    def __init__(self, line: ModbusLine, models: Models) -> None:
        super().__init__(line)
        self._models = models

    def device(self, settings: DeviceSettings) -> Meter:
        """Return the meter behind the line."""
        model = self._models[settings.entry.model]
        return Meter(self, settings.unit, model, settings.entry)
