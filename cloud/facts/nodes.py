"""Which nodes there are."""

from typing import Final

from cloud.facts.tree import Tree, main_site, tree
from cloud.store.database import Database
from cloud.store.site import NodeRow

Json = dict[str, object]

_INSIDE_BUILDINGS: Final = frozenset({"floor", "room"})


def campus_tree(database: Database) -> Json:
    """Return the sites with everything below them, down to the buildings."""
    with database.read() as connection:
        nodes = tree(database, connection)
    return {"sites": [_nested(nodes, site) for site in nodes.roots]}


def node_facts(database: Database, reference: str) -> Json:
    """Return what is known of one node, with its children.

    Raises:
        UnknownNodeError: There is no such node.
    """
    with database.read() as connection:
        nodes = tree(database, connection)
    node = nodes.find(reference)
    children = [_node(nodes, child) for child in nodes.children[node.id]]
    return _node(nodes, node) | {"children": children}


def main_site_path(database: Database) -> str:
    """Return the path of the site called campus, else of the first.

    Raises:
        UnknownNodeError: There is no site yet.
    """
    with database.read() as connection:
        return main_site(tree(database, connection)).path


def _nested(nodes: Tree, node: NodeRow) -> Json:
    below = [
        child
        for child in nodes.children[node.id]
        if child.kind not in _INSIDE_BUILDINGS
    ]
    children = [_nested(nodes, child) for child in below]
    return _node(nodes, node) | {"children": children}


def _node(nodes: Tree, node: NodeRow) -> Json:
    return {
        "id": node.id,
        "path": node.path,
        "kind": node.kind,
        "slug": node.slug,
        "name": node.name,
        "timezone": nodes.zone_of(node).key,
        "area_m2": node.area_m2,
        "capacity": node.capacity,
        "room_type": node.room_type,
        "children": [],
    }
