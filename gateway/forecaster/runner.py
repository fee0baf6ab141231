"""A model, or the naive forecasts alone, as they are run and judged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from contract.bundle import Part
from contract.features import day_ahead_rows, next_hour_rows, seed_next_hour_rows
from contract.manifest import Manifest
from contract.origins import Instants, Origins, scale_kw
from contract.promise import Kind, ManifestError
from contract.track import Forecast, Track, TrackError
from gateway.forecaster.known import Known
from gateway.forecaster.record import HOUR_S, Made, Record
from gateway.forecaster.session import Run

LEADS: Final = (1, 24)
_JUDGED_HOURS: Final = 50

Outputs = Mapping[int, NDArray[np.float32]]
"""What a model answers: by lead hours, origins × lead hours × members."""


@dataclass(frozen=True, slots=True)
class Said:
    """One forecast."""

    next_hour: Forecast
    day_ahead: Forecast


@dataclass(slots=True)
class Runner:
    """What makes forecasts.

    Attributes:
        manifest: None for the naive forecasts.
        runs: The loaded model by lead hours; may be empty.
        tracks: By lead hours.
    """

    manifest: Manifest | None = None
    runs: Mapping[int, Run] = field(default_factory=dict)
    tracks: dict[int, Track] = field(
        default_factory=lambda: {lead: Track((), lead) for lead in LEADS}
    )
    record: Record = field(default_factory=Record)

    @property
    def version(self) -> int | None:
        """Version of the model; None for the naive forecasts."""
        return None if self.manifest is None else self.manifest.version

    def outputs(self, known: Known, origins: Origins) -> Outputs:
        """Return what the model answers at each of these origins.

        Raises:
            ManifestError: It does not answer as it should.
        """
        scale = scale_kw(origins)[:, None, None]
        found: dict[int, NDArray[np.float32]] = {}
        for lead in LEADS:
            shape = len(origins), lead, len(self.tracks[lead].members)
            if lead not in self.runs:
                found[lead] = np.full(shape, np.nan, dtype=np.float32)
            elif self.manifest and self.manifest.promise.kind is Kind.SEED_FOREST:
                said = _seed_answers(self.runs[lead], known, origins).reshape(shape)
                found[lead] = (said / scale).astype(np.float32)
            else:
                make = next_hour_rows if lead == 1 else day_ahead_rows
                rows = make(origins, known.site.calendar)
                found[lead] = self.runs[lead](rows).reshape(shape)
        return found

    def say(self, known: Known, origins: Origins, outputs: Outputs) -> Said | None:
        """Return the forecast of one origin; None where nothing is known of its week.

        Raises:
            ManifestError: It is no number.
        """
        calendar = known.site.calendar
        made = [
            self.tracks[lead].predict(origins, calendar, outputs[lead][0])
            for lead in LEADS
        ]
        next_hour, day_ahead = made
        if next_hour is None or day_ahead is None:
            return None
        for each in (next_hour, day_ahead):
            told = np.stack((each.mean_kw, each.p10_kw, each.p50_kw, each.p90_kw))
            if not np.isfinite(told).all():
                raise ManifestError("the forecast is no number")
        return Said(next_hour, day_ahead)

    def keep(self, said: Said) -> None:
        """Remember a forecast until its hours have been measured."""
        self.tracks[1].keep(said.next_hour)
        self.tracks[24].keep(said.day_ahead)
        self.record.keep(
            Made(
                said.next_hour.origin_s,
                float(said.next_hour.mean_kw[0]),
                said.day_ahead.mean_kw,
            )
        )

    def judge(self, known: Known, at_s: int) -> None:
        """Learn from the hours before `at_s`, which is an origin of kept forecasts."""
        past_kw = known.past_kw(np.array([at_s]), _JUDGED_HOURS)[0, ::-1]
        start_s = at_s - HOUR_S * np.arange(_JUDGED_HOURS, 0, -1, dtype=np.int64)
        for track in self.tracks.values():
            track.judge(start_s, past_kw)
        self.record.forget_after(at_s)
        self.record.judge(zip(start_s.tolist(), past_kw.tolist(), strict=True))

    def take_tracks(self, parts: Mapping[str, bytes]) -> None:
        """Take up tracks, and the record if there is one.

        Raises:
            ManifestError: They are not this model's.
        """
        names = {1: Part.NEXT_HOUR_TRACK, 24: Part.DAY_AHEAD_TRACK}
        for lead, name in names.items():
            if name not in parts:
                continue
            try:
                track = Track.from_bytes(parts[name])
            except TrackError as error:
                raise ManifestError(str(error)) from error
            if track.lead_hours != lead or track.members != self._members(lead):
                raise ManifestError(f"{name} is the track of another model")
            self.tracks[lead] = track
        if "record" in parts:
            try:
                self.record = Record.from_bytes(parts["record"])
            except ValueError as error:
                raise ManifestError(str(error)) from error

    def kept(self) -> dict[str, bytes]:
        """Return tracks and record, as `take_tracks` wants them."""
        return {
            Part.NEXT_HOUR_TRACK: self.tracks[1].to_bytes(),
            Part.DAY_AHEAD_TRACK: self.tracks[24].to_bytes(),
            "record": self.record.to_bytes(),
        }

    def anew(self) -> Self:
        """Return the same model with tracks as they are now and an empty record."""
        copies = {
            lead: Track.from_bytes(track.to_bytes())
            for lead, track in self.tracks.items()
        }
        return type(self)(self.manifest, self.runs, copies, Record())

    def _members(self, lead: int) -> tuple[str, ...]:
        if self.manifest is None:
            return ()
        promise = self.manifest.promise
        horizon = promise.next_hour if lead == 1 else promise.day_ahead
        return () if horizon is None else horizon.members


def _seed_answers(run: Run, known: Known, origins: Origins) -> NDArray[np.float32]:
    """Return what the forest says in kW; NaN where one of its features is not known."""
    indoor_c, occupied = known.seed_climate(origins.at_s)
    last_kw = origins.load_kw[:, 0]
    zone = known.site.calendar.zone
    rows = seed_next_hour_rows(origins.at_s, zone, indoor_c, occupied, last_kw)
    complete = np.isfinite(rows).all(axis=1)
    answers = np.full(len(rows), np.nan, dtype=np.float32)
    if complete.any():
        answers[complete] = run(rows[complete])[:, 0]
    return answers


def hours_before(at_s: int, count: int) -> Instants:
    """Return the `count` instants whole hours before `at_s`, the earliest first."""
    return at_s - HOUR_S * np.arange(count, 0, -1, dtype=np.int64)
