from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cloud.domain.period import LONGEST_BREAK, Period, PeriodKind, closed_days

DAY = timedelta(days=1)
FIRST = date(2026, 8, 3)
DAYS = st.dates(date(2024, 1, 1), date(2028, 1, 1))


def closed(first, last):
    return Period(first, last, PeriodKind.CLOSED)


def term(first, last):
    return Period(first, last, PeriodKind.TERM)


def test_a_closed_period_includes_its_last_day():
    assert closed_days([closed(FIRST, FIRST + 2 * DAY)]) == {
        FIRST,
        FIRST + DAY,
        FIRST + 2 * DAY,
    }


def test_the_days_between_two_terms_are_closed_and_those_outside_are_not():
    autumn = term(FIRST, FIRST + 100 * DAY)
    spring = term(FIRST + 103 * DAY, FIRST + 200 * DAY)
    assert closed_days([spring, autumn]) == {FIRST + 101 * DAY, FIRST + 102 * DAY}


def test_terms_that_touch_or_overlap_leave_no_break():
    long = term(FIRST, FIRST + 100 * DAY)
    assert not closed_days([long, term(FIRST + 101 * DAY, FIRST + 150 * DAY)])
    within = term(FIRST + 10 * DAY, FIRST + 20 * DAY)
    later = term(FIRST + 101 * DAY, FIRST + 150 * DAY)
    assert not closed_days([long, within, later])


def test_a_gap_too_long_for_a_break_is_not_said_to_be_one():
    next_year = FIRST + 10 * DAY + LONGEST_BREAK + 2 * DAY
    terms = [term(FIRST, FIRST + 10 * DAY), term(next_year, next_year)]
    assert not closed_days(terms)


@given(st.lists(st.tuples(DAYS, st.integers(0, 90), st.sampled_from(PeriodKind))))
def test_no_day_of_a_term_is_closed_unless_a_closed_period_says_so(drawn):
    periods = [Period(day, day + n * DAY, kind) for day, n, kind in drawn]
    found = closed_days(periods)
    said = {
        each.first + n * DAY
        for each in periods
        if each.kind is PeriodKind.CLOSED
        for n in range((each.last - each.first).days + 1)
    }
    assert said <= found
    for each in periods:
        if each.kind is PeriodKind.TERM:
            days = {
                each.first + n * DAY for n in range((each.last - each.first).days + 1)
            }
            assert not (found - said) & days
