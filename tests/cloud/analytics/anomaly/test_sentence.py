from zoneinfo import ZoneInfo

import pytest

from cloud.analytics.anomaly import Episode, Kind
from cloud.analytics.anomaly.sentence import sentence

MARCH_12_22H = 1_741_813_200  # 2025-03-12 22:00 in Berlin
SAID = {
    Kind.STUCK: (
        {"value_kw": 61.53, "hours": 31.0},
        "The meter stood still at 61.5 kW for 31 hours, from Wed 12 Mar at 22:00 on.",
    ),
    Kind.SPIKE: (
        {"peak_kw": 180.4, "expected_kw": 20.0},
        "The load rose to 180 kW on Wed 12 Mar at 22:00, where 20.0 kW were expected,"
        " and was back after 8 hours.",
    ),
    Kind.NIGHT_LOAD: (
        {"nights": 1.0, "above_kw": 15.2},
        "Something was left on in the night to Thu 13 Mar: 15.2 kW more than on nights"
        " of its kind.",
    ),
    Kind.DRIFT: (
        {"rise_kw": 9.0, "rise_share": 0.23},
        "The base load has crept up by 9.0 kW (23 % of the mean load) since about"
        " Wed 12 Mar, more than weather and calendar explain.",
    ),
    Kind.MISSING: (
        {"hours": 8.0},
        "No reading came for 8 hours, from Wed 12 Mar at 22:00 on; by habit about"
        " 120 kWh were used.",
    ),
    Kind.PHASE_IMBALANCE: (
        {
            "unbalance_percent": 3.45,
            "limit_percent": 2.0,
            "l1_v": 240.0,
            "l2_v": 228.0,
            "l3_v": 228.0,
        },
        "The voltages of the phases differ by 3.5 % (240 / 228 / 228 V) since"
        " Wed 12 Mar at 22:00; up to 2 % are in order.",
    ),
}


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_is_told_in_a_sentence_with_its_figures(kind):
    evidence, said = SAID[kind]
    end_s = MARCH_12_22H + 8 * 3600
    told = Episode(kind, MARCH_12_22H, end_s, False, end_s, 120.0, 0.8, evidence)
    assert sentence(told, ZoneInfo("Europe/Berlin")) == said


def test_a_meter_that_still_stands_still_is_told_so():
    evidence = {"value_kw": 0.0, "hours": 7.0}
    told = Episode(
        Kind.STUCK, MARCH_12_22H, MARCH_12_22H + 25_200, True, 0, None, 0.8, evidence
    )
    assert sentence(told, ZoneInfo("Europe/Berlin")) == (
        "The meter stands still: 0.00 kW for 7 hours now, since Wed 12 Mar at 22:00."
    )
