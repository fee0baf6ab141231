"""Modbus lines of a scenario: TCP, a serial bus, or a serial server in between."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from firmware_sim.devices import sdm120, sdm630, sunspec_inverter, sunspec_models
from firmware_sim.devices.kinds import PLAIN
from firmware_sim.devices.plain import Plain
from firmware_sim.devices.pzem_004t import Pzem
from firmware_sim.devices.sunspec import SunSpec
from firmware_sim.electrical import supply
from firmware_sim.faults import Fault, Unit
from firmware_sim.line import HOST, Line, Ports
from firmware_sim.registers import Memory
from firmware_sim.scenario import profiles
from firmware_sim.scenario.part import Clock
from firmware_sim.scenario.profiles import Values, steady
from firmware_sim.scenario.spec import DeviceSpec, LineSpec, ScenarioError
from firmware_sim.serial_server import SerialServer

_SEED: Final = 7
_STEP_MS: Final = 60_000
_PRODUCED: Final[Mapping[str, str]] = {
    "power_w": "generated_power_kw",
    "energy_wh": "energy_generated_kwh",
}
_QUANTITIES: Final[Mapping[str, tuple[str, float]]] = {
    "voltage_v": ("voltage#_v", 1.0),
    "current_a": ("current#_a", 1.0),
    "power_w": ("active_power#_kw", 1e-3),
    "apparent_va": ("apparent_power#_kva", 1e-3),
    "reactive_var": ("reactive_power#_kvar", 1e-3),
    "power_factor": ("power_factor#", 1.0),
    "frequency_hz": ("frequency#_hz", 1.0),
    "import_kwh": ("energy_import#_kwh", 1.0),
    "export_kwh": ("energy_export#_kwh", 1.0),
    "energy_wh": ("energy_import#_kwh", 1e-3),
}


@dataclass(frozen=True, slots=True)
class _Meter:
    """A device on the bus.

    Attributes:
        show: Puts what there is at an instant into the registers.
        truth: Returns what the registers say.
    """

    unit: Unit
    show: Callable[[int], None]
    truth: Callable[[], Mapping[str, float]]


class ModbusPart:
    """A line of Modbus devices.

    Raises:
        ScenarioError: A device is of no kind that is played here.
    """

    def __init__(self, line: LineSpec, clock: Clock) -> None:
        self._specs = {device.path: device for device in line.devices}
        self._meters = {device.path: _meter(device, clock) for device in line.devices}
        units = {
            device.number("unit", place): self._meters[device.path].unit
            for place, device in enumerate(line.devices, 1)
        }
        if len(units) < len(line.devices):
            raise ScenarioError(f"lines.{line.name}: two devices have one unit")
        self._units = {
            device.path: device.number("unit", place)
            for place, device in enumerate(line.devices, 1)
        }
        self._options = dict(line.options)
        self._bus = Line(units, serial=line.type == "modbus_rtu")
        self._server = SerialServer(units) if line.type == "modbus_rtu_tcp" else None

    async def start(self, ports: Ports) -> None:
        """Begin to answer; after a stop, at the port of before."""
        if self._server is not None:
            await self._server.start(HOST, self._server.port or ports.take())
        else:
            await self._bus.start(ports)

    async def stop(self) -> None:
        """Take the line away."""
        await (self._bus if self._server is None else self._server).stop()

    def address(self) -> Mapping[str, object]:
        """Return the line in the words of a gateway's configuration."""
        if self._server is None:
            return self._bus.address() | self._options
        where = {"type": "modbus_rtu_tcp", "host": HOST, "port": self._server.port}
        return where | self._options

    def words(self, path: str) -> Mapping[str, object]:
        """Return what a gateway's configuration says of a device."""
        return {"unit": self._units[path], "model": self._specs[path].kind}

    def truth(self, path: str) -> Mapping[str, float]:
        """Return what the registers of a device say."""
        return self._meters[path].truth()

    def advance(self, at_ms: int) -> None:
        """Show what there is at an instant."""
        for meter in self._meters.values():
            meter.show(at_ms)

    def set_faults(self, path: str, faults: Sequence[Fault]) -> None:
        """Let a device have exactly these faults."""
        self._meters[path].unit.set_faults(faults)


