"""What the arrays and turbines of a node will make in the next 24 hours."""

from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.facts.tree import main_site, tree
from cloud.store import generation, generators
from cloud.store.database import Connection, Database
from cloud.store.generation import Generation
from cloud.store.generators import StoredGenerator
from contract.interval import from_ms

Floats = NDArray[np.float64]
Json = dict[str, object]

HOURS: Final = 24

_HOUR_S: Final = 3_600


def generation_facts(database: Database, now: datetime, reference: str | None) -> Json:
    """Return the forecast of each generator of the node and of those below it.

    Raises:
        UnknownNodeError: There is no such node.
    """
    at_s = int(now.timestamp())
    with database.read() as connection:
        campus = tree(database, connection)
        node = campus.find(reference) if reference else main_site(campus)
        below = {each.id for each in campus.descendants(node)}
        standing = [
            each for each in generators.generators(connection) if each.node_id in below
        ]
        made = {each.id: _newest(connection, each, at_s) for each in standing}
    forecasts = [each for each in made.values() if each is not None]
    return {
        "node": node.path,
        "why_none": _why_none(standing, forecasts),
        "hours": _together(forecasts, at_s),
        "generators": [_told(each, made[each.id], at_s) for each in standing],
    }


def _newest(
    connection: Connection, standing: StoredGenerator, at_s: int
) -> Generation | None:
    return generation.newest(connection, standing.id, at_s)


def _why_none(
    standing: list[StoredGenerator], forecasts: list[Generation]
) -> str | None:
    if not standing:
        return "the campus file names no generator here"
    if not forecasts:
        return "no forecast has been made yet; the worker's jobs say why"
    return None


def _told(standing: StoredGenerator, made: Generation | None, at_s: int) -> Json:
    said = standing.generator
    return {
        "node": standing.path,
        "slug": said.slug,
        "kind": said.kind.value,
        "capacity_kw": said.capacity_kw,
        "source": None if made is None else made.source,
        "issued": None if made is None else _instant(made.issued_s),
        "hours": [] if made is None else _together([made], at_s),
    }


def _together(forecasts: list[Generation], at_s: int) -> list[Json]:
    """Return the sums, hour by hour, as long as every forecast reaches.

    Quantiles are added as if all were off in the same way: the sun and the wind of one
    site are much the same for all that stands there.
    """
    if not forecasts:
        return []
    first_s = at_s // _HOUR_S * _HOUR_S
    rows: list[Json] = []
    for start_s in range(first_s, first_s + HOURS * _HOUR_S, _HOUR_S):
        figures = [_figures(each, start_s) for each in forecasts]
        if any(each is None for each in figures):
            continue
        total = np.sum([each for each in figures if each is not None], axis=0)
        mean, *quantiles = total.round(4).tolist()
        row: Json = {"start": _instant(start_s), "mean_kw": mean}
        names = ("p10_kw", "p50_kw", "p90_kw")
        rows.append(row | dict(zip(names, quantiles, strict=True)))
    return rows


def _figures(made: Generation, start_s: int) -> Floats | None:
    place = np.flatnonzero(made.start_s == start_s)
    if not len(place):
        return None
    return np.concatenate((made.mean_kw[place], made.quantiles_kw[place[0]]))


def _instant(second: int) -> str:
    return from_ms(second * 1000).isoformat()
