"""What a generator of a site will make in the next 24 hours, from all that is known."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.analytics import known_weather
from cloud.domain.generator import GeneratorKind
from cloud.domain.weather import HOUR_S, Weather
from cloud.facts import weather as facts
from cloud.forecasting import wind
from cloud.forecasting.solar import first_days
from cloud.forecasting.solar.array import Array, on_modules, sky
from cloud.forecasting.solar.bands import widened, widening
from cloud.forecasting.solar.clearness import Places, midnight_before, production
from cloud.forecasting.solar.model import Learnt, learn
from cloud.forecasting.solar.rows import Past
from cloud.store import generation, generators
from cloud.store import weather as kept
from cloud.store.database import Connection
from cloud.store.generation import Generation
from cloud.store.generators import StoredGenerator
from cloud.store.site_facts import SiteFacts
from cloud.turbines import power_curve

Floats = NDArray[np.float64]

AHEAD_H: Final = 24
PAST_DAYS: Final = 366
"""How much of the past is learnt from. [d]"""
WIND_PAST_DAYS: Final = 60
RELEARN_H: Final = 24
"""How often an array is learnt anew, once it is known. [h]"""
LOOK_BACK_DAYS: Final = 28
"""How far back forecasts are compared with what came, to widen their bands. [d]"""
HISTORY: Final = "history"
"""The source where no weather is forecast: what the generator itself showed."""

_DAY_S: Final = 24 * HOUR_S
_STANDARD_W_M2: Final = 1_000.0


@dataclass(slots=True)
class Knowledge:
    """What was learnt of arrays, kept while the program runs."""

    _learnt: dict[int, tuple[int, int, Learnt | None]] = field(default_factory=dict)

    def of(
        self, generator_id: int, past: Past, foreseen: "Foreseen", hour: int
    ) -> Learnt | None:
        """Return what is known of the array, learnt anew when that is due.

        Args:
            hour: Place of the first hour that is not known.
        """
        known = int(np.isfinite(past.production.made[:hour]).sum())
        clock_h = foreseen.clock_h(hour)
        held = self._learnt.get(generator_id)
        if held is not None:
            learnt_h, seen, learnt = held
            if clock_h - learnt_h < RELEARN_H and known < 1.2 * seen + 24:
                return learnt
        learnt = learn(past, foreseen.share, hour)
        self._learnt[generator_id] = clock_h, known, learnt
        return learnt


@dataclass(frozen=True, slots=True, eq=False)
class Foreseen:
    """What the modules would make of the irradiance that was forecast, and when.

    Attributes:
        first_s: Start of the hour at place 0. [s since 1970 UTC]
        issued_s, start_s: Of the forecasts, ascending by start and then by issue.
        falling: By the standard 1,000 W/m², for each of them.
    """

    first_s: int
    issued_s: NDArray[np.int64]
    start_s: NDArray[np.int64]
    falling: Floats

    def share(self, origin: Places, target: Places) -> Floats:
        """Return the newest that was said of each target by its origin."""
        wanted_s, at_s = self.first_s + HOUR_S * target, self.first_s + HOUR_S * origin
        place = known_weather.newest(self.issued_s, self.start_s, wanted_s, at_s)
        found = np.full(len(target), np.nan)
        found[place >= 0] = self.falling[place[place >= 0]]
        return found

    def clock_h(self, place: int) -> int:
        """Return how many hours after 1970 the hour at `place` begins."""
        return self.first_s // HOUR_S + place


def forecast(
    connection: Connection,
    standing: StoredGenerator,
    site: SiteFacts,
    now_s: int,
    knowledge: Knowledge,
) -> Generation | None:
    """Return the hours from the one that holds `now_s`; None if nothing can be said."""
    if site.latitude is None or site.longitude is None:
        return None
    if standing.generator.kind is GeneratorKind.WIND:
        return _wind(connection, standing, site, now_s)
    return _solar(connection, standing, site, now_s, knowledge)


def _solar(
    connection: Connection,
    standing: StoredGenerator,
    site: SiteFacts,
    now_s: int,
    knowledge: Knowledge,
) -> Generation:
    array = _array(standing, site)
    first_s = midnight_before(now_s) - PAST_DAYS * _DAY_S
    hours = (PAST_DAYS + 3) * 24
    start_s = first_s + HOUR_S * np.arange(hours, dtype=np.int64)
    hour = (now_s - first_s) // HOUR_S
    made = _made_kw(connection, standing, first_s, hours) / array.capacity_kw
    made[hour:] = np.nan
    seen = sky(array, start_s)
    past = Past.of(seen, production(made, seen.clear_w_m2))
    foreseen = _foreseen(connection, standing.path, array, (first_s, now_s))
    target = np.arange(hour, hour + AHEAD_H)
    origin = np.full(AHEAD_H, hour)
    told = foreseen.share(origin, target)
    learnt = knowledge.of(standing.id, past, foreseen, hour)
    making = first_days.forecast if learnt is None else learnt.forecast
    mean, quantiles = making(past, origin, target, told)
    factor = _widening(connection, standing.id, start_s, made, now_s, array.capacity_kw)
    source = HISTORY
    if np.isfinite(told).any():
        known = facts.expected(connection, standing.path, now_s, AHEAD_H)
        source = HISTORY if known is None else known.source
    return Generation(
        source,
        now_s,
        start_s[target],
        mean * array.capacity_kw,
        widened(quantiles, factor) * array.capacity_kw,
        factor,
    )


def _array(standing: StoredGenerator, site: SiteFacts) -> Array:
    said = standing.generator
    return Array(
        site.latitude or 0.0,
        site.longitude or 0.0,
        said.tilt_deg or 0.0,
        180.0 if said.azimuth_deg is None else said.azimuth_deg,
        said.capacity_kw,
    )


def _made_kw(
    connection: Connection, standing: StoredGenerator, first_s: int, hours: int
) -> Floats:
    """Return the generator's share of what is made at its node, by capacity."""
    below = standing.path + "/"
    together_kw = sum(
        each.generator.capacity_kw
        for each in generators.generators(connection)
        if each.path == standing.path or each.path.startswith(below)
    )
    share = standing.generator.capacity_kw / together_kw
    return share * generation.made_kw(connection, standing.node_id, first_s, hours)


