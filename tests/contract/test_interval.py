from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from contract.interval import EPOCH, from_ms, to_ms

INSTANTS = st.timedeltas(timedelta(0), timedelta(days=47_000)).map(EPOCH.__add__)


@given(st.integers(-(10**12), 10**13))
def test_milliseconds_come_back_as_they_went(at_ms):
    assert to_ms(from_ms(at_ms)) == at_ms


@given(INSTANTS)
def test_an_instant_loses_less_than_a_millisecond(at):
    assert timedelta(0) <= at - from_ms(to_ms(at)) < timedelta(milliseconds=1)
