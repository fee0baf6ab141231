import pytest

from cloud.analytics.anomaly import Episode, Kind
from cloud.analytics.anomaly.injection import Injected
from cloud.analytics.anomaly.scoring import score

H = 3600


def told(kind, start_h, end_h, found_h=None):
    found_s = (end_h if found_h is None else found_h) * H
    return Episode(kind, start_h * H, end_h * H, False, found_s, 1.0, 0.8)


PUT = [Injected(Kind.SPIKE, 100 * H, 102 * H, 4.0)]


def test_an_episode_of_the_kind_at_the_place_finds_it_after_some_hours():
    judged = score(PUT, [told(Kind.SPIKE, 100, 102, 103)], [])
    assert [hit.delay_h for hit in judged.hits] == [3]
    assert judged.false == judged.repeated == ()


@pytest.mark.parametrize(
    "episode",
    [
        told(Kind.SPIKE, 90, 92),  # elsewhere
        told(Kind.NIGHT_LOAD, 100, 102),  # another kind
        told(Kind.SPIKE, 100, 102, 140),  # a day too late
    ],
)
def test_anything_else_is_false(episode):
    judged = score(PUT, [episode], [])
    assert judged.hits[0].found_s is None
    assert judged.false == (episode,)


def test_what_was_told_of_the_untouched_load_was_not_found_by_injection():
    episode = told(Kind.SPIKE, 100, 102)
    judged = score(PUT, [episode], [told(Kind.SPIKE, 101, 103)])
    assert judged.hits[0].found_s is None
    assert judged.false == (episode,)


def test_a_second_episode_of_the_same_is_a_repetition():
    episodes = [told(Kind.SPIKE, 100, 101), told(Kind.SPIKE, 101, 102)]
    judged = score(PUT, episodes, [])
    assert len(judged.repeated) == 1
    assert judged.false == ()


def test_a_drift_may_be_found_while_it_is_held():
    put = [Injected(Kind.DRIFT, 0, 28 * 24 * H, 5.0)]
    late = told(Kind.DRIFT, 240, 54 * 24)
    assert score(put, [late], []).hits[0].delay_h == 54 * 24
    too_late = told(Kind.DRIFT, 240, 57 * 24)
    assert score(put, [too_late], []).false == (too_late,)
