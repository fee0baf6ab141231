import pytest

from gateway.buffer.columns import Waiting
from tests.numbered import ENERGY, INVENTORY, POWER, numbered

COUNTERS = frozenset({INVENTORY.index[ENERGY]})


@pytest.fixture
def waiting():
    return Waiting(INVENTORY.index)


def values(portion):
    return [value for rows in portion.batches for value in rows.values]


def test_only_full_batches_go_when_not_everything_has_to(waiting):
    waiting.add(numbered(0, 2500), {})
    portion = waiting.portion(everything=False)
    assert [len(rows) for rows in portion.batches] == [1000, 1000]
    waiting.forget(portion)
    assert values(waiting.portion(everything=True)) == list(range(2000, 2500))


def test_state_goes_with_the_last_of_its_readings(waiting):
    waiting.add(numbered(0, 900), {"a": b"1"})
    waiting.add(numbered(900, 1300), {"a": b"2", "b": None})
    portion = waiting.portion(everything=False)
    assert (portion.rows, portion.state) == (900, {"a": b"1"})
    waiting.forget(portion)
    portion = waiting.portion(everything=True)
    assert (portion.rows, portion.state) == (400, {"a": b"2", "b": None})


def test_readings_with_state_are_never_split_however_many(waiting):
    waiting.add(numbered(0, 1500), {"a": b"1"})
    portion = waiting.portion(everything=False)
    assert [len(rows) for rows in portion.batches] == [1000, 500]
    assert portion.state == {"a": b"1"}


def test_state_alone_needs_no_reading(waiting):
    waiting.add([], {"a": b"1"})
    assert waiting
    portion = waiting.portion(everything=True)
    assert (portion.batches, portion.state) == ((), {"a": b"1"})
    waiting.forget(portion)
    assert not waiting


def test_an_unknown_point_leaves_everything_as_it_was(waiting):
    with pytest.raises(KeyError):
        waiting.add([*numbered(0, 2), *numbered(0, 1, point="nowhere")], {"a": b"1"})
    assert not waiting


def test_what_must_be_dropped_goes_by_age_and_counters_go_last(waiting):
    waiting.add(numbered(0, 3), {"a": b"1"})
    waiting.add(numbered(0, 3, point=POWER), {})
    assert waiting.drop_oldest(4, COUNTERS) == 4
    portion = waiting.portion(everything=True)
    assert values(portion) == [1, 2]
    assert portion.state == {"a": b"1"}
