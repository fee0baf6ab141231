"""What is known of one charge point, whether it is connected or not."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from contract.quantity import Quantity
from gateway.drivers.ocpp.lag import Lag
from gateway.drivers.ocpp.meter_values import MeterValues, Sampled

_MOST_CONNECTORS: Final = 100
_CONTEST: Final = timedelta(seconds=60)
_REPLACED_IN_CONTEST: Final = 3

_FAULTS: Final[Mapping[str, str]] = {
    "ConnectorLockFailure": "the connector does not lock or unlock",
    "EVCommunicationError": "it cannot talk to the vehicle",
    "GroundFailure": "its residual-current protection has tripped",
    "HighTemperature": "it is too hot inside",
    "InternalError": "it has an internal fault",
    "LocalListConflict": "its list of cards disagrees with the gateway's",
    "OverCurrentFailure": "its over-current protection has tripped",
    "OverVoltage": "the voltage is too high",
    "PowerMeterFailure": "it cannot read its energy meter",
    "PowerSwitchFailure": "its contactor does not switch",
    "ReaderFailure": "its card reader does not work",
    "ResetFailure": "it could not restart",
    "UnderVoltage": "the voltage is too low",
    "WeakSignal": "its wireless signal is weak",
    "OtherError": "it has a fault that it does not name",
}


class Caller(Protocol):
    """The connection of a charge point, to ask something of it."""

    async def ask(self, payload: object) -> object:
        """Return its answer; None if it does not know the question.

        Raises:
            NoAnswerError: It did not answer.
        """


@dataclass(frozen=True, slots=True)
class Heard:
    """One value and when it came."""

    sampled: Sampled
    at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """What a connector said of itself.

    Attributes:
        state: As OCPP names it, e.g. `Charging`.
        fault: What is wrong with it, in words; empty if nothing.
    """

    state: str
    fault: str
    at: datetime


class ChargePoint:
    """The newest values and states of its connectors.

    Attributes:
        caller: Its connection; None while it has none.
        complaint: What is wrong with the newest message; empty if nothing.
        is_triggered: Whether it sends meter values when asked to, as far as known.
        lag: How far behind its clock is.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.caller: Caller | None = None
        self.complaint = ""
        self.is_triggered = True
        self.heard: dict[int, dict[Quantity, Heard]] = {}
        self.refused: dict[int, Sequence[str]] = {}
        self.statuses: dict[int, Status] = {}
        self.transactions: dict[int, int] = {}
        self.lag = Lag()
        self._replaced: deque[datetime] = deque(maxlen=_REPLACED_IN_CONTEST)

    def take(self, connector: object, came: MeterValues, at: datetime) -> None:
        """Keep the newest of what it measured."""
        number = self._connector(connector)
        if number is None:
            return
        kept = self.heard.setdefault(number, {})
        for each in came.sampled:
            kept[each.quantity] = Heard(each, at)
        self.refused[number] = came.refused

    def say(self, connector: object, state: object, code: object, at: datetime) -> None:
        """Keep what a connector said of itself."""
        number = self._connector(connector)
        if number is not None:
            fault = _fault(str(state)[:40], str(code)[:40])
            self.statuses[number] = Status(str(state)[:40], fault, at)

    def faults(self, connector: int) -> list[str]:
        """Return what is wrong with the connector or the whole, in words."""
        return [
            self.statuses[number].fault
            for number in dict.fromkeys((connector, 0))
            if number in self.statuses and self.statuses[number].fault
        ]

    def connected(self, caller: Caller, now: datetime) -> None:
        """Note a new connection, which takes the place of one that is still open."""
        if self.caller is not None:
            self._replaced.append(now)
        self.caller, self.complaint, self.is_triggered = caller, "", True

    def disconnected(self, caller: Caller) -> None:
        """Note that a connection ended, unless a newer one took its place before."""
        if self.caller is caller:
            self.caller = None

    def is_contested(self, now: datetime) -> bool:
        """Return whether two seem to connect with this name, so that neither counts."""
        replaced = self._replaced
        is_full = len(replaced) == _REPLACED_IN_CONTEST
        return is_full and now - replaced[0] < _CONTEST

    def _connector(self, raw: object) -> int | None:
        if isinstance(raw, bool) or not isinstance(raw, int):
            return None
        return raw if 0 <= raw <= _MOST_CONNECTORS else None


def _fault(state: str, code: str) -> str:
    if code in _FAULTS:
        return f"{_FAULTS[code]} ({code})"
    if state == "Faulted":
        return "it has a fault that it does not name (Faulted)"
    return "it is out of service (Unavailable)" if state == "Unavailable" else ""
