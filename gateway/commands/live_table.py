"""One look at the devices' newest values as rows of text. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

_FIRST: Final = ("active_power_kw", "generated_power_kw", "energy_import_kwh")
_MOST_SHOWN: Final = 4
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def block(answer: Mapping[str, object], node: str) -> list[str]:
    """Return what the daemon answered to `values`, a row per device or per value."""
    match answer:
        case {"at_ms": int(at_ms), "devices": [*devices]}:
            detailed = bool(answer.get("detailed"))
            return list(_rows(devices, at_ms, node, detailed=detailed))
    raise ValueError(f"unexpected answer: {str(answer)[:200]}")


def age(seconds: float) -> str:
    """Return an age as one reads it."""
    if seconds < 2 * _MINUTE_S:
        return f"{max(0, seconds):.0f} s"
    if seconds < 2 * _HOUR_S:
        return f"{seconds / _MINUTE_S:.0f} min"
    if seconds < 2 * _DAY_S:
        return f"{seconds / _HOUR_S:.0f} h"
    return f"{seconds / _DAY_S:.0f} days"


def _rows(
    devices: list[object], at_ms: int, node: str, *, detailed: bool
) -> Iterator[str]:
    known = _mappings(devices)
    online = sum(each.get("state") == "online" for each in known)
    at = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone()
    yield f"{at:%H:%M:%S}  {online} of {len(known)} devices online"
    names = [f"{each['node']}/{each['name']}" for each in known]
    names = [name.removeprefix(f"{node}/") for name in names]
    width = max([6, *map(len, names)])
    for name, each in zip(names, known, strict=True):
        yield from _device(f"{name:<{width}}", each, at_ms, detailed=detailed)


def _device(
    name: str, each: Mapping[str, object], at_ms: int, *, detailed: bool
) -> Iterator[str]:
    last = each.get("last_ok_ms")
    seen = age((at_ms - last) / 1000) + " ago" if isinstance(last, int) else "never"
    error = str(each.get("error") or "")
    rows = _mappings(each.get("values"))
    if not detailed:
        shown = error or "  ".join(map(_value, _chosen(rows)))
        yield f"{name}  {each['state']!s:<8} {seen:>11}  {shown}".rstrip()
        return
    yield f"{name.strip()}: {each['state']}, answered {seen}"
    if error:
        yield f"  {error}"
    for row in rows:
        old, mark = row["age_s"], "  simulated" if row.get("simulated") else ""
        shown = age(old) if isinstance(old, int | float) else "?"
        number = f"{row['value']:>14.6g} {unit(row):<6}"
        yield f"  {row['quantity']:<24}{number}{shown:>8}{mark}"


def unit(row: Mapping[str, object]) -> str:
    """Return the unit of a value as it is shown: ratios and switches have none."""
    return "" if row["unit"] == "1" else str(row["unit"])


def _mappings(values: object) -> list[Mapping[str, object]]:
    if not isinstance(values, list):
        return []
    return [row for row in values if isinstance(row, Mapping)]


def _chosen(rows: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return the values that tell most."""
    by_rank = sorted(rows, key=lambda row: row["quantity"] not in _FIRST)
    return by_rank[:_MOST_SHOWN]


def _value(row: Mapping[str, object]) -> str:
    return f"{row['quantity']} {row['value']:.5g} {unit(row)}".rstrip()
