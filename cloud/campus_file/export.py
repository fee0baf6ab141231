"""The campus file of what is held, so that it can be edited and imported again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict

from cloud.domain.asset import Asset
from cloud.store import assets, campus, generators, site_facts
from cloud.store.campus import NodeValues
from cloud.store.database import Connection, Database
from cloud.store.site_facts import SiteFacts

Json = dict[str, object]


def exported(database: Database) -> Json:
    """Return the campus as JSON values; what nobody said is left out."""
    with database.read() as connection:
        described = campus.described(connection)
        standing: dict[str, dict[str, list[Json]]] = {}
        for each in generators.generators(connection):
            here = standing.setdefault(each.path, {})
            here.setdefault("generators", []).append(_said(asdict(each.generator)))
        for kept in assets.assets(connection):
            here = standing.setdefault(kept.path, {})
            here.setdefault("assets", []).append(_asset(kept.asset))
        sites = [
            _site(connection, site, described, standing)
            for site in site_facts.sites(connection)
        ]
    return {"format": 1, "sites": sites}


def _site(
    connection: Connection,
    site: SiteFacts,
    described: Mapping[str, NodeValues],
    standing: Mapping[str, Mapping[str, Sequence[Json]]],
) -> Json:
    values = asdict(described[site.path]) | {"timezone": site.timezone}
    del values["kind"]
    timetables = campus.timetables(connection, site.path)
    below = {
        path: v for path, v in described.items() if path.startswith(site.path + "/")
    }
    nodes = [
        _said({"path": path} | asdict(values) | {**standing.get(path, {})})
        | _timetable(timetables.get(path[len(site.path) + 1 :]))
        for path, values in below.items()
    ]
    periods = [_said(asdict(each)) for each in site_facts.periods(connection, site.id)]
    return _said(
        {
            "slug": site.path,
            **values,
            "periods": periods or None,
            **standing.get(site.path, {}),
        }
    ) | {"nodes": nodes}


def _asset(kept: Asset) -> Json:
    values = asdict(kept)
    for name in ("commissioned", "serviced"):
        values[name] = values[name] and values[name].isoformat()
    return _said(values)


def _timetable(slots: Iterable[tuple[int, str, str]] | None) -> Json:
    return {} if slots is None else {"timetable": [list(slot) for slot in slots]}


def _said(values: Mapping[str, object]) -> Json:
    return {name: value for name, value in values.items() if value is not None}
