"""What generators made, and what was forecast of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, func, select

from cloud.store.bulk import execute_many
from cloud.store.database import Connection
from cloud.store.schema import generation_forecast, rollup

KEPT_DAYS: Final = 60
"""How long forecasts are kept, to be compared with what came. [d]"""

_GRID_MIN: Final = 15
_QUARTER_S: Final = 900
_HOUR_S: Final = 3_600
_DAY_S: Final = 86_400

Floats = NDArray[np.float64]
Instants = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Generation:
    """Forecasts of one generator's hours.

    Attributes:
        source: Of the weather it rests on.
        start_s: Of the hours. [s since 1970 UTC]
        mean_kw: Expected. [kW]
        quantiles_kw: 10, 50 and 90 %, in columns. [kW]
        widened_by: What the bands were widened by beyond what was learnt.
    """

    source: str
    issued_s: int
    start_s: Instants
    mean_kw: Floats
    quantiles_kw: Floats
    widened_by: float


def made_kw(connection: Connection, node_id: int, from_s: int, hours: int) -> Floats:
    """Return the mean power of hours from `from_s` on; NaN where not wholly known."""
    r = rollup.c
    to_s = from_s + hours * _HOUR_S
    rows = connection.execute(
        select(r.start_s, r.generated_kwh).where(
            r.node_id == node_id,
            r.resolution_min == _GRID_MIN,
            r.simulated.is_(False),
            r.start_s >= from_s,
            r.start_s < to_s,
            r.generated_kwh.is_not(None),
        )
    ).all()
    quarters = np.full(hours * 4, np.nan)
    place = np.array([(row[0] - from_s) // _QUARTER_S for row in rows], dtype=np.int64)
    quarters[place] = [row[1] for row in rows]
    total: Floats = quarters.reshape(-1, 4).sum(axis=1)
    return total


def newest_made_s(connection: Connection, node_id: int) -> int | None:
    """Return the newest quarter hour of which the production is known."""
    r = rollup.c
    query = select(func.max(r.start_s)).where(
        r.node_id == node_id,
        r.resolution_min == _GRID_MIN,
        r.simulated.is_(False),
        r.generated_kwh.is_not(None),
    )
    newest_s: int | None = connection.execute(query).scalar()
    return newest_s


def put(connection: Connection, generator_id: int, made: Generation) -> None:
    """Keep a forecast; forget those that are too old to learn from."""
    rows: list[Sequence[object]] = [
        (
            generator_id,
            start,
            made.issued_s,
            made.source,
            mean,
            *quantiles,
            made.widened_by,
        )
        for start, mean, quantiles in zip(
            made.start_s.tolist(),
            made.mean_kw.tolist(),
            made.quantiles_kw.tolist(),
            strict=True,
        )
    ]
    execute_many(
        connection,
        "INSERT INTO generation_forecast (generator_id, start_s, issued_s, source,"
        " mean_kw, p10_kw, p50_kw, p90_kw, widened_by)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (generator_id, start_s, issued_s) DO UPDATE SET"
        " source = excluded.source, mean_kw = excluded.mean_kw,"
        " p10_kw = excluded.p10_kw, p50_kw = excluded.p50_kw,"
        " p90_kw = excluded.p90_kw, widened_by = excluded.widened_by",
        rows,
    )
    f = generation_forecast.c
    old_s = made.issued_s - KEPT_DAYS * _DAY_S
    connection.execute(
        delete(generation_forecast).where(
            f.generator_id == generator_id, f.start_s < old_s
        )
    )


def newest(connection: Connection, generator_id: int, at_s: int) -> Generation | None:
    """Return the forecast made last for hours that are not over at `at_s`."""
    f = generation_forecast.c
    here = f.generator_id == generator_id, f.start_s + _HOUR_S > at_s
    issued_s = connection.execute(select(func.max(f.issued_s)).where(*here)).scalar()
    if issued_s is None:
        return None
    rows = connection.execute(
        select(
            f.start_s, f.source, f.mean_kw, f.p10_kw, f.p50_kw, f.p90_kw, f.widened_by
        )
        .where(*here, f.issued_s == issued_s)
        .order_by(f.start_s)
    ).all()
    figures = np.array([tuple(row[2:6]) for row in rows], dtype=np.float64)
    return Generation(
        rows[0].source,
        issued_s,
        np.array([row.start_s for row in rows], dtype=np.int64),
        figures[:, 0],
        figures[:, 1:],
        rows[0].widened_by,
    )


def said(
    connection: Connection, generator_id: int, from_s: int, to_s: int
) -> tuple[Instants, Floats]:
    """Return the hours in ``[from_s, to_s)`` and the quantiles that were said before.

    An hour stands there as often as it was forecast. What the bands were widened by
    then is taken back.
    """
    f = generation_forecast.c
    rows = connection.execute(
        select(f.start_s, f.p10_kw, f.p50_kw, f.p90_kw, f.widened_by).where(
            f.generator_id == generator_id,
            f.start_s >= from_s,
            f.start_s < to_s,
            f.issued_s <= f.start_s,
        )
    ).all()
    start_s = np.array([row.start_s for row in rows], dtype=np.int64)
    figures = np.array([tuple(row[1:]) for row in rows], dtype=np.float64)
    figures = figures.reshape(-1, 4)
    quantiles, widened_by = figures[:, :3], figures[:, 3:]
    middle = quantiles[:, 1:2]
    return start_s, middle + (quantiles - middle) / widened_by
