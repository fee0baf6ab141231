"""What a telegram of any format says, once it has been checked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from contract.quantity import DEFINITIONS, Quantity, implausible


class TelegramError(ValueError):
    """These bytes are no telegram that may be believed; the message says why."""


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of a telegram as it stands there, whether or not we measure it.

    Attributes:
        name: The format's own name of it, e.g. an OBIS code.
        unit: As in the telegram; empty where it has none.
        function: What of its past the value is, where the format says so.
        storage: Number of the stored period it belongs to; 0 is now.
        channel: Part or phase of the meter, or the meter behind it.
    """

    name: str
    value: float | str
    unit: str = ""
    function: str = ""
    storage: int = 0
    tariff: int = 0
    channel: int = 0

    def to_json(self) -> dict[str, object]:
        """Return the record as JSON values, without what it does not have."""
        row = {name: getattr(self, name) for name in self.__slots__}
        return {"name": row.pop("name"), "value": row.pop("value")} | {
            name: value for name, value in row.items() if value
        }


@dataclass(frozen=True, slots=True)
class Measured:
    """One value in the quantity's own unit.

    Attributes:
        source: The records it was taken from.
        meter_id: Which meter measured it; empty where the telegram does not say.
        at: When, by the meter's clock; None where it names no instant.
    """

    quantity: Quantity
    value: float
    source: str
    meter_id: str = ""
    at: datetime | None = None

    def to_json(self) -> dict[str, object]:
        """Return the value as JSON values."""
        return {
            "quantity": self.quantity.value,
            "value": self.value,
            "unit": DEFINITIONS[self.quantity].unit,
            "source": self.source,
            "meter_id": self.meter_id or None,
            "device_time": None if self.at is None else self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Telegram:
    """A whole telegram.

    Attributes:
        refused: Values no working device reports, each in words.
        records: Everything in it, in its order.
    """

    measured: tuple[Measured, ...]
    refused: tuple[str, ...]
    records: tuple[Record, ...]


def telegram(measured: Iterable[Measured], records: Iterable[Record]) -> Telegram:
    """Return a telegram that keeps only the values a working device reports."""
    kept: list[Measured] = []
    refused: list[str] = []
    for each in measured:
        why = implausible(each.quantity, each.value)
        if why is None:
            kept.append(each)
        else:
            refused.append(f"{each.quantity}: {each.value:g} is {why}")
    return Telegram(tuple(kept), tuple(refused), tuple(records))
