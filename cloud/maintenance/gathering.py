"""What an asset did on a day: the figures that its analysis looks back on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Final

import numpy as np

from cloud.domain.asset import AssetKind, Figure
from cloud.domain.generator import GeneratorKind
from cloud.domain.weather import Weather
from cloud.facts.weather import observed
from cloud.maintenance.cycles import swings
from cloud.maintenance.measured import HOUR_S, Floats, Instants, MeasuredDay
from cloud.store import campus, generators, site, site_facts
from cloud.store.assets import StoredAsset
from cloud.store.database import Connection
from cloud.store.named_points import NamedPoint, named_points
from contract.calendar import Calendar
from contract.energy import power_energy
from contract.schedule import rate_in, usual_week
from contract.timetable import Slot

Json = Mapping[str, object]

_OPENS_H: Final = 8
_CLOSES_H: Final = 18
_SATURDAY: Final = 5
_LEAST_HOURS: Final = 20


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an asset's days have in common.

    Attributes:
        week: Share of the rooms in use, as `contract.schedule.usual_week` has it.
    """

    kept: StoredAsset
    calendar: Calendar
    week: Floats
    points: Mapping[str, NamedPoint]
    nodes: Mapping[str, int]


def surroundings(
    connection: Connection, kept: StoredAsset, calendar: Calendar
) -> Surroundings:
    """Return what the days of an asset have in common."""
    slots = [
        *campus.timetables(connection, kept.path).values(),
        site.slots(connection, kept.node_id),
    ]
    week = usual_week([[Slot.from_json(list(s)) for s in each] for each in slots])
    points = named_points(connection, list(kept.asset.points.values()))
    return Surroundings(kept, calendar, week, points, campus.node_ids(connection))


def figures(connection: Connection, around: Surroundings, day: date) -> Json:
    """Return what an asset did on a local day; None where it is not known."""
    hours = hours_of(day, around.calendar)
    measured = MeasuredDay(connection, hours, around.points, around.nodes)
    kinds = {AssetKind.HVAC: _hvac, AssetKind.PV: _pv, AssetKind.BATTERY: _battery}
    return kinds[around.kept.asset.kind](measured, around)


def hours_of(day: date, calendar: Calendar) -> Instants:
    """Return the first seconds of the 23 to 25 hours of a local day."""
    start = datetime.combine(day, datetime.min.time(), calendar.zone)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), calendar.zone)
    first_s, end_s = int(start.timestamp()), int(end.timestamp())
    return np.arange(first_s, end_s, HOUR_S, dtype=np.int64)


def _hvac(measured: MeasuredDay, around: Surroundings) -> Json:
    points = around.kept.asset.points
    heat = points.get(Figure.HEAT)
    return {
        "electricity_kwh": measured.amount(points[Figure.ELECTRICITY]),
        "heat_kwh": None if heat is None else _positive(measured.amount(heat)),
        "outdoor_c": _by_clock(measured, around, _outdoor(measured, around)),
        "occupied": _by_clock(measured, around, _occupied(measured, around)),
    }


def _pv(measured: MeasuredDay, around: Surroundings) -> Json:
    points = around.kept.asset.points
    sensor, rain = points.get(Figure.IRRADIANCE), points.get(Figure.RAIN)
    if sensor is None:
        sunlight = _modelled(measured, around)
    else:
        sunlight = measured.hourly(sensor)
    return {
        "generated_kwh": _positive(measured.amount(points[Figure.ELECTRICITY])),
        "sunlight_kwh_m2": _total(sunlight / 1000),
        "outdoor_c": _mean(_outdoor(measured, around)),
        "rain_mm": None if rain is None else measured.amount(rain),
    }


