"""What a simulated charge point shows under a limit, and what it takes for one."""

import math

import pytest

from firmware_sim.charge_point import ChargePoint
from firmware_sim.charging import Limits, limited, samples
from firmware_sim.faults import Fault

NOON = 1_741_003_200_000
FULL = {"active_power_kw": 11.04, "current_l1_a": 16.0, "energy_import_kwh": 5.0}


def profile(limit, unit="A", kind="Absolute", number=1):
    return {
        "chargingProfileId": number,
        "chargingProfileKind": kind,
        "chargingSchedule": {
            "duration": 600,
            "startSchedule": "2025-03-03T12:00:00Z",
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": limit, "numberPhases": 3}
            ],
        },
    }


@pytest.mark.parametrize(
    ("amperes", "power_kw", "current_a"),
    [(32, 11.04, 16), (10, 6.9, 10), (6, 4.14, 6), (5.9, 0, 0), (0, 0, 0)],
)
def test_a_limit_takes_power_and_current_and_leaves_the_counter(
    amperes, power_kw, current_a
):
    shown = limited(FULL, amperes)
    assert shown["active_power_kw"] == pytest.approx(power_kw)
    assert shown["current_l1_a"] == current_a
    assert shown["energy_import_kwh"] == 5


@pytest.mark.parametrize("made", [profile(10), profile(6900, "W")])
def test_a_profile_holds_for_its_duration(made):
    limits = Limits()
    assert limits.set(made, NOON) == "Accepted"
    assert limits.amperes(NOON + 599_000) == pytest.approx(10)
    assert limits.amperes(NOON + 600_000) == math.inf


def test_the_strictest_profile_counts_and_each_is_cleared_alone():
    limits = Limits()
    limits.set(profile(10), NOON)
    limits.set(profile(8, number=2), NOON)
    assert limits.amperes(NOON) == 8
    assert limits.clear(2) == "Accepted"
    assert limits.clear(2) == "Unknown"
    assert limits.amperes(NOON) == 10
    assert limits.clear(None) == "Accepted"
    assert limits.amperes(NOON) == math.inf


def test_a_profile_that_does_not_begin_now_is_rejected():
    assert Limits().set(profile(10), NOON - 3_600_000) == "Rejected"
    assert Limits().set(profile(10, kind="Relative"), NOON) == "Rejected"


def test_the_schedule_is_shown_in_the_unit_asked_for():
    limits = Limits()
    limits.set(profile(10), NOON)
    asked = {"connectorId": 1, "duration": 60, "chargingRateUnit": "W"}
    schedule = limits.composite(asked, NOON)["chargingSchedule"]
    assert schedule["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 6900.0}]


def test_values_are_told_in_the_units_of_the_standard():
    told = samples({"energy_import_kwh": 1.5, "voltage_l1_v": 230.0, "switch": 1.0})
    assert told == [
        {"value": "1500", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
        {"value": "230", "measurand": "Voltage", "unit": "V", "phase": "L1-N"},
    ]


def test_a_fault_that_no_charge_point_has_is_refused():
    with pytest.raises(ValueError, match="no charge point has wrong_crc"):
        ChargePoint("CP1", lambda _: FULL).set_faults([Fault("wrong_crc")])
