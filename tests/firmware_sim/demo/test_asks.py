import pytest

from firmware_sim.demo.asks import AskError, decoded_campus, decoded_fleet
from firmware_sim.demo.ledger import Account

ROW = {
    "gateway": "physics",
    "state": "online",
    "produced": 10,
    "delivered": 9,
    "declared_lost": 1,
    "duplicates": 0,
    "resent": 2,
    "buffer": {"readings": 5},
}


def test_a_fleet_is_its_accounts_and_what_is_still_to_be_rolled_up():
    fleet = decoded_fleet({"gateways": [ROW], "rollup": {"dirty": 3}})
    assert fleet.gateways["physics"].account == Account(10, 9, 1, 0)
    assert (fleet.dirty, fleet.delivered) == (3, 9)
    assert (fleet.waiting, fleet.resent) == (5, 2)


@pytest.mark.parametrize(
    "answer",
    [
        {"gateways": [ROW]},
        {"gateways": [ROW | {"produced": None}], "rollup": {"dirty": 0}},
        [],
    ],
)
def test_a_fleet_without_a_figure_is_refused(answer):
    with pytest.raises(AskError, match="/api/v1/fleet"):
        decoded_fleet(answer)


def test_what_nobody_knows_is_none_not_zero():
    campus = decoded_campus(
        {
            "load_kw": None,
            "age_s": None,
            "meters": {"reporting": 0, "silent": 9},
            "saved": {"total_kwh": None},
        }
    )
    assert (campus.load_kw, campus.saved_kwh, campus.reporting) == (None, None, 0)
