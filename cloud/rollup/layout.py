"""Which points make which figures of which nodes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.store.devices import PostingDevice
from cloud.store.places import CountedPoint, Place
from contract.inventory import Role
from contract.quantity import Quantity


class Figure(IntEnum):
    """What a point adds to at its node."""

    ENERGY = 0
    GENERATED = 1
    SAVED = 2
    BASE = 3
    AC = 4
    LIGHT = 5
    EQUIPMENT = 6
    TEMPERATURE = 7
    OCCUPANCY = 8


@dataclass(frozen=True, slots=True)
class Source:
    """One point that counts, with how it counts."""

    point_id: int
    node_id: int
    figure: Figure
    is_counter: bool
    modulus_kwh: float | None
    simulated: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """One gateway's part of the site model.

    Attributes:
        places: Its own node and all below, parents first.
        row_of: By point id, the row in `sources`; -1 for points that do not count.
        point_ids: The point of each row.
        zone: Time zone of its site.
        posting: Devices there that post by themselves.
    """

    gateway_id: int
    places: tuple[Place, ...]
    sources: tuple[Source, ...]
    row_of: NDArray[np.int64]
    point_ids: NDArray[np.int32]
    zone: str
    posting: tuple[PostingDevice, ...]

    @property
    def parent_id(self) -> int | None:
        """The node above the gateway's own."""
        return self.places[0].parent_id


_ANY_ROLE: Final[Mapping[str, tuple[Figure, bool]]] = {
    Quantity.ENERGY_SAVED_KWH: (Figure.SAVED, True),
    Quantity.BASE_POWER_KW: (Figure.BASE, False),
    Quantity.AC_POWER_KW: (Figure.AC, False),
    Quantity.LIGHT_POWER_KW: (Figure.LIGHT, False),
    Quantity.EQUIPMENT_POWER_KW: (Figure.EQUIPMENT, False),
    Quantity.TEMPERATURE_C: (Figure.TEMPERATURE, False),
    Quantity.OCCUPANCY: (Figure.OCCUPANCY, False),
}
_BY_ROLE: Final[Mapping[str, tuple[Figure, Quantity, Quantity]]] = {
    Role.MAIN: (Figure.ENERGY, Quantity.ENERGY_IMPORT_KWH, Quantity.ACTIVE_POWER_KW),
    Role.PRODUCTION: (
        Figure.GENERATED,
        Quantity.ENERGY_GENERATED_KWH,
        Quantity.GENERATED_POWER_KW,
    ),
}


def layout(
    gateway_id: int,
    node_path: str,
    places: Iterable[Place],
    points: Iterable[CountedPoint],
    posting: Iterable[PostingDevice],
) -> Layout:
    """Return the layout of the gateway that serves the node at `node_path`."""
    every = list(places)
    own = [p for p in every if f"{p.path}/".startswith(f"{node_path}/")]
    node_ids = {place.id for place in own}
    site = next(p for p in every if p.path == node_path.partition("/")[0])
    sources = _sources([p for p in points if p.gateway_id == gateway_id])
    row_of = np.full(max((s.point_id for s in sources), default=0) + 1, -1, np.int64)
    for row, source in enumerate(sources):
        row_of[source.point_id] = row
    return Layout(
        gateway_id,
        tuple(own),
        tuple(sources),
        row_of,
        np.array([source.point_id for source in sources], dtype=np.int32),
        site.timezone or "UTC",
        tuple(device for device in posting if device.node_id in node_ids),
    )


def _sources(points: Sequence[CountedPoint]) -> list[Source]:
    has: dict[int, set[str]] = {}
    for point in points:
        has.setdefault(point.device_id, set()).add(point.quantity)
    found = []
    for point in points:
        counts = _counts_as(point, has[point.device_id])
        if counts is not None:
            found.append(
                Source(
                    point.id,
                    point.node_id,
                    counts[0],
                    counts[1],
                    point.modulus_kwh if counts[1] else None,
                    point.simulated,
                )
            )
    return found


def _counts_as(point: CountedPoint, has: set[str]) -> tuple[Figure, bool] | None:
    """Return the figure and whether the point is a counter; a counter wins."""
    if point.role in _BY_ROLE:
        figure, counter, power = _BY_ROLE[point.role]
        if point.quantity == counter:
            return figure, True
        if point.quantity == power and counter not in has:
            return figure, False
    return _ANY_ROLE.get(point.quantity)
