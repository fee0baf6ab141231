import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.receipt import BatchReceipt, Outcome, Receipt

RECEIPTS = st.builds(
    Receipt,
    upload=st.integers(),
    server_time_ms=st.integers(),
    batch_format=st.integers(0, 99),
    batches=st.lists(
        st.builds(
            BatchReceipt,
            epoch=st.text(max_size=32),
            seq=st.integers(),
            outcome=st.sampled_from(Outcome),
            rejected=st.lists(
                st.tuples(st.integers(0, 999), st.text(max_size=20)), max_size=3
            ).map(tuple),
            reason=st.text(max_size=20),
        ),
        max_size=4,
    ).map(tuple),
    inventory_wanted=st.booleans(),
    config_version=st.text(max_size=20),
    model_version=st.none() | st.integers(),
    retry_after_s=st.floats(0, 1e6),
    notices=st.lists(st.text(max_size=20), max_size=3).map(tuple),
)
PLAIN = json.loads(
    Receipt(1, 2, 1, (BatchReceipt("0f", 1, Outcome.ACCEPTED),)).to_bytes()
)


@given(RECEIPTS)
def test_a_receipt_arrives_as_it_was_sent(receipt):
    assert Receipt.from_bytes(receipt.to_bytes()) == receipt


@given(RECEIPTS, st.dictionaries(st.text(min_size=30), st.integers(), max_size=3))
def test_fields_of_a_newer_cloud_are_passed_over(receipt, newer):
    raw = json.loads(receipt.to_bytes()) | newer
    assert Receipt.from_bytes(json.dumps(raw).encode()) == receipt


def test_only_what_is_committed_lets_the_gateway_forget():
    final = [outcome for outcome in Outcome if outcome.is_final]
    assert final == [Outcome.ACCEPTED, Outcome.KNOWN]


@pytest.mark.parametrize("field", PLAIN)
def test_a_missing_field_is_refused(field):
    raw = {name: value for name, value in PLAIN.items() if name != field}
    with pytest.raises(ValueError, match="not a receipt"):
        Receipt.from_bytes(json.dumps(raw).encode())


@pytest.mark.parametrize(
    "batch",
    [
        {},
        [],
        None,
        PLAIN["batches"][0] | {"outcome": "perhaps"},
        PLAIN["batches"][0] | {"seq": "1"},
        PLAIN["batches"][0] | {"rejected": [[1]]},
    ],
    ids=str,
)
def test_a_malformed_outcome_is_refused(batch):
    raw = json.dumps(PLAIN | {"batches": [batch]}).encode()
    with pytest.raises(ValueError, match=r"."):
        Receipt.from_bytes(raw)


@given(st.binary(max_size=200))
def test_random_bytes_are_no_receipt(raw):
    with pytest.raises(ValueError, match=r"."):
        Receipt.from_bytes(raw)