def _foreseen(
    connection: Connection, path: str, array: Array, span_s: tuple[int, int]
) -> Foreseen:
    first_s, now_s = span_s
    place_id = facts.place_id(connection, path)
    if place_id is None:
        nothing = np.empty(0, dtype=np.int64)
        return Foreseen(first_s, nothing, nothing, np.empty(0))
    issued_s, said = kept.forecasts(connection, place_id, first_s, now_s + 2 * _DAY_S)
    falling = on_modules(
        array,
        said.start_s,
        said["global_w_m2"],
        said["direct_w_m2"],
        said["diffuse_w_m2"],
    )
    return Foreseen(first_s, issued_s, said.start_s, falling / _STANDARD_W_M2)


def _widening(
    connection: Connection,
    generator_id: int,
    start_s: NDArray[np.int64],
    made: Floats,
    now_s: int,
    capacity_kw: float,
) -> float:
    """Return what the last weeks ask the bands to be widened by."""
    back_s = now_s - LOOK_BACK_DAYS * _DAY_S
    said_s, quantiles = generation.said(connection, generator_id, back_s, now_s)
    place = (said_s - int(start_s[0])) // HOUR_S
    inside = (place >= 0) & (place < len(made))
    measured = made[place[inside]]
    known = np.isfinite(measured)
    return widening(measured[known], quantiles[inside][known] / capacity_kw)


def _wind(
    connection: Connection, standing: StoredGenerator, site: SiteFacts, now_s: int
) -> Generation | None:
    from pvlib.location import lookup_altitude

    said = standing.generator
    ahead = facts.expected(connection, standing.path, now_s, AHEAD_H)
    if ahead is None or said.curve is None or said.hub_height_m is None:
        return None
    curve = power_curve(said.curve)
    place = said.hub_height_m, float(lookup_altitude(site.latitude, site.longitude))
    first_s = midnight_before(now_s) - WIND_PAST_DAYS * _DAY_S
    hours = (now_s - first_s) // HOUR_S
    made = _made_kw(connection, standing, first_s, hours)
    was = facts.observed(connection, standing.path, first_s, hours)
    promised = wind.power_kw(
        curve, wind.hub_wind_ms(was, place[0]), wind.density_kg_m3(was, place[1])
    )
    share = wind.shown_share(promised, made)
    mean, quantiles = wind.forecast_kw(curve, ahead.hours, place, share, _spread(ahead))
    if np.isnan(mean).all():
        return None
    start_s = first_s + HOUR_S * np.arange(hours, dtype=np.int64)
    factor = _widening(
        connection,
        standing.id,
        start_s,
        made / said.capacity_kw,
        now_s,
        said.capacity_kw,
    )
    known = np.isfinite(mean)
    return Generation(
        ahead.source,
        now_s,
        ahead.hours.start_s[known],
        mean[known],
        np.minimum(widened(quantiles[known], factor), curve.rated_kw),
        factor,
    )


def _spread(ahead: facts.Expected) -> Floats | None:
    """Return how far the usual wind wanders, where it is no more than that. [m/s]."""
    if not ahead.is_climatology:
        return None
    return Weather(ahead.hours.start_s, ahead.spread)["wind_10m_ms"]
