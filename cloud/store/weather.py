"""Weather that was, forecasts as they were issued, and whom to ask when."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Final

import numpy as np
from sqlalchemy import delete, exists, func, insert, select, update

from cloud.domain.weather import HOUR_S, VALUES, Instants, Weather
from cloud.store.bulk import execute_many
from cloud.store.database import Connection
from cloud.store.schema import weather_forecast, weather_hour, weather_place

KEPT_DAYS: Final = 3 * 366
"""How long hours that are over are kept; what is usual is learnt from them. [d]"""
FORECASTS_KEPT_DAYS: Final = 400
"""How long forecasts are kept, to train on what was known then. [d]"""
THINNED_AFTER_DAYS: Final = 3
"""After this, one forecast in `THIN_S` is enough, no further than a day and a half."""
THIN_S: Final = 6 * HOUR_S

_THIN_LEAD_S: Final = 36 * HOUR_S
_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place as one source knows it.

    Attributes:
        next_s: It is not asked before. [s since 1970 UTC]
        answered_s: When it last answered.
        past_s: How far back it was asked for what was. [s since 1970 UTC]
        failures: How often in a row it failed.
        error: Why it failed last; None once it answered.
    """

    id: int
    source: str
    name: str
    next_s: int
    answered_s: int | None
    past_s: int | None
    failures: int
    error: str | None


def places(connection: Connection) -> list[PlaceRow]:
    """Return every place that was ever asked for, the last answered first."""
    p = weather_place.c
    rows = connection.execute(
        select(
            p.id,
            p.source,
            p.name,
            p.next_s,
            p.answered_s,
            p.past_s,
            p.failures,
            p.error,
        ).order_by(func.coalesce(p.answered_s, 0).desc(), p.id)
    )
    return [PlaceRow(*row) for row in rows]


def known_place(connection: Connection, name: str) -> PlaceRow | None:
    """Return what the source says that answered last for the place `name`."""
    return next((row for row in places(connection) if row.name == name), None)


def place_of(connection: Connection, source: str, name: str) -> PlaceRow:
    """Return the place as `source` knows it, from now on if not before."""
    for row in places(connection):
        if (row.source, row.name) == (source, name):
            return row
    values = {"source": source, "name": name, "next_s": 0}
    connection.execute(insert(weather_place).values(**values))
    return place_of(connection, source, name)


def note_answer(connection: Connection, place_id: int, now_s: int, next_s: int) -> None:
    """Note that a forecast came, and when the source may be asked again."""
    values = {"failures": 0, "error": None, "next_s": next_s, "answered_s": now_s}
    p = weather_place
    connection.execute(update(p).where(p.c.id == place_id).values(**values))


def note_past(connection: Connection, place_id: int, past_s: int, next_s: int) -> None:
    """Note how far back the past is known, and when the source may be asked again."""
    values = {"failures": 0, "error": None, "next_s": next_s, "past_s": past_s}
    p = weather_place
    connection.execute(update(p).where(p.c.id == place_id).values(**values))


def note_failure(
    connection: Connection, place_id: int, next_s: int, error: str
) -> None:
    """Note why the place was not answered, and when it may be asked again."""
    p = weather_place
    values = {"failures": p.c.failures + 1, "error": error[:500], "next_s": next_s}
    connection.execute(update(p).where(p.c.id == place_id).values(**values))


def keep_hours(connection: Connection, place_id: int, hours: Weather) -> None:
    """Keep hours that are over; what a later answer says of one counts."""
    starts_s = hours.start_s.tolist()
    rows = [
        (place_id, start, *values)
        for start, values in zip(starts_s, _rows(hours), strict=True)
    ]
    execute_many(connection, _upsert("weather_hour", ("place_id", "start_s")), rows)


def keep_forecast(
    connection: Connection, place_id: int, issued_s: int, hours: Weather
) -> None:
    """Keep a forecast, unless the one before it says the same."""
    if not len(hours):
        return
    first_s, last_s = int(hours.start_s[0]), int(hours.start_s[-1])
    issues_s, before = forecasts(connection, place_id, first_s, last_s + 1)
    if len(before):
        newest = before.take(issues_s == issues_s.max()).on(hours.start_s)
        if np.array_equal(newest.values, hours.values, equal_nan=True):
            return
    issues_s = np.full(len(hours), issued_s, dtype=np.int64)
    _put_forecasts(connection, place_id, issues_s, hours)


