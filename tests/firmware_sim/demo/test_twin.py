from datetime import UTC, datetime, timedelta

import pytest

from firmware_sim.demo.twin import last_end

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)


def after(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("calm_s", "now_s", "end_s"),
    [
        (0, 60, 60),  # the whole minute was calm
        (1, 60, 120),  # its start was not: wait for the next
        (1, 119, 120),
        (1, 130, 120),  # over already
        (1, 200, 180),  # the last of several
    ],
)
def test_the_step_compared_is_the_last_whole_calm_one(calm_s, now_s, end_s):
    assert last_end(after(calm_s), after(now_s)) == after(end_s)
