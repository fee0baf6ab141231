"""The campus file: sites, nodes and timetables, as JSON; importing never deletes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)

from cloud.domain.node import NodeKind
from cloud.store import campus
from cloud.store.campus import NodeValues, Weekly
from cloud.store.database import Connection, Database
from contract.inventory import PATH, SLUG
from contract.timetable import Slot


class CampusFileError(ValueError):
    """The file can't be imported; the message names the path and the field."""


def _slug(value: str) -> str:
    if not SLUG.fullmatch(value):
        raise ValueError(f"not a lower-case slug: {value!r}")
    return value


def _path(value: str) -> str:
    if len(value) > 200 or not PATH.fullmatch(value):
        raise ValueError(f"not a path of lower-case slugs: {value!r}")
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"not a time zone: {value!r} (e.g. Asia/Kolkata)")
    return ZoneInfo(value).key


def _weekly(raw: object) -> Weekly:
    day, start, end = Slot.from_json(raw).to_json()
    return int(str(day)), str(start), str(end)


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NodeEntry(_Strict):
    """One node below a site."""

    path: Annotated[str, AfterValidator(_path)]
    kind: NodeKind
    name: str = Field(min_length=1, max_length=200)
    area_m2: float | None = Field(None, gt=0)
    capacity: int | None = Field(None, ge=0)
    room_type: str | None = Field(None, max_length=20)
    base_load_kw: float | None = Field(None, ge=0)
    timetable: tuple[Annotated[Weekly, BeforeValidator(_weekly)], ...] | None = None


class SiteEntry(_Strict):
    """One site with every node below it."""

    slug: Annotated[str, AfterValidator(_slug)]
    name: str = Field(min_length=1, max_length=200)
    timezone: Annotated[str, AfterValidator(_zone)]
    area_m2: float | None = Field(None, gt=0)
    nodes: tuple[NodeEntry, ...] = ()


class CampusFile(_Strict):
    """The whole file."""

    format: Literal[1]
    sites: tuple[SiteEntry, ...]


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
    values = NodeValues(
        NodeKind.SITE.value, site.name, site.timezone, area_m2=site.area_m2
    )
    _put(connection, site.slug, values, ids)
    timetables = 0
    for entry in sorted(site.nodes, key=lambda node: node.path):
        _put(connection, entry.path, _values(entry), ids)
        if entry.timetable is not None:
            campus.set_timetable(connection, ids[entry.path], entry.timetable)
            timetables += 1
    return timetables


def _put(
    connection: Connection, path: str, values: NodeValues, ids: dict[str, int]
) -> None:
    if path in ids:
        campus.update_node(connection, ids[path], values)
        return
    parent = ids.get(path.rpartition("/")[0])
    ids[path] = campus.add_node(connection, path, parent, values)


def _values(entry: NodeEntry) -> NodeValues:
    return NodeValues(
        kind=entry.kind.value,
        name=entry.name,
        area_m2=entry.area_m2,
        capacity=entry.capacity,
        room_type=entry.room_type,
        base_load_kw=entry.base_load_kw,
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
