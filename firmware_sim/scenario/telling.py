"""Lines of a scenario on which one device tells by itself: telegrams or pulses."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from firmware_sim import dsmr_meter, sml_meter, text_board
from firmware_sim.dsmr_meter import DsmrMeter
from firmware_sim.faults import Fault
from firmware_sim.line import Ports
from firmware_sim.pulse_source import PulseSource
from firmware_sim.scenario import profiles
from firmware_sim.scenario.part import Clock
from firmware_sim.scenario.profiles import Values, steady
from firmware_sim.scenario.spec import DeviceSpec, LineSpec, ScenarioError
from firmware_sim.sml_meter import SmlMeter
from firmware_sim.text_board import TextBoard

_BEHIND: Final = "dsmr_gas"
_EMONTX: Final = ("voltage_v", "active_power_kw", "energy_import_kwh", "temperature_c")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of device.

    Attributes:
        quantities: What a gateway's configuration lists of it.
        style: How a board writes, or what a pulse counts.
    """

    line: str
    role: str
    quantities: Collection[str]
    style: str = ""


_KINDS: Final[Mapping[str, _Kind]] = {
    "dsmr_meter": _Kind("dsmr", "sub", set(dsmr_meter.QUANTITIES) - {"gas_m3"}),
    _BEHIND: _Kind("dsmr", "sensor", {"gas_m3"}),
    "sml_meter": _Kind("sml", "sub", sml_meter.QUANTITIES),
    "arduino_board": _Kind("text_line", "sub", text_board.QUANTITIES, "arduino"),
    "json_board": _Kind("text_line", "sub", text_board.QUANTITIES, "json"),
    "emontx": _Kind("text_line", "sub", _EMONTX, "emontx"),
    "gas_pulses": _Kind("pulse", "sensor", {"gas_m3"}, "gas_m3"),
    "water_pulses": _Kind("pulse", "sensor", {"water_m3"}, "water_m3"),
    "energy_pulses": _Kind("pulse", "sub", {"energy_import_kwh"}, "energy_import_kwh"),
}


class _Teller(Protocol):
    """What sends."""

    @property
    def truth(self) -> Mapping[str, float]: ...
    async def start(self, ports: Ports) -> None: ...
    async def stop(self) -> None: ...
    def address(self) -> Mapping[str, object]: ...
    def set_faults(self, faults: Sequence[Fault]) -> None: ...


class TellingPart:
    """One port with one device, the first; others are told of in its telegrams.

    Raises:
        ScenarioError: A device is of no kind that is played here.
    """

    def __init__(self, line: LineSpec, clock: Clock) -> None:
        own = [device for device in line.devices if device.kind != _BEHIND]
        if not own:
            raise ScenarioError(f"lines.{line.name}: has no device that sends")
        self._own = own[0].path
        self._specs = {device.path: device for device in line.devices}
        for device in line.devices:
            if _KINDS.get(device.kind, _Kind("", "", ())).line != line.type:
                raise ScenarioError(_nobody(device, line.type))
        self._teller = _teller(own[0], line.devices, clock)
        self._options = dict(line.options)

    async def start(self, ports: Ports) -> None:
        """Begin to send; after a stop, where it was before."""
        await self._teller.start(ports)

    async def stop(self) -> None:
        """Take the port away."""
        await self._teller.stop()

    def address(self) -> Mapping[str, object]:
        """Return the line in the words of a gateway's configuration."""
        return {**self._teller.address(), **self._options}

    def words(self, path: str) -> Mapping[str, object]:
        """Return what a gateway's configuration says of a device."""
        words: dict[str, object] = {
            "role": _KINDS[self._specs[path].kind].role,
            "quantities": sorted(self.truth(path)),
        }
        if isinstance(self._teller, PulseSource):
            words |= self._teller.words()
        return words

    def truth(self, path: str) -> Mapping[str, float]:
        """Return what a device tells now."""
        names = _KINDS[self._specs[path].kind].quantities
        return {
            name: value for name, value in self._teller.truth.items() if name in names
        }

    def advance(self, at_ms: int) -> None:
        """Do nothing: the device asks for the time itself."""

    def set_faults(self, path: str, faults: Sequence[Fault]) -> None:
        """Let the device that sends have exactly these faults."""
        if path == self._own:
            self._teller.set_faults(faults)
        elif faults:
            raise ValueError("it sends in another's telegrams, whose faults it has")


def _teller(
    device: DeviceSpec, all_of_it: Sequence[DeviceSpec], clock: Clock
) -> _Teller:
    kind = _KINDS[device.kind]
    names = {name for each in all_of_it for name in _KINDS[each.kind].quantities}
    values = steady(device, clock, profiles.listed(device.key, sorted(names)))
    match kind.line:
        case "dsmr":
            return DsmrMeter(values, interval_s=1.0, clock=clock)
        case "sml":
            return SmlMeter(values, interval_s=1.0, clock=clock)
        case "text_line":
            return TextBoard(values, style=kind.style, interval_s=2.0, clock=clock)
    return _pulses(device, kind.style, values, clock)


def _pulses(
    device: DeviceSpec, quantity: str, values: Values, clock: Clock
) -> PulseSource:
    worth, start = (device.options.get(name) for name in ("pulses_per_unit", "start"))
    if not isinstance(worth, int | float):
        worth = 100
    if not isinstance(start, int | float):
        start = round(values(clock())[quantity], 2)
    return PulseSource(
        values, quantity=quantity, pulses_per_unit=worth, start=start, clock=clock
    )


def _nobody(device: DeviceSpec, line_type: str) -> str:
    kinds = ", ".join(name for name, each in _KINDS.items() if each.line == line_type)
    return f"devices: {device.path}: nobody plays {device.kind!r}; there are {kinds}"
