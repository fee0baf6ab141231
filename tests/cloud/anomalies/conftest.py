"""A hall in Berlin whose hours are rolled up, and the job that watches it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from sqlalchemy import delete, insert

from cloud.analytics.savings import Prices
from cloud.anomalies.watching import watch_at
from cloud.store import anomalies, campus
from cloud.store.campus import NodeValues
from cloud.store.schema import rollup

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 20, 12, 30, tzinfo=BERLIN)  # a Friday
PRICES = Prices(0.3, "EUR", 0.4)


def usual_kw(at):
    """20 kW, and 60 kW from 8 to 18 o'clock on working days; never twice the same."""
    is_work = at.weekday() < 5 and 8 <= at.hour < 18
    return (60.0 if is_work else 20.0) + 0.3 * float(np.sin(at.timestamp() / 5000))


@pytest.fixture
def hall(database):
    with database.write() as connection:
        values = NodeValues("site", "Campus", timezone="Europe/Berlin")
        site = campus.add_node(connection, "campus", None, values)
        hall = NodeValues("building", "Hall")
        return campus.add_node(connection, "campus/hall", site, hall)


@pytest.fixture
def measured(database, hall):
    """Store what the hall used in whole hours, in the place of what is stored."""

    def store(kw=usual_kw, *, start=NOW - timedelta(days=60), until=NOW, coverage=1.0):
        first = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        rows = []
        while first + timedelta(hours=1) <= until:
            load = kw(first.astimezone(BERLIN))
            start_s = int(first.timestamp())
            first += timedelta(hours=1)
            if load is not None:
                rows.append(
                    {
                        "node_id": hall,
                        "resolution_min": 60,
                        "simulated": False,
                        "start_s": start_s,
                        "energy_kwh": load,
                        "estimated_kwh": 0.0,
                        "coverage": coverage,
                    }
                )
        its = (
            rollup.c.node_id == hall,
            rollup.c.start_s.in_([r["start_s"] for r in rows]),
        )
        with database.write() as connection:
            connection.execute(delete(rollup).where(*its))
            connection.execute(insert(rollup), rows)

    return store


@pytest.fixture
def look(database, hall):
    """Do the job, and return the hall's anomalies."""

    def at(now=NOW):
        watch_at(database, "campus", PRICES, now)
        with database.read() as connection:
            return anomalies.of_node(connection, hall)

    return at


def left_on(*mornings, more_kw=20.0):
    """A load with more from 22 to 6 o'clock in the nights to these days."""

    def kw(at):
        is_on = (at + timedelta(hours=2)).date() in mornings and not 6 <= at.hour < 22
        return usual_kw(at) + (more_kw if is_on else 0.0)

    return kw
