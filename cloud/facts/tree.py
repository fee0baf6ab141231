"""The tree of nodes, kept in memory until it changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Final
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from cloud.store import site
from cloud.store.database import Connection, Database
from cloud.store.site import NodeRow


class UnknownNodeError(LookupError):
    """There is no such node; the message says which was asked for."""


@dataclass(frozen=True)
class Tree:
    """Every node of the organisation.

    Attributes:
        nodes: By id, parents before children.
    """

    nodes: Mapping[int, NodeRow]

    @cached_property
    def children(self) -> Mapping[int, Sequence[NodeRow]]:
        """The nodes directly below each, in order of their paths."""
        below: dict[int, list[NodeRow]] = {node_id: [] for node_id in self.nodes}
        for node in self.nodes.values():
            if node.parent_id is not None:
                below[node.parent_id].append(node)
        return below

    @cached_property
    def bottom_up(self) -> Sequence[NodeRow]:
        """Children before their parents."""
        return sorted(self.nodes.values(), key=lambda node: -node.path.count("/"))

    @cached_property
    def roots(self) -> Sequence[NodeRow]:
        """The sites."""
        return [node for node in self.nodes.values() if node.parent_id is None]

    @cached_property
    def by_path(self) -> Mapping[str, NodeRow]:
        """The nodes by their full path."""
        return {node.path: node for node in self.nodes.values()}

    @cached_property
    def by_slug(self) -> Mapping[str, Sequence[NodeRow]]:
        """The nodes that share each slug."""
        named: dict[str, list[NodeRow]] = {}
        for node in self.nodes.values():
            named.setdefault(node.slug, []).append(node)
        return named

    def find(self, reference: str, *, kind: str | None = None) -> NodeRow:
        """Return the node with this path, unique slug or integer id.

        Raises:
            UnknownNodeError: There is none of this `kind`, or the slug is shared.
        """
        node = self.by_path.get(reference.strip("/"))
        if node is None and reference.isascii() and reference.isdigit():
            node = self.nodes.get(int(reference[:18]))
        found = self.by_slug.get(reference, ()) if node is None else [node]
        found = [node for node in found if kind is None or node.kind == kind]
        if len(found) > 1:
            raise UnknownNodeError(
                f"{len(found)} nodes are called {reference!r}; give the full path"
            )
        if not found:
            raise UnknownNodeError(f"there is no {kind or 'node'} {reference!r}")
        return found[0]

    def descendants(self, node: NodeRow) -> Iterator[NodeRow]:
        """Yield `node` and everything below it."""
        yield node
        for child in self.children[node.id]:
            yield from self.descendants(child)

    def site_of(self, node: NodeRow) -> NodeRow:
        """Return the site that `node` belongs to."""
        while node.parent_id is not None:
            node = self.nodes[node.parent_id]
        return node

    def zone_of(self, node: NodeRow) -> ZoneInfo:
        """Return the time zone that days at `node` follow."""
        return ZoneInfo(self.site_of(node).timezone or "UTC")


@dataclass(frozen=True, slots=True)
class _Kept:
    tree: Tree
    version: tuple[int, int, str | None]


_kept: Final[WeakKeyDictionary[Database, _Kept]] = WeakKeyDictionary()
_lock: Final = Lock()


def tree(database: Database, connection: Connection) -> Tree:
    """Return the tree, read again whenever the site model has changed."""
    version = site.version(connection)
    with _lock:
        kept = _kept.get(database)
    if kept and kept.version == version:
        return kept.tree
    made = Tree({node.id: node for node in site.nodes(connection)})
    with _lock:
        _kept[database] = _Kept(made, version)
    return made


def main_site(tree: Tree) -> NodeRow:
    """Return the site called campus, else the first.

    Raises:
        UnknownNodeError: There is no site yet.
    """
    campus = tree.by_path.get("campus")
    if campus is None and not tree.roots:
        raise UnknownNodeError("there is no site yet")
    return campus or tree.roots[0]
