"""All marked intervals of all gateways and of the nodes above them, in turn."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Final

from cloud.rollup import above, gateway
from cloud.rollup.layout import Layout, layout
from cloud.store import devices, gateways, marks, places
from cloud.store.database import Connection, Database, UnavailableError
from cloud.store.devices import PostingDevice
from cloud.store.places import CountedPoint, Place

PAUSE_S: Final = 8.0
"""Between two roll-ups of one gateway, unless much has piled up."""

_RETRY_S: Final = 60.0
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Model:
    """The site model as roll-ups need it.

    Attributes:
        paths: Of each gateway's node.
        served_by: The gateway of each node that is a gateway's or below one.
    """

    version: tuple[str | int | None, ...]
    places: tuple[Place, ...]
    points: tuple[CountedPoint, ...]
    metered: frozenset[tuple[int, bool]]
    posting: tuple[PostingDevice, ...]
    paths: dict[int, str]
    served_by: dict[int, int]


@dataclass(slots=True)
class RollUp:
    """Makes roll-ups; one at a time for each database."""

    database: Database
    pause_s: float = PAUSE_S
    _model: Model | None = None
    _layouts: dict[int, Layout] = field(default_factory=dict)
    _done_at: dict[int, float] = field(default_factory=dict)
    _failed_at: dict[str, float] = field(default_factory=dict)

    def step(self) -> int:
        """Do what is due now; return how many marked intervals that were."""
        with self.database.read() as connection:
            model = self._current(connection)
            posted = marks.marked_nodes(connection)
        self._hand_over(model, posted)
        with self.database.read() as connection:
            waiting = marks.marked_gateways(connection)
        done = sum(self._gateway(model, gateway_id) for gateway_id in waiting)
        return done + self._above(model)

    def all(self) -> int:
        """Do all there is, however long it takes; return how many intervals."""
        pause_s, self.pause_s = self.pause_s, 0.0
        total = 0
        while done := self.step():
            total += done
        self.pause_s = pause_s
        return total

    def _gateway(self, model: Model, gateway_id: int) -> int:
        if monotonic() - self._done_at.get(gateway_id, -1e9) < self.pause_s:
            return 0
        if gateway_id not in self._layouts:
            self._layouts[gateway_id] = layout(
                gateway_id,
                model.paths[gateway_id],
                model.places,
                model.points,
                model.posting,
            )
        known = self._layouts[gateway_id]
        path = model.paths[gateway_id]
        done = self._tried(path, partial(gateway.roll_up, self.database, known))
        if done < gateway.most_marks(known):
            self._done_at[gateway_id] = monotonic()
        return done

    def _hand_over(self, model: Model, node_ids: Sequence[int]) -> None:
        """Leave what was posted at a node that a gateway serves to its roll-up."""
        for node_id in node_ids:
            gateway_id = model.served_by.get(node_id)
            if gateway_id is not None:
                with self.database.write() as connection:
                    marks.hand_over(connection, node_id, gateway_id)

    def _above(self, model: Model) -> int:
        """Sum what hangs above, the deepest nodes first."""
        total = 0
        by_id = {place.id: place for place in model.places}
        while True:
            with self.database.read() as connection:
                waiting = marks.marked_nodes(connection)
            known = [by_id[node_id] for node_id in waiting if node_id in by_id]
            known = [place for place in known if place.id not in model.served_by]
            known = [place for place in known if not self._is_put_off(place.path)]
            if not known:
                return total
            place = max(known, key=lambda place: place.path.count("/"))
            node = above.above(place, model.places, model.metered, model.posting)
            total += self._tried(
                place.path, partial(above.roll_up, self.database, node)
            )

    def _tried(self, path: str, roll_up: Callable[[], int]) -> int:
        """Roll up one node; where that fails, put it off and let the others go on."""
        if self._is_put_off(path):
            return 0
        try:
            done = roll_up()
        except UnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - one node's rows stop no other's
            if path not in self._failed_at:
                _log.error("%s can't be rolled up", path, exc_info=error)
            self._failed_at[path] = monotonic()
            return 0
        if self._failed_at.pop(path, None) is not None:
            _log.info("%s is rolled up again", path)
        return done

    def _is_put_off(self, path: str) -> bool:
        return monotonic() - self._failed_at.get(path, -1e9) < _RETRY_S

    def _current(self, connection: Connection) -> Model:
        version = places.version(connection)
        if self._model is None or self._model.version != version:
            self._layouts.clear()
            self._model = _model(connection, version)
        return self._model


def _model(connection: Connection, version: tuple[str | int | None, ...]) -> Model:
    every = tuple(places.places(connection))
    paths = {row.id: row.node_path for row in gateways.every(connection)}
    gateway_of = {path: gateway_id for gateway_id, path in paths.items()}
    served_by = {
        place.id: gateway_of[path]
        for place in every
        for path in _upwards(place.path)
        if path in gateway_of
    }
    return Model(
        version,
        every,
        tuple(places.counted_points(connection)),
        frozenset(places.metered_nodes(connection)),
        tuple(devices.posting(connection)),
        paths,
        served_by,
    )


def _upwards(path: str) -> Iterator[str]:
    """Yield a path and those of the nodes above it."""
    while path:
        yield path
        path = path.rpartition("/")[0]
