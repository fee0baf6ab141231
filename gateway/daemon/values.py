"""The newest values of every device, for the live table and the status page."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from contract.interval import to_ms
from contract.inventory import DeviceEntry
from contract.quantity import DEFINITIONS
from contract.reading import Quality, Reading
from gateway.health import Health
from gateway.meters.fault import did_you_mean

Healths = Mapping[str, tuple[DeviceEntry, Health]]


def chosen(wanted: Collection[str], known: Collection[str], node: str) -> set[str]:
    """Return the devices' paths; without `wanted`, all that are `known`.

    Args:
        wanted: Paths from the site down, or from the gateway's `node`.

    Raises:
        LookupError: One is not there; the message names the nearest.
    """
    paths = set()
    for path in wanted:
        for whole in (path, f"{node}/{path}"):
            if whole in known:
                paths.add(whole)
                break
        else:
            below = [each.removeprefix(f"{node}/") for each in known]
            raise LookupError(f'no device "{path}"{did_you_mean(path, below)}')
    return paths or set(known)


def about_values(
    health: Healths, newest: Mapping[str, Reading], now: datetime, max_age: timedelta
) -> list[dict[str, object]]:
    """Return each device with how it is and its newest values."""
    return [
        {
            "node": entry.node,
            "name": entry.name,
            "model": entry.model,
            "state": each.state(now, max_age).value,
            "last_ok_ms": None if each.last_ok is None else to_ms(each.last_ok),
            "error": each.error,
            "values": _values(entry, newest, now),
        }
        for entry, each in health.values()
    ]


def _values(
    entry: DeviceEntry, newest: Mapping[str, Reading], now: datetime
) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for quantity in entry.quantities:
        reading = newest.get(entry.point(quantity))
        if reading is None:
            continue
        rows.append(
            {
                "quantity": quantity.value,
                "value": reading.value,
                "unit": DEFINITIONS[quantity].unit,
                "at_ms": to_ms(reading.at),
                "age_s": round((now - reading.at).total_seconds(), 1),
                "simulated": bool(reading.quality & Quality.SIMULATED),
            }
        )
    return rows
