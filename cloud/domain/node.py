"""Nodes: the places that energy is counted for."""

from enum import StrEnum


class NodeKind(StrEnum):
    """What a node is."""

    SITE = "site"
    FACULTY = "faculty"
    BUILDING = "building"
    FLOOR = "floor"
    ROOM = "room"
    ZONE = "zone"
    FACILITY = "facility"


def below(kind: NodeKind) -> NodeKind:
    """Return what a node found under one of `kind` is taken for until named."""
    order = {
        NodeKind.SITE: NodeKind.FACILITY,
        NodeKind.FACULTY: NodeKind.BUILDING,
        NodeKind.BUILDING: NodeKind.FLOOR,
        NodeKind.FLOOR: NodeKind.ROOM,
    }
    return order.get(kind, NodeKind.ZONE)
