"""What a message gives, collected value by value."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from contract.quantity import Quantity
from gateway.drivers.mqtt.units import converted
from gateway.telegram import Measured, Record, Telegram, telegram

MOST_VALUES: Final = 200

_SWITCHED: Final = {"on": 1.0, "true": 1.0, "off": 0.0, "false": 0.0}
_NOTHING: Final = ("", "unknown", "unavailable", "none", "null")
_SHOWN: Final = 40


@dataclass(slots=True)
class Findings:
    """The values of one message.

    Attributes:
        at: Its own instant, where it tells one.
    """

    at: datetime | None = None
    _measured: list[Measured] = field(default_factory=list)
    _refused: list[str] = field(default_factory=list)
    _records: list[Record] = field(default_factory=list)

    def add(
        self,
        quantity: Quantity,
        raw: object,
        unit: str,
        source: str,
        channel: str = "",
    ) -> None:
        """Take `raw` for `quantity`; what a device has no value for is passed over."""
        if raw is None or len(self._measured) >= MOST_VALUES:
            return
        if isinstance(raw, str) and raw.strip().lower() in _NOTHING:
            return
        value = number(raw)
        if value is None:
            self._refused.append(f"{source}: {str(raw)[:_SHOWN]!r} is no number")
            return
        self._records.append(Record(source, value, unit))
        ours = converted(quantity, value, unit)
        if ours is None:
            self._refused.append(f"{source}: {unit} is no unit of {quantity}")
            return
        self._measured.append(
            Measured(quantity, round(ours, 9), source, channel, self.at)
        )

    def refuse(self, words: str) -> None:
        """Take down why a value is not used."""
        if len(self._refused) < MOST_VALUES:
            self._refused.append(words)

    def telegram(self) -> Telegram:
        """Return all that was found."""
        found = telegram(self._measured, self._records)
        refused = (*self._refused, *found.refused)
        return Telegram(found.measured, refused, found.records)


def number(raw: object) -> float | None:
    """Return the number that `raw` is or spells; on and true are 1."""
    if isinstance(raw, str):
        raw = _SWITCHED.get(raw.strip().lower(), raw)
    if not isinstance(raw, bool | int | float | str):
        return None
    try:
        return float(raw)
    except (ValueError, OverflowError):
        return None
