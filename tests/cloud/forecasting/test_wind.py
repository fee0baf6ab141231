import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.domain.weather import HOUR_S, VALUES, Weather
from cloud.forecasting import wind
from cloud.turbines import UnknownTurbineError, names, power_curve

NPS = power_curve("northern_power_100c_21")
BERGEY = power_curve("bergey_excel_15")
STANDARD = np.array([1.225])

PUBLISHED = {  # from the maker's brochure, kW at m/s
    4: 4.1,
    6: 19.0,
    8: 41.0,
    10: 66.8,
    12: 86.4,
    15: 100.0,
    20: 96.8,
    25: 99.2,
}


def weather(hours=1, **columns):
    values = np.full((len(VALUES), hours), np.nan)
    for name, column in columns.items():
        values[VALUES.index(name)] = column
    return Weather(HOUR_S * np.arange(hours), values)


def power(curve, wind_ms, density=1.225):
    return wind.power_kw(curve, np.array([wind_ms]), np.array([density]))[0]


@pytest.mark.parametrize(("wind_ms", "kw"), PUBLISHED.items())
def test_it_is_within_one_per_cent_of_the_published_curve_at_its_points(wind_ms, kw):
    assert power(NPS, wind_ms) == pytest.approx(kw, rel=0.01)


@pytest.mark.parametrize("name", names())
def test_every_curve_is_met_at_all_of_its_points(name):
    curve = power_curve(name)
    made = wind.power_kw(curve, curve.wind_ms, np.full_like(curve.wind_ms, 1.225))
    np.testing.assert_allclose(made, curve.power_kw, rtol=0.01, atol=1e-9)
    assert curve.source


@pytest.mark.parametrize("name", names())
def test_up_to_its_rated_power_more_wind_never_makes_less(name):
    curve = power_curve(name)
    at_most = curve.wind_ms[np.argmax(curve.power_kw >= 0.9 * curve.rated_kw)]
    winds = np.linspace(0, at_most, 2000)
    made = wind.power_kw(curve, winds, np.full_like(winds, 1.225))
    assert (np.diff(made) >= 0).all()


def test_it_stands_still_below_cut_in_and_above_cut_out():
    assert power(NPS, 2.99) == 0
    assert power(NPS, 3.0) == pytest.approx(0.5)
    assert power(NPS, 25.0) == pytest.approx(99.2)
    assert power(NPS, 25.01) == 0
    assert power(BERGEY, 2.5) == 0
    assert power(BERGEY, 40.0) == pytest.approx(19.687)


def test_thin_air_costs_an_active_turbine_wind_and_a_stalling_one_power():
    """IEC 61400-12-1: the wind by the cube root of the density, or the power by it."""
    thin = 1.225 * 0.9
    felt = 8 * 0.9 ** (1 / 3)
    assert power(NPS, 8.0, thin) == pytest.approx(power(NPS, felt))
    assert power(NPS, 18.0, thin) > 98
    assert power(BERGEY, 8.0, thin) == pytest.approx(0.9 * 8.5)


def test_the_density_of_standard_air_is_the_standard_one():
    dry = weather(temperature_c=15.0, humidity_percent=0.0)
    assert wind.density_kg_m3(dry, 0.0)[0] == pytest.approx(1.225, rel=1e-3)
    high = wind.density_kg_m3(dry, 2000.0)[0]
    assert high == pytest.approx(0.9612, rel=1e-2)
    damp = weather(temperature_c=35.0, humidity_percent=100.0)
    hot = weather(temperature_c=35.0, humidity_percent=0.0)
    assert wind.density_kg_m3(damp, 0.0) < wind.density_kg_m3(hot, 0.0)


def test_the_wind_at_the_hub_lies_on_the_power_law_between_both_heights():
    both = weather(wind_10m_ms=4.0, wind_80m_ms=4.0 * 8**0.2)
    for height in (10.0, 25.0, 37.0, 80.0):
        expected = 4.0 * (height / 10) ** 0.2
        assert wind.hub_wind_ms(both, height)[0] == pytest.approx(expected)


def test_one_height_is_enough():
    low = weather(wind_10m_ms=4.0)
    expected = 4.0 * 3.7**wind.SHEAR
    assert wind.hub_wind_ms(low, 37.0)[0] == pytest.approx(expected)
    high = weather(wind_80m_ms=6.0)
    expected = 6.0 * (37 / 80) ** wind.SHEAR
    assert wind.hub_wind_ms(high, 37.0)[0] == pytest.approx(expected)
    assert np.isnan(wind.hub_wind_ms(weather(), 37.0)[0])


@given(st.lists(st.floats(0, 30), min_size=1, max_size=30), st.floats(0.3, 1.5))
def test_quantiles_never_cross_and_hold_the_usual_wind(winds, share):
    told = weather(len(winds), wind_10m_ms=winds, temperature_c=15.0)
    mean, quantiles = wind.forecast_kw(NPS, told, (10.0, 0.0), share)
    assert (np.diff(quantiles, axis=1) >= 0).all()
    assert (quantiles >= 0).all()
    assert (mean <= share * NPS.rated_kw * 1.0001).all()
    assert (quantiles[:, 1] <= share * NPS.rated_kw * 1.0001).all()


def test_what_is_usual_is_less_sure_than_a_forecast():
    told = weather(2, wind_10m_ms=8.0, temperature_c=15.0)
    _, sure = wind.forecast_kw(NPS, told, (10.0, 0.0))
    _, unsure = wind.forecast_kw(
        NPS, told, (10.0, 0.0), spread_ms=np.array([3.0, np.nan])
    )
    assert unsure[0, 2] - unsure[0, 0] > sure[0, 2] - sure[0, 0]
    np.testing.assert_allclose(unsure[1], sure[1])


def test_an_unknown_wind_makes_an_unknown_power():
    mean, quantiles = wind.forecast_kw(NPS, weather(1), (37.0, 0.0))
    assert np.isnan(mean).all()
    assert np.isnan(quantiles).all()


def test_what_a_turbine_shows_corrects_its_curve_and_standstills_do_not():
    rng = np.random.default_rng(1)
    promised = rng.uniform(0, 100, 2000)
    made = 0.8 * promised * rng.uniform(0.9, 1.1, 2000)
    assert wind.shown_share(promised, made) == pytest.approx(0.8, abs=0.03)
    made[::4] = 0.0
    assert wind.shown_share(promised, made) == pytest.approx(0.8, abs=0.05)
    assert wind.shown_share(promised[:3], made[:3]) == pytest.approx(1.0, abs=0.05)
    assert wind.shown_share(np.full(5, np.nan), made[:5]) == 1.0


def test_a_turbine_nobody_knows_is_refused_with_those_there_are():
    with pytest.raises(UnknownTurbineError, match="there are bergey_excel_15, north"):
        power_curve("windy_1")