def keep_earlier_forecasts(
    connection: Connection, place_id: int, lead_s: int, hours: Weather
) -> None:
    """Keep what was forecast `lead_s` before each hour, where nothing else is."""
    if not len(hours):
        return
    first_s, last_s = int(hours.start_s[0]), int(hours.start_s[-1])
    _, known = forecasts(connection, place_id, first_s, last_s + 1)
    fresh = hours.take(~np.isin(hours.start_s, known.start_s))
    _put_forecasts(connection, place_id, fresh.start_s - lead_s, fresh)


def hours(connection: Connection, place_id: int, from_s: int, to_s: int) -> Weather:
    """Return the hours that are over and begin in ``[from_s, to_s)``."""
    h = weather_hour.c
    rows = connection.execute(
        select(h.start_s, *(h[name] for name in VALUES))
        .where(h.place_id == place_id, h.start_s >= from_s, h.start_s < to_s)
        .order_by(h.start_s)
    )
    return _of_rows([tuple(row) for row in rows])


def forecasts(
    connection: Connection, place_id: int, from_s: int, to_s: int
) -> tuple[Instants, Weather]:
    """Return every forecast for the hours that begin in ``[from_s, to_s)``.

    Returns:
        When each was issued, and the hours, ascending by hour and then by issue; an
        hour stands there as often as it was forecast.
    """
    f = weather_forecast.c
    rows = connection.execute(
        select(f.issued_s, f.start_s, *(f[name] for name in VALUES))
        .where(f.place_id == place_id, f.start_s >= from_s, f.start_s < to_s)
        .order_by(f.start_s, f.issued_s)
    ).all()
    issued_s = np.array([row[0] for row in rows], dtype=np.int64)
    return issued_s, _of_rows([tuple(row[1:]) for row in rows])


def forget(connection: Connection, place_id: int, now_s: int) -> None:
    """Forget what is too old; of older forecasts one in `THIN_S` is enough."""
    h, f = weather_hour, weather_forecast
    old_s = now_s - KEPT_DAYS * _DAY_S
    connection.execute(delete(h).where(h.c.place_id == place_id, h.c.start_s < old_s))
    here = f.c.place_id == place_id
    old_s = now_s - FORECASTS_KEPT_DAYS * _DAY_S
    connection.execute(delete(f).where(here, f.c.start_s < old_s))
    settled_s = now_s - THINNED_AFTER_DAYS * _DAY_S
    settled = f.c.issued_s < settled_s
    too_far = f.c.start_s - f.c.issued_s > _THIN_LEAD_S
    connection.execute(delete(f).where(here, settled, too_far))
    later = f.alias("later")
    outdone = exists().where(
        later.c.place_id == f.c.place_id,
        later.c.start_s == f.c.start_s,
        later.c.issued_s > f.c.issued_s,
        later.c.issued_s < settled_s,
        later.c.issued_s - later.c.issued_s % THIN_S
        == f.c.issued_s - f.c.issued_s % THIN_S,
    )
    connection.execute(delete(f).where(here, settled, outdone))


def _put_forecasts(
    connection: Connection, place_id: int, issued_s: Instants, hours: Weather
) -> None:
    keys = "place_id", "start_s", "issued_s"
    rows = [
        (place_id, start, issued, *values)
        for start, issued, values in zip(
            hours.start_s.tolist(), issued_s.tolist(), _rows(hours), strict=True
        )
    ]
    execute_many(connection, _upsert("weather_forecast", keys), rows)


def _upsert(table: str, keys: Sequence[str]) -> str:
    names = ", ".join((*keys, *VALUES))
    marks = ", ".join("?" * (len(keys) + len(VALUES)))
    said = ", ".join(f"{name} = excluded.{name}" for name in VALUES)
    return (
        f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 our own names
        f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {said}"
    )


def _rows(hours: Weather) -> list[list[float | None]]:
    return [
        [value if isfinite(value) else None for value in row]
        for row in hours.values.T.tolist()
    ]


def _of_rows(rows: list[tuple[float | None, ...]]) -> Weather:
    if not rows:
        return Weather.nothing()
    start_s = np.array([row[0] for row in rows], dtype=np.int64)
    values = np.array([row[1:] for row in rows], dtype=np.float64)
    return Weather(start_s, np.ascontiguousarray(values.T))
