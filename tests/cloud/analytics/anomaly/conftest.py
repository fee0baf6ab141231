"""A building of which every hour is known: 20 kW at night, 60 kW at work."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from cloud.analytics.anomaly import Course, Watch, anomalies
from contract.calendar import Calendar

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT_KW, WORK_KW, WEEKEND_KW = 20.0, 60.0, 24.0


@dataclass(frozen=True)
class Building:
    """A load that tests change; times are local."""

    course: Course
    watch: Watch

    def place(self, at: str) -> int:
        second = datetime.fromisoformat(at).replace(tzinfo=BERLIN).timestamp()
        return int((second - self.course.start_s[0]) // self.course.step_s)

    def with_load(self, change: Callable[[np.ndarray], None]) -> "Building":
        load_kw = self.course.load_kw.copy()
        change(load_kw)
        return replace(self, course=replace(self.course, load_kw=load_kw))

    def plus(self, start: str, end: str, kw: float) -> "Building":
        def change(load_kw):
            load_kw[self.place(start) : self.place(end)] += kw

        return self.with_load(change)

    def until(self, second: int) -> "Building":
        """The same as it was known at an instant."""
        count = int((second - self.course.start_s[0]) // self.course.step_s)
        cut = Course(
            self.course.start_s[:count],
            self.course.load_kw[:count],
            self.course.temperature_c[:count],
        )
        return replace(self, course=cut)

    def told(self, kind: str | None = None):
        found = anomalies(self.course, self.watch)
        return [each for each in found if kind in (None, each.kind)]


def made(first: str, weeks: int, step_s: int = 3600) -> Building:
    start = int(datetime.fromisoformat(first).replace(tzinfo=BERLIN).timestamp())
    start_s = np.arange(start, start + weeks * 7 * 86_400, step_s, dtype=np.int64)
    calendar = Calendar(BERLIN)
    local_s = start_s + calendar.offset_s(start_s)
    hour = local_s % 86_400 / 3600
    is_weekend = (local_s // 86_400 + 3) % 7 >= 5
    at_work = (hour >= 8) & (hour < 18) & ~is_weekend
    ripple = 1.0 * np.sin(start_s / 5000.0)  # no two hours are equal
    base = np.where(is_weekend, WEEKEND_KW, NIGHT_KW)
    load_kw = np.where(at_work, WORK_KW, base) + ripple
    course = Course(start_s, load_kw, np.full(len(start_s), 14.0))
    return Building(course, Watch(calendar))


@pytest.fixture(scope="session")
def office() -> Building:
    """From Monday 6 January 2025 for twenty weeks; the clock changes on 30 March."""
    return made("2025-01-06", 20)


@pytest.fixture(scope="session")
def quarters() -> Building:
    """The same in quarter hours for eight weeks."""
    return made("2025-03-03", 8, 900)
