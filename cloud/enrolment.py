"""Enrolling gateways and registering devices that post by themselves."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from time import time

from cloud.domain.node import NodeKind
from cloud.store import campus, devices, gateways
from cloud.store.campus import NodeValues
from cloud.store.database import Connection, Database
from cloud.store.devices import DeviceValues
from contract.inventory import PATH, SLUG


class EnrolmentError(ValueError):
    """It can't be enrolled; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class GatewayEntry:
    """A gateway to enrol.

    Attributes:
        node: Path of the node it serves, e.g. `campus/science/physics`.
        public_key: 64 hex digits, as `voltonic-gateway key` prints them.
    """

    slug: str
    node: str
    public_key: str

    def __post_init__(self) -> None:
        if not SLUG.fullmatch(self.slug):
            raise EnrolmentError(f"{self.slug!r}: not a lower-case slug")
        if not PATH.fullmatch(self.node):
            raise EnrolmentError(f"{self.slug}: not a node path: {self.node!r}")
        if len(self.public_key) != 64 or not _is_hex(self.public_key):
            raise EnrolmentError(
                f"{self.slug}: a public key has 64 hex digits;"
                " `voltonic-gateway key` prints it"
            )


def entries(text: str) -> list[GatewayEntry]:
    """Return the gateways in `text`, a JSON list.

    Raises:
        EnrolmentError: It is not such a list; the message names the entry.
    """
    try:
        raw = json.loads(text)
    except ValueError as error:
        raise EnrolmentError(f"not JSON: {error}") from error
    if not isinstance(raw, list):
        raise EnrolmentError('a list like [{"slug", "node", "public_key"}] is wanted')
    return [_entry(place, item) for place, item in enumerate(raw)]


def enrol(database: Database, wanted: Sequence[GatewayEntry]) -> None:
    """Enrol gateways, all or none; one that is enrolled gets its new key.

    Raises:
        EnrolmentError: A node is missing, or served by another gateway.
    """
    with database.write() as connection:
        for entry in wanted:
            _enrol(connection, entry)


def add_device(database: Database, node: str, values: DeviceValues) -> int:
    """Register a device that posts by itself and return its id.

    Raises:
        EnrolmentError: Its node is malformed, or it is registered already.
    """
    if not SLUG.fullmatch(values.slug):
        raise EnrolmentError(f"{values.slug!r}: not a lower-case slug")
    if not PATH.fullmatch(node):
        raise EnrolmentError(f"not a node path: {node!r}")
    with database.write() as connection:
        node_id = _node_id(connection, node)
        if devices.find(connection, node_id, values.slug) is not None:
            raise EnrolmentError(f"{node}/{values.slug} is registered already")
        return devices.add(connection, node_id, values)


def device_at(database: Database, place: str) -> int:
    """Return the id of the device that posts by itself as `node/device`.

    Raises:
        EnrolmentError: There is none.
    """
    node, _, slug = place.rpartition("/")
    with database.read() as connection:
        node_id = campus.node_ids(connection).get(node)
        found = None if node_id is None else devices.find(connection, node_id, slug)
    if found is None:
        raise EnrolmentError(
            f"no device {place}; `voltonic-cloud device add` registers one"
        )
    return found


def _entry(place: int, item: object) -> GatewayEntry:
    match item:
        case {"slug": str(slug), "node": str(node), "public_key": str(key)}:
            return GatewayEntry(slug, node, key)
    raise EnrolmentError(f"entry {place}: slug, node and public_key are wanted")


def _enrol(connection: Connection, entry: GatewayEntry) -> None:
    known = gateways.find(connection, entry.slug)
    if known is not None:
        if known.node_path != entry.node:
            raise EnrolmentError(f"{entry.slug} is enrolled at {known.node_path}")
        gateways.set_key(connection, known.id, entry.public_key)
        return
    other = gateways.overlapping(connection, entry.node)
    if other is not None:
        raise EnrolmentError(
            f"{entry.slug}: {entry.node} is already served by {other.slug}"
            f" at {other.node_path}; one gateway serves a node and all below it"
        )
    node_id = _node_id(connection, entry.node)
    gateways.add(connection, entry.slug, node_id, entry.public_key, int(time()))


def _node_id(connection: Connection, path: str) -> int:
    """Return the node at `path`, created with what is above it if need be."""
    ids = campus.node_ids(connection)
    parts = path.split("/")
    parent: int | None = None
    for depth in range(1, len(parts) + 1):
        here = "/".join(parts[:depth])
        if here not in ids:
            kind = NodeKind.SITE if depth == 1 else NodeKind.FACILITY
            name = parts[depth - 1].replace("-", " ").capitalize()
            values = NodeValues(kind.value, name, "UTC" if depth == 1 else None)
            ids[here] = campus.add_node(connection, here, parent, values)
        parent = ids[here]
    return ids[path]


def _is_hex(text: str) -> bool:
    return all(digit in "0123456789abcdef" for digit in text)
