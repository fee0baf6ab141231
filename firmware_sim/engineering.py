"""The Engineering Complex (T1): fifteen meters in three zones and a 50 kW PV roof."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from firmware_sim.draws import Floats, Stream, between, uniform
from firmware_sim.solar import SolarArray

SITE: Final = "engineering-complex"
TIMEZONE: Final = "Asia/Kolkata"
STEP_MS: Final = 60_000
_INTERVALS_PER_HOUR: Final = 4
_HOURS_PER_STEP: Final = 1 / 60
_INTERVAL_STEPS: Final = 15
_SATURDAY: Final = 5
_SPREAD: Final = 0.03
_KEPT_STEPS: Final = 100_000

HOLIDAYS: Final = frozenset({(1, 1), (1, 26), (5, 1), (8, 15), (10, 2), (12, 25)})
"""Month and day of the days on which the complex stays closed."""


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone of five meters.

    Attributes:
        base_kwh: Consumption of the whole zone in a quarter-hour at full schedule.
        peak: First and last-plus-one local hour of its peak.
    """

    slug: str
    name: str
    base_kwh: float
    peak: tuple[int, int]


ZONES: Final = (
    Zone("classroom", "Classrooms", 2.5, (9, 16)),
    Zone("laboratory", "Laboratories", 4.2, (8, 18)),
    Zone("faculty-office", "Faculty offices", 1.8, (8, 17)),
)
METERS_PER_ZONE: Final = 5
METERS: Final = len(ZONES) * METERS_PER_ZONE
_SHARES: Final = np.array([0.24, 0.22, 0.20, 0.18, 0.16])

# S4's daily pattern (8.5 kWh at 09:00 is the three bases' sum, so a factor of 1) is
# met at its six hours by schedule × HVAC.
_PEAK: Final = ([8, 9, 12, 15, 18], [0.90, 1.0, 1.205, 1.277, 1.20])
_OPEN: Final = ([6, 8, 17, 18, 21, 22], [0.29, 0.50, 0.70, 0.655, 0.396, 0.35])
_HVAC: Final = ([6, 9, 12, 15, 18, 21], [0.85, 1.0, 1.25, 1.40, 1.15, 0.95])
_CLOSED: Final = 0.12


def meter_id(number: int) -> str:
    """Return the id of meter 1 to 15."""
    return f"ENG_{number:03d}"


def node(number: int) -> str:
    """Return the node of meter 1 to 15, below the complex."""
    zone = ZONES[(number - 1) // METERS_PER_ZONE]
    return f"{zone.slug}/eng-{number:03d}"


def is_open(local: datetime) -> bool:
    """Return whether the complex is open: weekdays 06–22, weekends 08–18."""
    if is_holiday(local.date()):
        return False
    weekend = local.weekday() >= _SATURDAY
    return 8 <= local.hour < 18 if weekend else 6 <= local.hour < 22


def is_holiday(day: date) -> bool:
    """Return whether the complex is closed all day."""
    return (day.month, day.day) in HOLIDAYS


def schedule_factor(zone: Zone, local: datetime) -> float:
    """Return what share of its base a zone uses, before the HVAC."""
    if not is_open(local):
        return _CLOSED
    hour = local.hour + local.minute / 60
    in_peak = zone.peak[0] <= local.hour < zone.peak[1]
    curve = _PEAK if in_peak and local.weekday() < _SATURDAY else _OPEN
    return float(np.interp(hour, *curve))


def hvac_factor(local: datetime) -> float:
    """Return how the HVAC raises or lowers consumption; 1 while closed."""
    if not is_open(local):
        return 1.0
    return float(np.interp(local.hour + local.minute / 60, *_HVAC))


class EngineeringComplex:
    """Fifteen loads and the PV array, in exact steps of 60 seconds."""

    def __init__(self, seed: int, holidays: Sequence[date] = ()) -> None:
        self.solar = SolarArray(seed)
        self.load_kw = np.zeros(METERS)
        self.solar_kw = 0.0
        self.generated_kwh = 1000.0
        self._seed = seed
        self._holidays = frozenset(holidays)
        self._zone = ZoneInfo(TIMEZONE)
        self._key = np.arange(1, METERS + 1)
        start = uniform(seed, Stream.COUNTER_START, 10_000 + self._key, 0)
        self.import_kwh: Floats = np.floor(start * 500)
        self._step: int | None = None
        self._interval: tuple[int, Floats] | None = None
        self._kept: dict[int, tuple[float, float]] = {}

    @property
    def step(self) -> int:
        """Number of the current minute since 1970 UTC."""
        if self._step is None:
            raise RuntimeError("the complex has not been advanced yet")
        return self._step

    def advance(self, to_ms: int) -> None:
        """Go on to the step that holds `to_ms`; every step between is integrated."""
        last = to_ms // STEP_MS
        if self._step is None:
            self._play(last)
        while self.step < last:
            self.import_kwh += self.load_kw * _HOURS_PER_STEP
            self.generated_kwh += self.solar_kw * _HOURS_PER_STEP
            self._play(self.step + 1)

    def truth(self, at_ms: int) -> dict[str, object] | None:
        """Return load and production of the step at `at_ms`, if it is still kept."""
        step = at_ms // STEP_MS
        if step not in self._kept:
            return None
        complex_kw, solar_kw = self._kept[step]
        return {
            "at_ms": step * STEP_MS,
            "complex_kw": complex_kw,
            "solar_kw": solar_kw,
        }

    def steps_ms(self) -> list[int]:
        """Return the steps whose truth is kept, oldest first."""
        return [step * STEP_MS for step in self._kept]

    def interval_kwh(self, at: datetime) -> Floats:
        """Return what each meter uses in the quarter-hour that holds `at`."""
        local = at.astimezone(self._zone)
        local = local.replace(minute=local.minute // 15 * 15, second=0, microsecond=0)
        factors = [_factor(zone, local, self._holidays) for zone in ZONES]
        usual = np.outer(
            [zone.base_kwh * f for zone, f in zip(ZONES, factors, strict=True)], _SHARES
        ).ravel()
        moment = int(local.timestamp()) // 900
        draw = uniform(self._seed, Stream.CONSUMPTION, self._key, moment)
        return usual * between(1 - _SPREAD, 1 + _SPREAD, draw)

    def _play(self, step: int) -> None:
        at = datetime.fromtimestamp(step * 60, UTC)
        interval = step // _INTERVAL_STEPS
        if self._interval is None or self._interval[0] != interval:
            self._interval = interval, self.interval_kwh(at)
        self.load_kw = self._interval[1] * _INTERVALS_PER_HOUR
        self.solar_kw = self.solar.power_kw(at)
        self._step = step
        self._kept[step] = float(self.load_kw.sum()), self.solar_kw
        if len(self._kept) > _KEPT_STEPS:
            del self._kept[next(iter(self._kept))]


def _factor(zone: Zone, local: datetime, holidays: frozenset[date]) -> float:
    if local.date() in holidays:
        return _CLOSED
    return schedule_factor(zone, local) * hvac_factor(local)
