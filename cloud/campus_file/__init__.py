"""The campus file: sites, nodes, timetables and what stands there, as JSON.

Importing never deletes a node; what the file does not say of one stays as it is.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from cloud.campus_file.entries import CampusFile, NodeEntry, SiteEntry
from cloud.domain.node import NodeKind
from cloud.store import assets, campus, generators, site_facts
from cloud.store.campus import NodeValues
from cloud.store.database import Connection, Database


class CampusFileError(ValueError):
    """The file can't be imported; the message names the path and the field."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    added: int
    updated: int
    timetables: int


def parse(text: str | bytes) -> CampusFile:
    """Return the campus file in `text`.

    Raises:
        CampusFileError: It is not one; the message names what is wrong and where.
    """
    try:
        parsed = CampusFile.model_validate_json(text)
    except ValidationError as error:
        raise CampusFileError(_first(error, text)) from error
    for site in parsed.sites:
        _check_places(site)
        _check_unique(site)
    return parsed


def bring_in(database: Database, file: CampusFile) -> Imported:
    """Create and update what `file` names, all of it or nothing."""
    with database.write() as connection:
        ids = campus.node_ids(connection)
        before = set(ids)
        timetables = sum(_site(connection, site, ids) for site in file.sites)
        campus.note_change(connection)
    named = {site.slug for site in file.sites}
    named |= {node.path for site in file.sites for node in site.nodes}
    return Imported(len(named - before), len(named & before), timetables)


def _site(connection: Connection, site: SiteEntry, ids: dict[str, int]) -> int:
    _put(connection, site.slug, _site_values(site), ids)
    if site.periods is not None:
        said = [entry.period for entry in site.periods]
        site_facts.set_periods(connection, ids[site.slug], said)
    _standing(connection, ids[site.slug], site)
    timetables = 0
    for entry in sorted(site.nodes, key=lambda node: node.path):
        _put(connection, entry.path, _values(entry), ids)
        _standing(connection, ids[entry.path], entry)
        if entry.timetable is not None:
            campus.set_timetable(connection, ids[entry.path], entry.timetable)
            timetables += 1
    return timetables


def _standing(
    connection: Connection, node_id: int, said: SiteEntry | NodeEntry
) -> None:
    """Keep what stands at a node, as far as the file says something of it."""
    if said.generators is not None:
        making = [entry.generator for entry in said.generators]
        generators.set_generators(connection, node_id, making)
    if said.assets is not None:
        followed = [entry.asset for entry in said.assets]
        assets.set_assets(connection, node_id, followed)


def _put(
    connection: Connection, path: str, values: NodeValues, ids: dict[str, int]
) -> None:
    if path in ids:
        campus.update_node(connection, ids[path], values)
        return
    parent = ids.get(path.rpartition("/")[0])
    ids[path] = campus.add_node(connection, path, parent, values)


def _site_values(site: SiteEntry) -> NodeValues:
    return NodeValues(
        kind=NodeKind.SITE.value,
        name=site.name,
        timezone=site.timezone,
        area_m2=site.area_m2,
        latitude=site.latitude,
        longitude=site.longitude,
        country=site.country,
        subdivision=site.subdivision,
        connection_limit_kw=site.connection_limit_kw,
    )


def _values(entry: NodeEntry) -> NodeValues:
    return NodeValues(
        kind=entry.kind.value,
        name=entry.name,
        area_m2=entry.area_m2,
        capacity=entry.capacity,
        room_type=entry.room_type,
        base_load_kw=entry.base_load_kw,
        connection_limit_kw=entry.connection_limit_kw,
    )


def _check_places(site: SiteEntry) -> None:
    paths = {site.slug}
    for node in site.nodes:
        if node.path in paths:
            raise CampusFileError(f"{node.path}: it is named twice")
        paths.add(node.path)
    for node in site.nodes:
        if node.path.rpartition("/")[0] not in paths:
            raise CampusFileError(
                f"{node.path}: there is no node above it in site {site.slug}"
            )


def _check_unique(site: SiteEntry) -> None:
    for path, said in [(site.slug, site), *((node.path, node) for node in site.nodes)]:
        for what in ("generators", "assets"):
            slugs = [entry.slug for entry in getattr(said, what) or ()]
            twice = next((slug for slug in slugs if slugs.count(slug) > 1), None)
            if twice is not None:
                raise CampusFileError(f"{path}: {what}: {twice} is named twice")
    begins = [(entry.kind, entry.first) for entry in site.periods or ()]
    for kind, first in begins:
        if begins.count((kind, first)) > 1:
            raise CampusFileError(
                f"{site.slug}: periods: two of kind {kind} begin on {first}"
            )


def _first(error: ValidationError, text: str | bytes) -> str:
    found = error.errors(include_url=False, include_context=False)[0]
    field = ".".join(map(str, found["loc"])) or "the file"
    more = error.error_count() - 1
    rest = f" (and {more} more)" if more else ""
    place = _place(found["loc"], text)
    return f"{place}{field}: {found['msg'].removeprefix('Value error, ')}{rest}"


def _place(location: Sequence[int | str], text: str | bytes) -> str:
    """Return the path of the node that an error is in, to find it by."""
    match tuple(location):
        case ("sites", int(site), "nodes", int(node), *_):
            raw: object = json.loads(text)
            if isinstance(raw, Mapping):
                entry = raw["sites"][site]["nodes"][node]
                if isinstance(entry, Mapping) and "path" in entry:
                    return f"{entry['path']}: "
    return ""
