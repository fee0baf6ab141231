"""Buses of a scenario whose meters answer when asked: M-Bus and IEC 62056-21."""

from collections.abc import Mapping, Sequence
from typing import Final

from firmware_sim import iec62056_meter
from firmware_sim.faults import Fault
from firmware_sim.iec62056_meter import IecHead, IecMeter
from firmware_sim.line import Ports
from firmware_sim.mbus_records import ENTRIES, Kind
from firmware_sim.mbus_slave import MbusBus, MbusMeter
from firmware_sim.scenario import profiles
from firmware_sim.scenario.part import Clock
from firmware_sim.scenario.profiles import steady
from firmware_sim.scenario.spec import DeviceSpec, LineSpec, ScenarioError

_IEC: Final = "iec62056_meter"
_IEC_BAUDRATE: Final = 9600


class MbusPart:
    """A bus with a level converter.

    Raises:
        ScenarioError: A device is of no kind that is played here.
    """

    def __init__(self, line: LineSpec, clock: Clock) -> None:
        self._meters = {
            device.path: _mbus_meter(device, place, clock)
            for place, device in enumerate(line.devices, 1)
        }
        options = dict(line.options)
        is_tcp = bool(options.pop("tcp", False))
        self._bus = MbusBus(list(self._meters.values()), tcp=is_tcp)
        self._options = options
        self._named = {each.path for each in line.devices if "meter_id" in each.options}

    async def start(self, ports: Ports) -> None:
        """Begin to answer; after a stop, where it was before."""
        await self._bus.start(ports)

    async def stop(self) -> None:
        """Take the bus away."""
        await self._bus.stop()

    def address(self) -> Mapping[str, object]:
        """Return the line in the words of a gateway's configuration."""
        return {**self._bus.address(), **self._options}

    def words(self, path: str) -> Mapping[str, object]:
        """Return what a gateway's configuration says of a meter."""
        meter = self._meters[path]
        is_electric = meter.kind is Kind.ELECTRICITY
        called = {"meter_id": meter.number} if path in self._named else {}
        return {
            "role": "sub" if is_electric else "sensor",
            "quantities": list(meter.truth),
            **(called or {"unit": meter.unit}),
        }

    def truth(self, path: str) -> Mapping[str, float]:
        """Return what a meter shows now."""
        return self._meters[path].truth

    def advance(self, at_ms: int) -> None:
        """Do nothing: meters ask for the time themselves."""

    def set_faults(self, path: str, faults: Sequence[Fault]) -> None:
        """Let a meter have exactly these faults."""
        self._meters[path].set_faults(faults)


class IecPart:
    """A head or current loop.

    Raises:
        ScenarioError: A device is of no kind that is played here.
    """

    def __init__(self, line: LineSpec, clock: Clock) -> None:
        self._meters = {
            device.path: _iec_meter(device, clock) for device in line.devices
        }
        self._head = IecHead(list(self._meters.values()))
        self._options = {"baudrate_fixed": _IEC_BAUDRATE, **line.options}

    async def start(self, ports: Ports) -> None:
        """Begin to answer; after a stop, where it was before."""
        await self._head.start(ports)

    async def stop(self) -> None:
        """Take the head away."""
        await self._head.stop()

    def address(self) -> Mapping[str, object]:
        """Return the line in the words of a gateway's configuration."""
        return {**self._head.address(), **self._options}

    def words(self, path: str) -> Mapping[str, object]:
        """Return what a gateway's configuration says of a meter."""
        meter = self._meters[path]
        quantities = list(meter.truth)
        return {"role": "sub", "meter_id": meter.number, "quantities": quantities}

    def truth(self, path: str) -> Mapping[str, float]:
        """Return what a meter shows now."""
        return self._meters[path].truth

    def advance(self, at_ms: int) -> None:
        """Do nothing: meters ask for the time themselves."""

    def set_faults(self, path: str, faults: Sequence[Fault]) -> None:
        """Let a meter have exactly these faults."""
        self._meters[path].set_faults(faults)


def _mbus_meter(device: DeviceSpec, place: int, clock: Clock) -> MbusMeter:
    if device.kind not in list(Kind):
        kinds = ", ".join(Kind)
        raise ScenarioError(_nobody(device, kinds))
    profile = profiles.listed(device.key, ENTRIES[Kind(device.kind)])
    return MbusMeter(
        device.kind,
        steady(device, clock, profile),
        unit=device.number("unit", place),
        number=_number(device),
        clock=clock,
    )


def _iec_meter(device: DeviceSpec, clock: Clock) -> IecMeter:
    if device.kind != _IEC:
        raise ScenarioError(_nobody(device, _IEC))
    profile = profiles.listed(device.key, iec62056_meter.QUANTITIES)
    values = steady(device, clock, profile)
    return IecMeter(values, number=_number(device), clock=clock)


def _number(device: DeviceSpec) -> str:
    """Return the eight digits on its plate."""
    return str(device.options.get("meter_id", f"{device.key % 10**8:08d}"))


def _nobody(device: DeviceSpec, kinds: str) -> str:
    return f"devices: {device.path}: nobody plays {device.kind!r}; there are {kinds}"
