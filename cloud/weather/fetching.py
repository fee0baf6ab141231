"""When which place is asked for, and what becomes of the answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import random
from typing import Final

from cloud.domain.weather import HOUR_S, named, place
from cloud.store import load_history, queue, site_facts
from cloud.store import weather as kept
from cloud.store.database import Connection, Database
from cloud.store.queue import PutOffError
from cloud.store.weather import PlaceRow
from cloud.weather.provider import Provider, WeatherError

KIND: Final = "weather"
LONGEST_PAUSE_S: Final = 6 * HOUR_S
"""However often a source fails, it is asked again after this. [s]"""
FIRST_PAST_S: Final = 92 * 24 * HOUR_S
"""How far back is asked for at first. [s]"""
MOST_PAST_S: Final = 366 * 24 * HOUR_S
"""How much of the past one question asks for. [s]"""

_DAY_S: Final = 24 * HOUR_S
_JITTER: Final = 0.2


@dataclass(frozen=True, slots=True)
class Fetching:
    """Asks one source for the weather of every place.

    Attributes:
        every_s: How long a place is left alone after a question. [s]
        drawn: Numbers from 0 to 1 that keep many clouds from asking in step.
    """

    provider: Provider
    every_s: int
    drawn: Callable[[], float] = field(default=random)

    def queue_due(self, connection: Connection, now_s: int) -> int:
        """Queue a job for each place that may be asked; return how many."""
        known = {
            row.name: row.next_s
            for row in kept.places(connection)
            if row.source == self.provider.source
        }
        due = [n for n in _names(connection) if known.get(n, 0) <= now_s]
        return sum(queue.put(connection, KIND, name, now_s) for name in due)

    def fetch(self, database: Database, name: str, now_s: int) -> str | None:
        """Ask for the place called `name` and keep the answer; return why not.

        Raises:
            PutOffError: The source gave nothing; it says when to try again.
        """
        with database.write() as connection:
            row = kept.place_of(connection, self.provider.source, name)
            span_s = self._past_wanted(connection, row, now_s)
        if row.next_s > now_s:
            return f"it was asked lately; again in {row.next_s - now_s} s"
        try:
            if span_s is None:
                self._ask(database, row, now_s)
            else:
                self._ask_past(database, row, span_s, now_s)
        except WeatherError as error:
            until_s = now_s + self._pause_s(row.failures, error.wait_s)
            with database.write() as connection:
                kept.note_failure(connection, row.id, until_s, str(error))
            raise PutOffError(str(error), until_s) from error
        return None

    def _ask(self, database: Database, row: PlaceRow, now_s: int) -> None:
        away_s = now_s - (row.answered_s or now_s)
        answer = self.provider.ask(named(row.name), now_s, 2 + away_s // _DAY_S)
        with database.write() as connection:
            kept.keep_hours(connection, row.id, answer.over)
            kept.keep_forecast(connection, row.id, now_s, answer.ahead)
            kept.forget(connection, row.id, now_s)
            kept.note_answer(connection, row.id, now_s, now_s + self._pause_s(0, 0))

    def _ask_past(
        self, database: Database, row: PlaceRow, span_s: tuple[int, int], now_s: int
    ) -> None:
        past = self.provider.ask_past(named(row.name), *span_s)
        with database.write() as connection:
            kept.keep_hours(connection, row.id, past.over)
            kept.keep_earlier_forecasts(connection, row.id, _DAY_S, past.day_before)
            next_s = now_s + self._pause_s(0, 0)
            kept.note_past(connection, row.id, span_s[0], next_s)

    def _past_wanted(
        self, connection: Connection, row: PlaceRow, now_s: int
    ) -> tuple[int, int] | None:
        """Return which hours of the past to ask for now, if any.

        A forecast that is fresh comes first, so that neither waits for the other.
        """
        if row.answered_s is None or now_s - row.answered_s > 2 * self.every_s:
            return None
        whole_s = now_s // HOUR_S * HOUR_S
        if row.past_s is None:
            return whole_s - FIRST_PAST_S, whole_s
        sites = [site.id for site in _sites_at(connection, row.name)]
        days_s = load_history.measured_days_s(connection, sites, row.past_s - _DAY_S)
        if days_s is None:
            return None
        to_s = min(days_s[1] // HOUR_S * HOUR_S + 2 * _DAY_S, row.past_s)
        return max(days_s[0] // HOUR_S * HOUR_S, to_s - MOST_PAST_S), to_s

    def _pause_s(self, failures: int, wait_s: int) -> int:
        longest_s = max(LONGEST_PAUSE_S, self.every_s)
        pause_s = min(self.every_s * 2.0 ** min(failures, 20), longest_s)
        return max(round(pause_s * (1 + _JITTER * self.drawn())), wait_s)


def _names(connection: Connection) -> list[str]:
    """Return the places at which sites stand, each once."""
    return sorted(
        {
            place(site.latitude, site.longitude).name
            for site in site_facts.sites(connection)
            if site.latitude is not None and site.longitude is not None
        }
    )


def _sites_at(connection: Connection, name: str) -> list[site_facts.SiteFacts]:
    return [
        site
        for site in site_facts.sites(connection)
        if site.latitude is not None
        and site.longitude is not None
        and place(site.latitude, site.longitude).name == name
    ]
