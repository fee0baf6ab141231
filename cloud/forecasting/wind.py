"""What a wind turbine will make: the wind at its hub, the air's density, its curve.

Source: IEC 61400-12-1:2017, clauses 9.1.5 (density) and 9.1.6 (normalisation).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.domain.weather import Weather
from cloud.turbines import PowerCurve

Floats = NDArray[np.float64]

SHEAR: Final = 1 / 7
"""Exponent of the power law over open land, where two heights do not tell it."""

_LOW_M: Final = 10.0
_HIGH_M: Final = 80.0
_MOST_SHEAR: Final = 0.5
_KELVIN: Final = 273.15
_DRY_AIR: Final = 287.05  # J/(kg K)
_VAPOUR: Final = 461.5  # J/(kg K)
_SEA_LEVEL_PA: Final = 101_325.0
_WARM_C: Final = 15.0
_NORMAL_90: Final = 1.2816  # standard deviations from the median to the 90 % quantile
_SPREAD: Final = 0.5, 0.13  # of a forecast wind: m/s, and share of it
_SPREAD_GROWS: Final = 0.04  # m/s with each hour ahead


def power_kw(curve: PowerCurve, wind_ms: Floats, density_kg_m3: Floats) -> Floats:
    """Return what the turbine makes of wind at its hub; NaN of an unknown one. [kW]."""
    ratio = density_kg_m3 / curve.density_kg_m3
    felt_ms = wind_ms * np.cbrt(ratio) if curve.is_active else wind_ms
    made = np.interp(felt_ms, curve.wind_ms, curve.power_kw)
    if not curve.is_active:
        made = made * ratio
    turns = (felt_ms >= curve.cut_in_ms) & (wind_ms <= curve.cut_out_ms)
    return np.where(np.isnan(wind_ms), np.nan, np.where(turns, made, 0.0))


def hub_wind_ms(weather: Weather, hub_height_m: float) -> Floats:
    """Return the wind at the hub by the power law between 10 and 80 m. [m/s]."""
    low, high = weather["wind_10m_ms"], weather["wind_80m_ms"]
    both = (low > 0) & (high > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        told = np.log(np.where(both, high / low, 1.0)) / np.log(_HIGH_M / _LOW_M)
    shear = np.where(both, np.clip(told, 0.0, _MOST_SHEAR), SHEAR)
    from_low = low * (hub_height_m / _LOW_M) ** shear
    from_high = high * (hub_height_m / _HIGH_M) ** shear
    nearer_high = hub_height_m > np.sqrt(_LOW_M * _HIGH_M)
    first, second = (from_high, from_low) if nearer_high else (from_low, from_high)
    return np.where(np.isnan(first), second, first)


def density_kg_m3(weather: Weather, altitude_m: float) -> Floats:
    """Return the air's density, of mean pressure at this altitude. [kg/m³]."""
    celsius = weather["temperature_c"]
    kelvin = np.where(np.isnan(celsius), _WARM_C, celsius) + _KELVIN
    damp = np.nan_to_num(weather["humidity_percent"], nan=50.0) / 100
    pressure_pa = _SEA_LEVEL_PA * (1 - 2.25577e-5 * altitude_m) ** 5.25588
    vapour_pa = damp * 0.0000205 * np.exp(0.0631846 * kelvin)
    dry = pressure_pa / _DRY_AIR - vapour_pa * (1 / _DRY_AIR - 1 / _VAPOUR)
    density: Floats = dry / kelvin
    return density


def forecast_kw(
    curve: PowerCurve,
    weather: Weather,
    place: tuple[float, float],
    share: float = 1.0,
    spread_ms: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Return the means and the 10, 50 and 90 % quantiles of what it will make. [kW].

    The quantiles are those of the wind, sent through the curve.

    Args:
        weather: As forecast, consecutive hours from the origin.
        place: Height of the hub above the ground, and altitude of that. [m]
        share: What it makes of what its curve promises, as its past shows.
        spread_ms: Standard deviation of the wind, where it is known. [m/s]
    """
    hub_m, altitude_m = place
    wind_ms, density = hub_wind_ms(weather, hub_m), density_kg_m3(weather, altitude_m)
    base, part = _SPREAD
    usual_ms = base + part * wind_ms + _SPREAD_GROWS * np.arange(len(weather))
    if spread_ms is not None:
        usual_ms = np.where(np.isnan(spread_ms), usual_ms, spread_ms)
    steps = np.linspace(-1.0, 1.0, 9) * 2 * _NORMAL_90
    winds = np.maximum(wind_ms + steps[:, None] * usual_ms, 0.0)
    made = np.stack([power_kw(curve, wind, density) for wind in winds]) * share
    weights = np.exp(-0.5 * steps**2)
    mean = (made * (weights / weights.sum())[:, None]).sum(axis=0)
    quantiles = np.sort(made[[2, 4, 6]], axis=0).T
    return mean, quantiles


def shown_share(promised_kw: Floats, made_kw: Floats) -> float:
    """Return what the turbine made of what its curve promised; 1 until it has shown.

    The median of hours with wind worth the name, robust against standstills.
    """
    worth = np.isfinite(promised_kw) & np.isfinite(made_kw)
    worth &= promised_kw > 0.05 * np.nanmax(promised_kw, initial=0.0)
    worth &= promised_kw > 0
    count = int(worth.sum())
    if not count:
        return 1.0
    seen = float(np.median(made_kw[worth] / promised_kw[worth]))
    return float(np.clip((count * seen + _PATIENCE) / (count + _PATIENCE), 0.3, 1.5))


_PATIENCE: Final = 72.0  # hours that what it shows must outweigh
