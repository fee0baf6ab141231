"""A load as a school has it, on the clock of Berlin."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from cloud.analytics.patterns.days import local_days
from contract.calendar import DAY_S, Calendar

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = 20_514  # 2 March 2026, days since 1970


@pytest.fixture
def school():
    """Make local days: `kw(hour, weekday)` from Monday on, lessons 9 to 15 h."""

    def made(kw, *, count=56, lessons=(9, 15), first=MONDAY, **calendar):
        known = Calendar(BERLIN, **calendar)
        start_s = np.arange((first - 1) * DAY_S, (first + count + 1) * DAY_S, 900)
        local_s = start_s + known.offset_s(start_s)
        inside = (local_s >= first * DAY_S) & (local_s < (first + count) * DAY_S)
        start_s, local_s = start_s[inside], local_s[inside]
        hour, weekday = local_s % DAY_S // 3_600, (local_s // DAY_S + 3) % 7
        load_kw = np.array(
            [kw(int(h), int(d)) for h, d in zip(hour, weekday, strict=True)]
        )
        scheduled = np.full(len(start_s), np.nan)
        if lessons:
            taught = (hour >= lessons[0]) & (hour < lessons[1]) & (weekday < 5)
            scheduled = taught.astype(float)
        return local_days(start_s, load_kw, scheduled, known)

    return made
