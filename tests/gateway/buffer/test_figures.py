"""How long the buffer holds, as a technician is told: in hours."""

from contextlib import contextmanager

import pytest

from gateway.buffer import Origin, hours_left
from gateway.buffer.columns import Waiting
from gateway.buffer.database import open_database
from gateway.buffer.ledger import Instant, Ledger
from tests.numbered import INVENTORY, numbered

MINUTE_MS = 60_000
FREE_BYTES = 24 * 7_200


@contextmanager
def ledger_in(folder):
    ledger = Ledger(open_database(folder), Origin("physics", "ab" * 16, INVENTORY))
    yield ledger
    ledger.close()


def commit(ledger, readings, at_ms):
    waiting = Waiting(INVENTORY.index)
    waiting.add(numbered(0, readings), {})
    ledger.commit(waiting.portion(everything=True), (), Instant(at_ms, at_ms))


def test_hours_left_follow_from_rate_and_room(tmp_path):
    with ledger_in(tmp_path) as ledger:
        commit(ledger, 300, 0)
        commit(ledger, 300, 10 * MINUTE_MS)
        totals = ledger.totals()
    assert totals.per_hour == 3_600
    assert hours_left(totals, FREE_BYTES) == pytest.approx(2)


def test_minutes_do_not_tell_a_rate(tmp_path):
    with ledger_in(tmp_path) as ledger:
        commit(ledger, 300, 0)
        commit(ledger, 300, 4 * MINUTE_MS)
        assert hours_left(ledger.totals(), FREE_BYTES) is None


def test_a_restart_does_not_forget_the_rate(tmp_path):
    with ledger_in(tmp_path) as ledger:
        commit(ledger, 300, 0)
        commit(ledger, 300, 10 * MINUTE_MS)
    with ledger_in(tmp_path) as ledger:
        commit(ledger, 5, 11 * MINUTE_MS)
        assert ledger.totals().per_hour == 3_600
