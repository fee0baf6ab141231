import pytest

from contract.receipt import BatchReceipt, Outcome, Receipt
from gateway.sync import UNDECIDED, Failure, Sync, Trouble, Verdict, trouble_of

ONE, TWO, THREE = ("e", 1), ("e", 2), ("e", 3)
DOWN = Failure(Trouble.UNREACHABLE, "no route")
BROKEN = Failure(Trouble.SERVER, "HTTP 500")


def receipt(*outcomes, **fields):
    batches = tuple(
        BatchReceipt(epoch, seq, outcome, reason="because")
        for (epoch, seq), outcome in outcomes
    )
    return Receipt(1, 0, 1, batches, **fields)


@pytest.fixture
def sync():
    return Sync(now=100.0)


def send(sync, now, keys, answer):
    plan = sync.plan(now, len(keys))
    assert plan is not None
    return sync.received(now, plan, keys[: plan.max_batches], answer)


def fail(sync, keys, failure, jitter=1.0):
    now = sync.due(len(keys))
    plan = sync.plan(now, len(keys))
    return sync.failed(now, keys[: plan.max_batches], failure, jitter)


def test_the_first_upload_is_due_at_once_even_with_nothing_to_send(sync):
    plan = sync.plan(100.0, 0)
    assert (plan.number, plan.with_newest) == (1, True)


def test_with_nothing_to_send_it_only_reports_now_and_then(sync):
    send(sync, 100.0, [], receipt())
    assert sync.plan(110.0, 0) is None
    assert sync.plan(120.0, 0).number == 2


def test_a_new_batch_is_sent_soon_after_the_last_upload(sync):
    send(sync, 100.0, [], receipt())
    assert sync.due(1) == 102.0


def test_what_the_cloud_has_is_acknowledged_with_its_rejected_rows(sync):
    answer = Receipt(
        1,
        0,
        1,
        (
            BatchReceipt("e", 1, Outcome.ACCEPTED, rejected=((4, "no such point"),)),
            BatchReceipt("e", 2, Outcome.KNOWN),
        ),
    )
    verdict = send(sync, 100.0, [ONE, TWO], answer)
    assert verdict == Verdict(acknowledged={ONE: 1, TWO: 0})


def test_a_backlog_is_sent_without_pause(sync):
    keys = [("e", seq) for seq in range(100)]
    send(sync, 100.0, keys, receipt(*((key, Outcome.ACCEPTED) for key in keys)))
    assert sync.due(1) == 100.0
    assert not sync.plan(101.0, 1).with_newest
    assert sync.plan(104.0, 1).with_newest


def test_quarantined_batches_are_parked_with_the_reason(sync):
    verdict = send(sync, 100.0, [ONE], receipt((ONE, Outcome.QUARANTINED)))
    assert verdict.parked == {ONE: "the cloud set it aside: because"}


def test_inventories_go_with_the_next_upload_when_wanted(sync):
    verdict = send(sync, 100.0, [ONE], receipt((ONE, Outcome.INVENTORY_WANTED)))
    assert verdict == Verdict()
    plan = sync.plan(100.0, 1)
    assert plan.with_inventories
    sync.received(100.0, plan, [ONE], receipt((ONE, Outcome.ACCEPTED)))
    assert not sync.plan(102.0, 1).with_inventories


def test_a_batch_that_fails_beside_good_ones_is_parked_after_five_tries(sync):
    for _ in range(4):
        verdict = send(
            sync,
            sync.due(2),
            [ONE, TWO],
            receipt((ONE, Outcome.FAILED), (TWO, Outcome.ACCEPTED)),
        )
        assert not verdict.parked
    verdict = send(
        sync,
        sync.due(2),
        [ONE, THREE],
        receipt((ONE, Outcome.FAILED), (THREE, Outcome.ACCEPTED)),
    )
    assert verdict == Verdict(acknowledged={THREE: 0}, parked={ONE: UNDECIDED})


