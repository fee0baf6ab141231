"""What a device posts, read once and checked field by field. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from contract.quantity import Quantity

MOST_POSTS: Final = 256
"""Readings in one request: as many as are remembered, so that a repeat is known."""

COUNTERS: Final[Mapping[str, Quantity]] = {
    "energy_consumed": Quantity.ENERGY_IMPORT_KWH,
    "energy_produced": Quantity.ENERGY_GENERATED_KWH,
}
GAUGES: Final[Mapping[str, Quantity]] = {
    "current_load": Quantity.LOAD_PERCENT,
    "voltage": Quantity.VOLTAGE_V,
    "voltage1": Quantity.VOLTAGE_L1_V,
    "voltage2": Quantity.VOLTAGE_L2_V,
    "voltage3": Quantity.VOLTAGE_L3_V,
    "current": Quantity.CURRENT_A,
    "current1": Quantity.CURRENT_L1_A,
    "current2": Quantity.CURRENT_L2_A,
    "current3": Quantity.CURRENT_L3_A,
    "frequency": Quantity.FREQUENCY_HZ,
    "power_factor": Quantity.POWER_FACTOR,
}
_REQUIRED: Final = ("energy_produced", "energy_consumed", "current_load")
_ENERGY: Final = (0.0, 1e12)
_CURRENT: Final = (-10_000.0, 10_000.0)
_VOLTAGE: Final = (0.0, 1500.0)
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    **dict.fromkeys(COUNTERS, _ENERGY),
    "current_load": (0.0, 400.0),
    **dict.fromkeys(("voltage", "voltage1", "voltage2", "voltage3"), _VOLTAGE),
    **dict.fromkeys(("current", "current1", "current2", "current3"), _CURRENT),
    "frequency": (10.0, 100.0),
    "power_factor": (-1.0, 1.0),
    "facility_id": (0.0, 2.0**31),
}
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST: Final = datetime(1990, 1, 1, tzinfo=UTC)
_MOST_SECONDS: Final = 10_000_000_000
_AHEAD: Final = timedelta(minutes=5)


class NoJsonError(ValueError):
    """The body cannot be read at all."""


class FieldError(ValueError):
    """A field is wrong; the message names it."""


@dataclass(frozen=True, slots=True)
class Post:
    """One reading as posted.

    Attributes:
        at: The instant it tells; None where it tells none.
        values: By the names of its fields.
        device_id: What it calls itself; empty where it does not.
    """

    at: datetime | None
    values: Mapping[str, float]
    device_id: str = ""


def posts(body: bytes, now: datetime) -> list[Post]:
    """Return the readings of a request.

    Raises:
        NoJsonError: It is no JSON.
        FieldError: A field is missing or wrong.
    """
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoJsonError("the body is no JSON") from error
    if not isinstance(raw, list):
        return [_post(raw, "", now)]
    if not 1 <= len(raw) <= MOST_POSTS:
        raise FieldError(f"a list must have 1 to {MOST_POSTS} readings")
    return [_post(each, f"[{place}].", now) for place, each in enumerate(raw)]


def _post(raw: object, place: str, now: datetime) -> Post:
    if not isinstance(raw, dict):
        raise FieldError(f"{place or 'the body'}: must be an object of fields")
    for name in _REQUIRED:
        if raw.get(name) is None:
            raise FieldError(f"{place}{name}: is missing")
    values = {
        name: _number(raw[name], name, place)
        for name in _RANGES
        if raw.get(name) is not None
    }
    device_id = raw.get("device_id")
    at = raw.get("timestamp")
    return Post(
        None if at is None else _instant(at, place, now),
        values,
        "" if device_id is None else str(device_id),
    )


def _number(value: object, name: str, place: str) -> float:
    low, high = _RANGES[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if is_number and low <= float(str(value)) <= high:  # which NaN is not
        return float(str(value))
    shown = json.dumps(value)[:40]
    raise FieldError(
        f"{place}{name}: must be a number from {low:g} to {high:g}, not {shown}"
    )


def _instant(value: object, place: str, now: datetime) -> datetime:
    at = _spelled(value, place)
    if at < _FIRST:
        raise FieldError(f"{place}timestamp: lies before 1990; set the device's clock")
    if at - now > _AHEAD:
        raise FieldError(f"{place}timestamp: lies in the future")
    return at


def _spelled(value: object, place: str) -> datetime:
    if isinstance(value, int | float) and not isinstance(value, bool):
        if 0 <= value < _MOST_SECONDS:
            return _START + timedelta(milliseconds=round(value * 1000))
    elif isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
            if at.tzinfo is not None:
                return at.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise FieldError(
        f"{place}timestamp: must be seconds since 1970 UTC, or ISO 8601 with offset"
    )
