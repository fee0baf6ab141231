"""What happens now, at one node: loads, savings, score, and how old it all is."""

from dataclasses import asdict
from datetime import datetime
from math import isnan

from cloud.analytics.efficiency import efficiency_score
from cloud.analytics.savings import Prices
from cloud.facts.board import Board, Side, board
from cloud.facts.points import COLUMN, LOAD, SOLAR
from cloud.facts.saved import saved
from cloud.facts.tree import Tree, main_site
from cloud.store import site
from cloud.store.database import Connection, Database
from cloud.store.site import NodeRow
from contract.interval import from_ms
from contract.quantity import Quantity
from contract.timetable import Slot, is_scheduled

Json = dict[str, object]

_KINDS = {
    "base_kw": Quantity.BASE_POWER_KW,
    "ac_kw": Quantity.AC_POWER_KW,
    "light_kw": Quantity.LIGHT_POWER_KW,
    "equipment_kw": Quantity.EQUIPMENT_POWER_KW,
}


def live_campus(
    database: Database, prices: Prices, now: datetime, reference: str | None = None
) -> Json:
    """Return the present figures of a site, by faculty and building.

    Raises:
        UnknownNodeError: There is no such site, or none at all.
    """
    with database.read() as connection:
        now_board = board(database, connection, now)
        tree = now_board.plan.tree
        node = tree.find(reference, kind="site") if reference else main_site(tree)
        fact = _fact(connection, now_board, node, prices, now)
    fact["faculties"] = [
        {
            **_line(now_board, faculty),
            "buildings": [_line(now_board, b) for b in tree.children[faculty.id]],
        }
        for faculty in tree.children[node.id]
        if faculty.kind == "faculty"
    ]
    return fact


def live_node(
    database: Database,
    reference: str,
    prices: Prices,
    now: datetime,
    kind: str | None = None,
) -> Json:
    """Return the present figures of the node called `reference`.

    Raises:
        UnknownNodeError: There is no such node of this kind.
    """
    with database.read() as connection:
        now_board = board(database, connection, now)
        node = now_board.plan.tree.find(reference, kind=kind)
        fact = _fact(connection, now_board, node, prices, now)
        if node.kind == "building":
            fact["floors"] = _floors(now_board, node)
        if node.kind == "room":
            fact |= _room(now_board, node)
            fact["scheduled"] = _is_scheduled(
                connection, now_board.plan.tree, node, now
            )
    return fact


def _fact(
    connection: Connection,
    now_board: Board,
    node: NodeRow,
    prices: Prices,
    now: datetime,
) -> Json:
    tree, row = now_board.plan.tree, now_board.plan.row[node.id]
    side, simulated = now_board.side(row), now_board.is_simulated(row)
    zone = tree.zone_of(node)
    score = efficiency_score(side.judged_kw[row], side.idle_kw[row])
    return _line(now_board, node) | {
        "at": _at(side.oldest_ms[row]),
        "load_by_kind": {
            name: _figure(side.values[row, COLUMN[quantity]])
            for name, quantity in _KINDS.items()
        },
        "unmetered_kw": _figure(side.unmetered_kw[row]),
        "solar_kw": _figure(side.values[row, SOLAR]),
        "saved": asdict(
            saved(connection, node.id, zone, prices, now, simulated=simulated)
        ),
        "efficiency_score": None if score is None else round(float(score), 1),
        "meters": {
            "reporting": int(side.reporting[row]),
            "silent": int(side.silent[row]),
        },
        "simulated": simulated,
        "children": [_line(now_board, child) for child in tree.children[node.id]],
    }


def _line(now_board: Board, node: NodeRow) -> Json:
    row = now_board.plan.row[node.id]
    side = now_board.side(row)
    return {
        "id": node.id,
        "path": node.path,
        "kind": node.kind,
        "name": node.name,
        "load_kw": _figure(side.values[row, LOAD]),
        "age_s": _age_s(now_board, side.oldest_ms[row]),
    }


def _floors(now_board: Board, building: NodeRow) -> list[Json]:
    children = now_board.plan.tree.children
    return [
        {
            **_line(now_board, floor),
            "rooms": [
                _line(now_board, room) | _room(now_board, room)
                for room in children[floor.id]
            ],
        }
        for floor in children[building.id]
        if floor.kind == "floor"
    ]


def _room(now_board: Board, room: NodeRow) -> Json:
    row = now_board.plan.row[room.id]
    side = now_board.side(row)
    return {
        "room_type": room.room_type,
        "occupied": _flag(side, row, Quantity.OCCUPANCY, 1),
        "temperature_c": _figure(side.own[row, COLUMN[Quantity.TEMPERATURE_C]]),
        "setback": _flag(side, row, Quantity.AC_RELAY, 0),
        "age_s": _age_s(now_board, side.newest_own_ms[row]),
    }


def _is_scheduled(
    connection: Connection, tree: Tree, room: NodeRow, now: datetime
) -> bool:
    slots = site.slots(connection, room.id)
    local = now.astimezone(tree.zone_of(room))
    return is_scheduled([Slot.from_json(list(slot)) for slot in slots], local)


def _flag(side: Side, row: int, quantity: Quantity, meaning: int) -> bool | None:
    value = side.own[row, COLUMN[quantity]]
    return None if isnan(value) else bool(value == meaning)


def _figure(value: float) -> float | None:
    return None if isnan(value) else round(float(value), 4)


def _at(at_ms: float) -> str | None:
    return None if isnan(at_ms) else from_ms(int(at_ms)).isoformat()


def _age_s(now_board: Board, at_ms: float) -> float | None:
    if isnan(at_ms):
        return None
    return round(max(now_board.now_ms - float(at_ms), 0.0) / 1000, 1)
