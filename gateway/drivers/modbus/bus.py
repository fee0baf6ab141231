"""A Modbus line as the cycle knows it: a bus with the meters on it."""

from gateway.driver import Device
from gateway.drivers.modbus.client import Bus
from gateway.drivers.modbus.meter import Meter
from gateway.drivers.modbus.sunspec.device import SunSpecDevice
from gateway.lines import DeviceSettings, ModbusLine
from gateway.meters import Models


class ModbusBus(Bus):
    """A bus that knows the models of its devices."""

    def __init__(self, line: ModbusLine, models: Models) -> None:
        super().__init__(line)
        self._models = models

    def device(self, settings: DeviceSettings) -> Device:
        """Return the device behind the line."""
        model, entry = self._models[settings.entry.model], settings.entry
        if model.discovery is None:
            return Meter(self, settings.unit, model, entry)
        number = settings.place if isinstance(settings.place, int) else 1
        return SunSpecDevice(self, settings.unit, model, entry, number)
