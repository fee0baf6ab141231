from cloud.anomalies.following import changes
from cloud.store.anomalies import AnomalyRow, Told

SINCE = 1000


def told(start_s, end_s, found_s=None, kind="stuck"):
    known_s = 2000 if end_s is None else end_s
    found_s = known_s if found_s is None else found_s
    return Told(kind, start_s, end_s, known_s, found_s, 1.0, 1.0, "EUR", 0.8, "", "{}")


def row(told, state="open", number=1):
    return AnomalyRow(number, 1, "campus/hall", "Hall", state, told)


def test_what_is_new_is_added():
    new = told(1500, 1600)
    assert changes([], [new], SINCE).added == (new,)


def test_all_is_added_at_the_first_look_but_nothing_old_later():
    old = told(100, 200)
    assert changes([], [old], SINCE).added == (old,)
    held = [row(told(1500, 1600))]
    assert changes(held, [old, told(1500, 1600)], SINCE).added == ()


def test_a_row_that_is_met_again_keeps_its_start_and_when_it_was_found():
    held = [row(told(1500, None, 1550))]
    due = changes(held, [told(1510, 1900, 1600)], SINCE)
    assert due.added == due.withdrawn == ()
    fresh = due.changed[1]
    assert (fresh.start_s, fresh.end_s, fresh.found_s) == (1500, 1900, 1550)


def test_another_kind_at_the_same_time_is_another_anomaly():
    held = [row(told(1500, 1600))]
    spike = told(1500, 1600, kind="spike")
    assert changes(held, [told(1500, 1600), spike], SINCE).added == (spike,)


def test_what_is_told_no_more_is_withdrawn_if_it_is_fresh_and_nobody_spoke():
    held = [
        row(told(1500, 1600), number=1),
        row(told(1700, 1800), "confirmed", number=2),
        row(told(100, 200), number=3),
    ]
    due = changes(held, [], SINCE)
    assert due.withdrawn == (1,)
    assert due.changed == {}


def test_an_old_one_that_goes_on_no_more_ends_where_it_was_last_seen():
    held = [row(told(100, None, 500))]
    assert changes(held, [], SINCE).changed[1].end_s == 2000
