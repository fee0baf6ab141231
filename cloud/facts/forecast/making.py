"""Forecasts of one node, made by the cloud: with its model, else by earlier times."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.domain.outlook import Horizon, Outlook, Source
from cloud.facts.forecast.known import HOUR_S, Known, origins
from cloud.facts.forecast.published import Published, UnusableModelError, published
from cloud.store import forecasts
from cloud.store.database import Connection
from cloud.store.forecasts import StoredTrack
from contract.interval import from_ms
from contract.origins import PAST_HOURS, Floats, Instants, Origins
from contract.track import Forecast, Track, TrackError

_NO_VERSION: Final = 0
_LIVED_S: Final = {Horizon.NEXT_HOUR: HOUR_S, Horizon.DAY_AHEAD: 24 * HOUR_S}
_LIVED: Final = {Horizon.NEXT_HOUR: 72, Horizon.DAY_AHEAD: 28}


@dataclass(frozen=True, slots=True)
class Made:
    """What was made at one origin.

    Attributes:
        outlooks: One for each horizon; none where nothing is known of the last week.
        tracks: The records after it, to be kept.
        why_naive: In words why no model made them; empty where one did.
    """

    outlooks: tuple[Outlook, ...]
    tracks: Mapping[Horizon, StoredTrack]
    why_naive: str


@dataclass(frozen=True, slots=True)
class _Maker:
    """What makes the forecasts of one horizon."""

    horizon: Horizon
    model: Published | None
    track: Track

    @property
    def version(self) -> int:
        return _NO_VERSION if self.model is None else self.model.manifest.version


def make(
    connection: Connection,
    of: Known,
    at_s: int,
    horizons: Collection[Horizon] = tuple(Horizon),
) -> Made:
    """Return the forecasts of `of` from the instant `at_s` on."""
    now = from_ms(1000 * at_s)
    model, why_naive = _usable(connection, of, now)
    at = origins(connection, of, np.array([at_s]))
    outlooks: list[Outlook] = []
    tracks: dict[Horizon, StoredTrack] = {}
    for horizon in horizons:
        maker = _maker(connection, of, horizon, model, at_s)
        maker.track.judge(*_hours_before(of, at_s))
        told = _predicted(maker, of, at)
        if told is None:
            continue
        maker.track.keep(told)
        tracks[horizon] = StoredTrack(maker.version, maker.track.to_bytes())
        if maker.model is not None and maker.track.is_worse_than_naive():
            why_naive = "the model did worse than the naive forecast lately"
            maker = _Maker(horizon, None, lived(of, horizon, at_s))
            told = _predicted(maker, of, at) or told
        outlooks.append(_outlook(maker, told, of))
    return Made(tuple(outlooks), tracks, why_naive)


def lived(of: Known, horizon: Horizon, at_s: int) -> Track:
    """Return the record of naive forecasts, as if the last weeks had been lived."""
    track = Track((), horizon.hours)
    none = np.empty((horizon.hours, 0), np.float32)
    start_s, load_kw = _hours_before(of, at_s)
    step_s = _LIVED_S[horizon]
    first_s = at_s - _LIVED[horizon] * step_s - horizon.hours * HOUR_S
    instants = np.arange(first_s, at_s - horizon.hours * HOUR_S + 1, step_s)
    past = Origins.of_load(instants, of.means.past_kw(instants))
    for place, instant in enumerate(instants.tolist()):
        over = start_s < instant
        track.judge(start_s[over], load_kw[over])
        told = track.predict(past.take(slice(place, place + 1)), of.calendar, none)
        if told is not None:
            track.keep(told)
    track.judge(start_s, load_kw)
    return track


def _usable(
    connection: Connection, of: Known, now: datetime
) -> tuple[Published | None, str]:
    try:
        model = published(connection, of.node.id)
    except UnusableModelError as error:
        return None, str(error)
    if model is None:
        return None, "no model yet"
    if model.is_expired(now):
        return None, f"the model expired at {model.manifest.expires_at}"
    return model, ""


def _maker(
    connection: Connection,
    of: Known,
    horizon: Horizon,
    model: Published | None,
    at_s: int,
) -> _Maker:
    if model is None or horizon not in model.sessions:
        return _Maker(horizon, None, lived(of, horizon, at_s))
    stored = forecasts.stored_track(connection, of.node.id, horizon)
    if stored is not None and stored.version == model.manifest.version:
        try:
            return _Maker(horizon, model, Track.from_bytes(stored.body))
        except TrackError:
            pass  # of an earlier format: it begins again
    return _Maker(horizon, model, model.track(horizon))


def _predicted(maker: _Maker, of: Known, at: Origins) -> Forecast | None:
    outputs = np.empty((maker.horizon.hours, 0), np.float32)
    if maker.model is not None:
        outputs = maker.model.outputs(maker.horizon, at, of)
    return maker.track.predict(at, of.calendar, outputs)


def _outlook(maker: _Maker, told: Forecast, of: Known) -> Outlook:
    kw = np.column_stack((told.mean_kw, told.p10_kw, told.p50_kw, told.p90_kw))
    kw = _bounded(kw, of)
    if maker.model is None:
        return Outlook(maker.horizon, Source.NAIVE, told.origin_s, None, kw)
    return Outlook(maker.horizon, Source.CLOUD, told.origin_s, maker.version, kw)


def _bounded(kw: Floats, of: Known) -> Floats:
    """Return quantiles in order, and nothing below zero of what never fed in."""
    ordered = kw.copy()
    ordered[:, 1:] = np.sort(kw[:, 1:], axis=1)
    return np.maximum(ordered, 0.0) if of.is_load else ordered


def _hours_before(of: Known, at_s: int) -> tuple[Instants, Floats]:
    """Return the hours before an instant that are known by now, the oldest first."""
    end_s: NDArray[np.int64] = at_s - HOUR_S * np.arange(PAST_HOURS)[::-1]
    return end_s - HOUR_S, of.means.ending_kw(end_s)
