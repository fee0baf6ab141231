"""Buildings compared."""

from cloud.analytics.comparison import Compared, ranked


def test_the_greatest_use_by_area_comes_first_and_the_unknown_last():
    order = ranked(
        [
            Compared(1, energy_kwh=None, saved_kwh=None, area_m2=10.0),
            Compared(2, energy_kwh=100.0, saved_kwh=None, area_m2=200.0),
            Compared(3, energy_kwh=90.0, saved_kwh=None, area_m2=100.0),
        ]
    )
    assert [(b.node_id, b.rank, b.kwh_per_m2) for b in order] == [
        (3, 1, 0.9),
        (2, 2, 0.5),
        (1, None, None),
    ]


def test_with_an_unknown_area_the_energy_itself_decides():
    order = ranked(
        [
            Compared(1, energy_kwh=90.0, saved_kwh=None, area_m2=100.0),
            Compared(2, energy_kwh=100.0, saved_kwh=None, area_m2=None),
        ]
    )
    assert [b.node_id for b in order] == [2, 1]
