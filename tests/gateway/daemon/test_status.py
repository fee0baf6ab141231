from datetime import UTC, datetime

from contract.interval import to_ms
from contract.receipt import Receipt
from gateway.daemon.status import about_sync
from gateway.sync import Plan, Sync

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
PLAN = Plan(1, 100, with_newest=False, with_inventories=False)


def last_contact(sync):
    return about_sync(sync, 5, 12.0, NOW)["last_contact_ms"]


def test_the_last_contact_of_earlier_runs_counts_until_there_is_one():
    sync = Sync(0.0)
    assert last_contact(sync) == 5
    sync.received(10.0, PLAN, [], Receipt(1, server_time_ms=0, batch_format=1))
    assert last_contact(sync) == to_ms(NOW) - 2_000
