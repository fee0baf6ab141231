import pytest

from firmware_sim.demo.ledger import Account, Ledger, Month, Pair

BALANCED = {"physics": Account(10, 9, 1, 0)}


def test_a_ledger_that_adds_up_has_no_problems():
    ledger = Ledger(BALANCED, Pair(100.4, 100.0), Pair(51.0, 50.0), 3, 4)
    assert ledger.problems == []
    assert ledger.to_json() == {
        "balanced": True,
        "problems": [],
        "gateways": {
            "physics": {
                "produced": 10,
                "delivered": 9,
                "declared_lost": 1,
                "duplicates": 0,
            }
        },
        "kills": 3,
        "cuts": 4,
        "campus_kw_cloud": 100.4,
        "campus_kw_truth": 100.0,
        "saved_kwh_cloud": 51.0,
        "saved_kwh_truth": 50.0,
    }


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (Account(10, 8, 1, 0), "1 unaccounted for"),
        (Account(10, 12, 0, 0), "-2 unaccounted for"),
        (Account(10, 9, 1, 2), "2 readings counted twice"),
        (Account(0, 0, 0, 0), "nothing was produced"),
    ],
)
def test_an_account_that_does_not_add_up_is_named(account, words):
    [problem] = Ledger({"physics": account}).problems
    assert problem.startswith("physics: ")
    assert words in problem


@pytest.mark.parametrize("cloud", [100.6, 99.4, None])
def test_a_campus_load_too_far_from_the_truth_is_a_problem(cloud):
    [problem] = Ledger(BALANCED, campus_kw=Pair(cloud, 100.0)).problems
    assert "campus load" in problem


def test_a_month_off_by_more_than_a_ten_thousandth_is_a_problem():
    good = Month("lab", "2017-01", 10_000.0, 10_000.9)
    off = Month("lab", "2017-02", 10_000.0, 10_001.1)
    unknown = Month("lab", "2017-03", 10_000.0, None)
    problems = Ledger(BALANCED, replay=(good, off, unknown)).problems
    assert [problem.split(":")[0] for problem in problems] == [
        "lab, 2017-02",
        "lab, 2017-03",
    ]


def test_a_month_without_energy_agrees_with_none():
    assert Ledger(BALANCED, replay=(Month("lab", "2017-01", 0.0, 0.0),)).problems == []


def test_complaints_and_a_replay_without_an_hour_are_problems():
    assert len(Ledger({}, replay=(), complaints=("a",)).problems) == 3