def test_a_batch_the_receipt_does_not_name_counts_as_failed(sync):
    for _ in range(5):
        verdict = send(sync, sync.due(1), [ONE], receipt())
    assert verdict.parked == {ONE: UNDECIDED}


def test_a_failing_cloud_parks_one_batch_only_after_it_was_sent_alone(sync):
    keys = [("e", seq) for seq in range(1, 9)]
    sizes = []
    parked = {}
    while not parked:
        plan = sync.plan(sync.due(1), len(keys))
        sizes.append(min(plan.max_batches, len(keys)))
        parked = sync.failed(sync.due(1), keys[: plan.max_batches], BROKEN, 0.5).parked
    assert sizes == [8, 4, 2, 1, 1, 1, 1, 1]
    assert parked == {ONE: UNDECIDED}


def test_uploads_grow_again_after_a_success(sync):
    keys = [("e", seq) for seq in range(1, 9)]
    fail(sync, keys, BROKEN)
    assert sync.plan(sync.due(1), 8).max_batches == 4
    good = receipt(*((key, Outcome.ACCEPTED) for key in keys[:4]))
    send(sync, sync.due(1), keys, good)
    assert sync.plan(sync.due(1), 4).max_batches == 8


def test_while_unreachable_it_tries_again_within_three_seconds_for_ever(sync):
    last = 100.0
    for _ in range(50):
        verdict = fail(sync, [ONE], DOWN)
        assert verdict == Verdict()
        assert 0 < sync.due(1) - last <= 3.0
        last = sync.due(1)
    assert sync.trouble is Trouble.UNREACHABLE


def test_retries_of_many_gateways_are_spread(sync):
    due = []
    for jitter in (0.0, 1.0):
        other = Sync(now=100.0)
        fail(other, [ONE], DOWN, jitter)
        due.append(other.due(1))
    assert due == [100.25, 100.5]


def test_it_waits_as_long_as_the_cloud_asks_but_not_for_ever(sync):
    fail(sync, [ONE], Failure(Trouble.BUSY, "busy", retry_after_s=40.0))
    assert sync.due(1) == 140.0
    send(sync, 140.0, [ONE], receipt((ONE, Outcome.ACCEPTED), retry_after_s=1e12))
    assert sync.due(1) == 140.0 + 900.0


def test_a_clone_keeps_its_data_and_says_so(sync):
    verdict = fail(sync, [ONE], Failure(Trouble.SUPERSEDED, "HTTP 409"))
    assert verdict == Verdict()
    assert sync.trouble is Trouble.SUPERSEDED


def test_a_receipt_ends_the_trouble(sync):
    fail(sync, [ONE], DOWN)
    send(sync, sync.due(1), [ONE], receipt((ONE, Outcome.ACCEPTED)))
    assert sync.trouble is None
    assert sync.last_contact == 100.5


def test_parked_batches_are_tried_again_after_an_hour_of_good_uploads(sync):
    good = receipt((ONE, Outcome.ACCEPTED))
    assert not send(sync, 3699.0, [ONE], good).unpark
    assert send(sync, 3701.0, [ONE], good).unpark
    assert not send(sync, 3703.0, [ONE], good).unpark


def test_a_last_upload_is_not_tried_while_in_trouble(sync):
    send(sync, 100.0, [], receipt())
    assert sync.hurry(100.5)
    assert sync.due(1) == 100.5
    fail(sync, [ONE], DOWN)
    assert not sync.hurry(101.0)


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (None, Trouble.UNREACHABLE),
        (502, Trouble.UNREACHABLE),
        (503, Trouble.BUSY),
        (401, Trouble.REFUSED),
        (409, Trouble.SUPERSEDED),
        (400, Trouble.SERVER),
        (500, Trouble.SERVER),
    ],
)
def test_each_answer_without_receipt_has_a_meaning(status, trouble):
    assert trouble_of(status) is trouble