def _meter(device: DeviceSpec, clock: Clock) -> _Meter:
    key = device.key
    match device.kind:
        case "eastron_sdm120":
            one = sdm120.bank()
            values = steady(device, clock, profiles.electric(key, 3.0))
            return _eastron(key, one, values, sdm120.show)
        case "eastron_sdm630":
            three = sdm630.bank()
            values = steady(device, clock, profiles.electric(key, 60.0))
            return _eastron(key, three, values, sdm630.show)
        case "pzem_004t":
            pzem = Pzem()
            values = steady(device, clock, profiles.electric(key, 2.0))
            return _eastron(key, pzem, values, lambda _, *shown: pzem.show(*shown))
        case "pv_inverter":
            inverter = sunspec_inverter.bank()
            return _inverter(
                key, inverter, steady(device, clock, profiles.solar(key, 50.0))
            )
        case "sunspec_meter":
            meter = steady(device, clock, profiles.electric(key, 40.0))
            return _sunspec(key, sunspec_models.meter(213), meter)
        case "sunspec_inverter":
            roof = steady(device, clock, profiles.solar(key, 30.0))
            return _sunspec(key, sunspec_models.inverter(113), roof)
        case "sunspec_battery":
            battery = steady(device, clock, profiles.battery)
            return _sunspec(key, sunspec_models.battery(), battery)
        case "sunspec_wind_turbine":
            turbine = steady(device, clock, profiles.wind)
            return _sunspec(key, sunspec_models.inverter(113), turbine)
    if device.kind not in PLAIN:
        raise ScenarioError(f"devices: {device.path}: nobody plays {device.kind!r}")
    plain = PLAIN[device.kind]()
    return _plain(
        key, plain, steady(device, clock, profiles.listed(key, plain.shown()))
    )


Show = Callable[..., None]


def _eastron(key: int, bank: Memory, values: Values, show: Show) -> _Meter:
    def refresh(at_ms: int) -> None:
        now = values(at_ms)
        grid = supply(_SEED, key, at_ms // _STEP_MS)
        show(bank, grid, now["active_power_kw"], now["energy_import_kwh"])

    return _Meter(Unit(bank, key), refresh, lambda: _shown(bank, {}))


def _inverter(key: int, bank: Memory, values: Values) -> _Meter:
    def refresh(at_ms: int) -> None:
        now = values(at_ms)
        grid = supply(_SEED, key, at_ms // _STEP_MS)
        sunspec_inverter.show(
            bank, grid, now["generated_power_kw"], now["energy_generated_kwh"]
        )

    return _Meter(Unit(bank, key), refresh, lambda: _shown(bank, _PRODUCED))


def _sunspec(key: int, bank: SunSpec, values: Values) -> _Meter:
    def refresh(at_ms: int) -> None:
        bank.show(0, values(at_ms))

    return _Meter(Unit(bank, key), refresh, lambda: values(0))


def _plain(key: int, bank: Plain, values: Values) -> _Meter:
    def refresh(at_ms: int) -> None:
        bank.show(values(at_ms))

    return _Meter(Unit(bank, key), refresh, bank.shown)


def _shown(bank: Memory, names: Mapping[str, str]) -> dict[str, float]:
    """Return what the registers say, as quantities."""
    shown = {}
    for field in bank.fields:
        base, _, phase = field.name.partition("_l")
        if base not in _QUANTITIES:
            continue
        name, unit = _QUANTITIES[base]
        if base in names and not phase:
            name = names[base]
        quantity = name.replace("#", f"_l{phase}" if phase else "")
        shown[quantity] = field.get(bank.measured) * unit
    return shown
