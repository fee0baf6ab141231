"""What is known of a node's load, and of the days and timetables around it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from cloud.analytics.origins import Means, means
from cloud.domain.load_history import Floats, Instants, LoadHistory
from cloud.facts.calendar import calendar
from cloud.facts.forecast.kept import Kept
from cloud.facts.weather import known_temperatures
from cloud.store import campus, site
from cloud.store.database import Connection, Database
from cloud.store.load_history import load_history
from cloud.store.site import NodeRow
from contract.calendar import Calendar
from contract.origins import LEAD_HOURS, PAST_HOURS, Origins
from contract.schedule import rate_in, usual_week
from contract.timetable import Slot

HOUR_S: Final = 3_600
PAST: Final = timedelta(hours=PAST_HOURS + 24)
"""As far back as a forecast's inputs reach."""

_BEFORE: Final = timedelta(days=1_100)
_AHEAD: Final = timedelta(days=3)
_calendars: Final = Kept[Calendar](64)
_weeks: Final = Kept[Floats](512)


@dataclass(frozen=True, slots=True)
class Known:
    """A node with its load up to now, nothing simulated.

    Attributes:
        history: On the 15-minute grid.
        means: The hours of it.
        week: Share of the rooms in use, as `contract.schedule.usual_week` has it.
    """

    node: NodeRow
    calendar: Calendar
    history: LoadHistory
    means: Means
    week: Floats

    @property
    def is_load(self) -> bool:
        """Whether it never feeds in, so that no forecast may be below zero."""
        energy_kwh = self.history.energy_kwh
        return not bool((energy_kwh[np.isfinite(energy_kwh)] < 0).any())

    def scheduled(self, start_s: Instants) -> Floats:
        """Return the share of the rooms in use in the hours from `start_s` on."""
        return rate_in(self.week, self.calendar, start_s)


def known(
    database: Database,
    connection: Connection,
    node: NodeRow,
    now: datetime,
    past: timedelta = PAST,
) -> Known:
    """Return what is known of `node` at `now`."""
    from_s, to_s = int((now - past).timestamp()), int(now.timestamp())
    history = load_history(connection, node.path, from_s, to_s)
    return Known(
        node,
        calendar_of(database, connection, node, now),
        history,
        means(history),
        _week(database, connection, node),
    )


def origins(connection: Connection, of: Known, at_s: Instants) -> Origins:
    """Return what was known at instants; of the weather, as it was forecast then."""
    temperature_c, forecast_c = known_temperatures(connection, of.node.path, at_s)
    start_s = at_s[:, None] + HOUR_S * np.arange(LEAD_HOURS)
    return Origins(
        at_s,
        of.means.past_kw(at_s),
        temperature_c,
        forecast_c,
        of.means.occupied(at_s),
        of.scheduled(start_s),
    )


def local_hour_s(at_s: int, known_days: Calendar) -> int:
    """Return the beginning of the hour on the wall that holds `at_s`."""
    offset_s = int(known_days.offset_s(np.array([at_s]))[0])
    return at_s - (at_s + offset_s) % HOUR_S


def calendar_of(
    database: Database, connection: Connection, node: NodeRow, now: datetime
) -> Calendar:
    """Return the days around `now` at the node's site, a year and more of them."""
    today = now.date()
    question = site.version(connection), node.path.partition("/")[0], today
    return _calendars.get(
        database,
        question,
        lambda: calendar(connection, node.path, today - _BEFORE, today + _AHEAD),
    )


def _week(database: Database, connection: Connection, node: NodeRow) -> Floats:
    def made() -> Floats:
        slots = [
            *campus.timetables(connection, node.path).values(),
            site.slots(connection, node.id),
        ]
        return usual_week([[Slot.from_json(list(s)) for s in each] for each in slots])

    return _weeks.get(database, (site.version(connection), node.path), made)