def _battery(measured: MeasuredDay, around: Surroundings) -> Json:
    points = around.kept.asset.points
    power = measured.readings(points[Figure.ELECTRICITY])
    soc = measured.readings(points[Figure.SOC])
    nothing: Json = dict.fromkeys(
        ("charged_kwh", "discharged_kwh", "soc_gained", "soc_lost", "temperature_c")
    )
    if power is None or soc is None:
        return nothing
    told = measured.within(power_energy(soc.at_ms, soc.values))
    if told is None:
        return nothing
    from_ms, to_ms = int(measured.start_s[0]) * 1000, measured.end_s * 1000
    inside = (soc.at_ms >= from_ms) & (soc.at_ms < to_ms)
    gained, lost = swings(soc.values[inside] / 100)
    taken = power_energy(power.at_ms, np.maximum(power.values, 0.0))
    given = power_energy(power.at_ms, np.maximum(-power.values, 0.0))
    temperature = points.get(Figure.TEMPERATURE)
    return {
        "charged_kwh": measured.within(taken),
        "discharged_kwh": measured.within(given),
        "soc_gained": gained,
        "soc_lost": lost,
        "temperature_c": None
        if temperature is None
        else _mean(measured.hourly(temperature)),
    }


def _outdoor(measured: MeasuredDay, around: Surroundings) -> Floats:
    """Return the temperature outdoors in each hour: its own point, or the site's."""
    point = around.kept.asset.points.get(Figure.OUTDOOR)
    if point is not None:
        return measured.hourly(point)
    return _weather(measured, around)["temperature_c"]


def _weather(measured: MeasuredDay, around: Surroundings) -> Weather:
    """Return the site's weather in the hours of UTC that hold each local one."""
    hours = len(measured.start_s)
    return observed(
        measured.connection, around.kept.path, int(measured.start_s[0]), hours
    )


def _occupied(measured: MeasuredDay, around: Surroundings) -> Floats:
    """Return the share in use: as sensed, as in the timetable, else office hours."""
    sensed = measured.rolled_up(f"{around.kept.path}/occupancy_rate")
    if np.isfinite(sensed).sum() >= _LEAST_HOURS:
        return sensed
    told = rate_in(around.week, around.calendar, measured.start_s)
    if np.isfinite(told).all():
        return told
    days = around.calendar
    day = datetime.fromtimestamp(int(measured.start_s[0]), days.zone).date()
    is_off = day.weekday() >= _SATURDAY or day in days.holidays | days.closed
    clock = _clock(measured, around)
    open_ = (clock >= _OPENS_H) & (clock < _CLOSES_H) & (not is_off)
    return open_.astype(np.float64)


def _modelled(measured: MeasuredDay, around: Surroundings) -> Floats:
    """Return the sunlight on the modules by the site's weather. [W/m²]."""
    from cloud.forecasting.solar.array import Array, on_modules

    sky = _weather(measured, around)
    where = site_facts.site_of(measured.connection, around.kept.path)
    standing = [
        each.generator
        for each in generators.generators(measured.connection)
        if each.node_id == around.kept.node_id
        and each.generator.kind is GeneratorKind.SOLAR
    ]
    if not standing or where is None or where.latitude is None:
        return sky["global_w_m2"]
    array = next(
        (each for each in standing if each.slug == around.kept.asset.slug), standing[0]
    )
    plane = Array(
        where.latitude,
        where.longitude or 0.0,
        array.tilt_deg or 0.0,
        array.azimuth_deg or 180.0,
        array.capacity_kw,
    )
    parts = (sky[name] for name in ("global_w_m2", "direct_w_m2", "diffuse_w_m2"))
    return on_modules(plane, sky.start_s, *parts)


def _by_clock(
    measured: MeasuredDay, around: Surroundings, hourly: Floats
) -> list[float | None]:
    """Return 24 hours by the clock; one that comes twice is their mean."""
    clock = _clock(measured, around)
    return [_mean(hourly[clock == hour], least=1) for hour in range(24)]


def _clock(measured: MeasuredDay, around: Surroundings) -> Instants:
    local_s = measured.start_s + around.calendar.offset_s(measured.start_s)
    clock: Instants = local_s // HOUR_S % 24
    return clock


def _mean(values: Floats, least: int = _LEAST_HOURS) -> float | None:
    known = values[np.isfinite(values)]
    return round(float(known.mean()), 4) if len(known) >= least else None


def _total(values: Floats) -> float | None:
    known = np.isfinite(values)
    return round(float(values[known].sum()), 4) if known.sum() >= _LEAST_HOURS else None


def _positive(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) and value >= 0 else None
