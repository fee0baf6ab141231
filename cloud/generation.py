"""When arrays and turbines are forecast: each hour, and when more becomes known."""

from dataclasses import dataclass, field
from time import time
from typing import TYPE_CHECKING, Final

from cloud.facts.weather import place_id
from cloud.store import generation, generators, queue, site_facts
from cloud.store import weather as kept
from cloud.store.database import Connection, Database
from cloud.store.generators import StoredGenerator

if TYPE_CHECKING:
    from cloud.forecasting.generation import Knowledge

KIND: Final = "generation"

_HOUR_S: Final = 3_600
_PAUSE_S: Final = 60
"""At least so long between two forecasts of one generator. [s]"""
_SETTLED_S: Final = 120
"""Until then the readings that end an hour have come and are rolled up. [s]"""

Known = tuple[int, int, int]
"""Hour of the clock, newest hour of production, newest weather."""


@dataclass(slots=True)
class GenerationPlan:
    """Queues each generator's forecast when it would come out differently."""

    _seen: dict[str, tuple[Known, int]] = field(default_factory=dict)

    def queue_due(self, connection: Connection, now_s: int) -> int:
        """Queue the forecasts that are due; return how many."""
        return sum(
            queue.put(connection, KIND, subject_of(each), now_s)
            for each in generators.generators(connection)
            if self._is_due(connection, each, now_s)
        )

    def _is_due(
        self, connection: Connection, standing: StoredGenerator, now_s: int
    ) -> bool:
        subject = subject_of(standing)
        before, at_s = self._seen.get(subject, ((0, 0, 0), 0))
        if now_s - at_s < _PAUSE_S:
            return False
        known = _known(connection, standing, now_s)
        self._seen[subject] = known, now_s
        return known != before


@dataclass(slots=True)
class Forecasting:
    """Makes the forecasts; what it learnt of arrays it keeps while the worker runs."""

    _knowledge: "Knowledge | None" = None

    def forecast(self, database: Database, subject: str) -> str | None:
        """Forecast the generator `subject` and keep it; return why not, if not."""
        return self.forecast_at(database, subject, int(time()))

    def forecast_at(self, database: Database, subject: str, now_s: int) -> str | None:
        """Do what `forecast` does, at `now_s`."""
        from cloud.forecasting import generation as forecasting

        self._knowledge = self._knowledge or forecasting.Knowledge()
        with database.read() as connection:
            standing = _standing(connection, subject)
            if standing is None:
                return "it stands there no longer"
            site = site_facts.site_of(connection, standing.path)
            if site is None or site.latitude is None:
                return "nobody says where its site is (latitude, longitude)"
            made = forecasting.forecast(
                connection, standing, site, now_s, self._knowledge
            )
        if made is None:
            return "no weather is known"
        with database.write() as connection:
            generation.put(connection, standing.id, made)
        return None


def subject_of(standing: StoredGenerator) -> str:
    """Return what the generator's jobs are called."""
    return f"{standing.path}:{standing.generator.slug}"


def _standing(connection: Connection, subject: str) -> StoredGenerator | None:
    known = generators.generators(connection)
    return next((each for each in known if subject_of(each) == subject), None)


def _known(connection: Connection, standing: StoredGenerator, now_s: int) -> Known:
    newest_s = generation.newest_made_s(connection, standing.node_id) or 0
    place = place_id(connection, standing.path)
    weather_s = 0
    if place is not None:
        rows = {row.id: row for row in kept.places(connection)}
        weather_s = rows[place].answered_s or 0
        weather_s += rows[place].past_s or 0
    hour = (now_s - _SETTLED_S) // _HOUR_S
    return hour, newest_s // _HOUR_S, weather_s
