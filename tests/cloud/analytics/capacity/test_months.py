"""Monthly peaks, those to come, and the limit."""

from datetime import date, timedelta

import numpy as np
import pytest

from cloud.analytics.capacity.months import (
    DayPeak,
    MonthPeak,
    following,
    monthly,
    planned,
)

FIRST = date(2023, 1, 1)


def months(peaks_kw, first=FIRST):
    return [
        MonthPeak(following(first, place), float(peak_kw), is_whole=True)
        for place, peak_kw in enumerate(peaks_kw)
    ]


def growing(count, per_year=0.0, noise=0.03, season=0.1, seed=0):
    at = np.arange(count)
    wave = season * np.cos(2 * np.pi * (at - 7) / 12)
    logs = np.log1p(per_year) * at / 12 + wave
    return 200 * np.exp(logs + np.random.default_rng(seed).normal(0, noise, count))


def plan(peaks_kw, limit_kw=None):
    return planned(months(peaks_kw), limit_kw, np.random.default_rng(1))


def test_the_peak_of_a_month_is_that_of_its_highest_day():
    days = [
        DayPeak(FIRST + timedelta(days=place), 100.0 + place % 7) for place in range(75)
    ]
    found = monthly(days, FIRST + timedelta(days=75))
    assert [(each.month, each.peak_kw) for each in found] == [
        (date(2023, 1, 1), 106.0),
        (date(2023, 2, 1), 106.0),
        (date(2023, 3, 1), 106.0),
    ]
    assert [each.is_whole for each in found] == [True, True, False]


def test_a_month_with_many_unknown_days_is_not_whole():
    days = [DayPeak(FIRST + timedelta(days=place), 1.0) for place in range(0, 31, 2)]
    [month] = monthly(days, date(2024, 1, 1))
    assert not month.is_whole


def test_two_months_are_too_few_and_it_says_so():
    found = plan([200, 210], limit_kw=300)
    assert found.ahead == ()
    assert found.why_none == "3 whole months are needed; there are 2"
    assert found.headroom_kw == 90


def test_few_months_are_told_with_wider_intervals_than_many():
    few, many = plan(growing(3)), plan(growing(36))

    def width(found):
        return np.mean([(m.high_kw - m.low_kw) / m.likely_kw for m in found.ahead[:12]])

    assert width(few) > 1.5 * width(many)


def test_growth_and_season_are_learnt_from_years():
    found = plan(growing(48, per_year=0.05))
    low, likely, high = found.growth
    assert low < 0.05 < high
    assert likely == pytest.approx(0.05, abs=0.02)
    by_month = {each.month.month: each.likely_kw for each in found.ahead[:12]}
    assert by_month[8] > 1.1 * by_month[2]


def test_the_limit_is_exceeded_later_with_more_certainty():
    found = plan(growing(36, per_year=0.06), limit_kw=290.0)
    likely = [found.exceeded[percent] for percent in (10, 50, 90)]
    assert likely == sorted(likely)
    assert likely[0] < likely[2]
    assert date(2026, 1, 1) <= likely[1] <= date(2027, 12, 1)
    assert all(0 <= month.exceeds <= 1 for month in found.ahead)


def test_a_far_limit_is_not_exceeded_within_ten_years():
    assert plan(growing(36), limit_kw=1e5).exceeded == dict.fromkeys((10, 50, 90))


def test_headroom_is_told_from_the_last_twelve_months():
    peaks_kw = [500.0] + [200.0] * 12
    assert plan(peaks_kw, limit_kw=260.0).headroom_kw == 60.0


def test_without_a_limit_there_is_growth_and_no_headroom():
    found = plan(growing(12))
    assert found.headroom_kw is None
    assert {month.exceeds for month in found.ahead} == {None}


def test_one_odd_month_does_not_lift_all_that_follow():
    peaks_kw = growing(30)
    peaks_kw[20] *= 3
    with_odd, without = plan(peaks_kw), plan(growing(30))
    for odd, sound in zip(with_odd.ahead[:6], without.ahead[:6], strict=True):
        assert odd.likely_kw == pytest.approx(sound.likely_kw, rel=0.12)


@pytest.mark.parametrize("known", [3, 8, 18])
def test_four_peaks_of_five_lie_within_the_interval(known):
    inside = total = 0
    for seed in range(25):
        peaks_kw = growing(known + 4, per_year=0.02, seed=seed)
        ahead = plan(peaks_kw[:known]).ahead
        for month, peak_kw in zip(ahead[:4], peaks_kw[known:], strict=True):
            inside += month.low_kw <= peak_kw <= month.high_kw
            total += 1
    assert inside / total >= 0.7


def test_the_same_months_give_the_same_plan():
    assert plan(growing(9), 300.0) == plan(growing(9), 300.0)
