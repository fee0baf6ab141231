"""The efficiency score at its ends and between."""

from cloud.analytics.efficiency import efficiency_score


def test_a_load_that_serves_nobody_scores_nothing():
    assert efficiency_score(load_kw=2.0, idle_kw=2.0) == 0


def test_a_load_that_all_serves_somebody_scores_a_hundred():
    assert efficiency_score(load_kw=2.0, idle_kw=0.0) == 100


def test_a_quarter_for_nobody_scores_seventy_five():
    assert efficiency_score(load_kw=8.0, idle_kw=2.0) == 75


def test_the_score_keeps_its_bounds_when_meters_disagree():
    assert efficiency_score(load_kw=1.0, idle_kw=1.2) == 0
    assert efficiency_score(load_kw=1.0, idle_kw=-0.1) == 100


def test_without_load_there_is_no_score():
    assert efficiency_score(0.0, 0.0) is None
