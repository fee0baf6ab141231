"""How soon an injected drift is found, and how often one that is not there."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.random import Generator

from cloud.analytics.maintenance import battery, hvac, pv
from cloud.analytics.maintenance.baseline import Duty
from cloud.analytics.maintenance.course import Course, Watch, followed
from cloud.analytics.maintenance.robust import Bools, Floats
from cloud.analytics.maintenance.simulated import battery as batteries
from cloud.analytics.maintenance.simulated import hvac as machines
from cloud.analytics.maintenance.simulated import pv as arrays
from cloud.analytics.maintenance.simulated.weather import YEAR, Weather, weather

DRIFT: Final = 0.15
RAMPS_DAYS: Final = (1, 30, 90)
"""The drift comes at once, in a month, in a quarter."""
KINDS: Final = ("hvac", "hvac_unmetered", "pv", "pv_modelled", "battery")

_SOON_DAYS: Final = 30
_LEAST_HISTORY: Final = 60
_FIRST_BASELINE: Final = 28
_ACTIVE: Final = 20
_REDRAWS: Final = 200

Life = Callable[[Floats], tuple[Duty, Watch, Bools]]
"""What is measured of an asset of which a fault leaves so much, day by day."""


@dataclass(frozen=True, slots=True)
class Draw:
    """One asset, with and without a drift.

    Attributes:
        days: How long it was followed.
        onset: Day on which the drift begins.
        false: Findings where nothing drifts.
        delays: Days from the onset to the finding, by how long the drift took to
            come; None where it was not found.
        courses: The courses, by the same; 0 without a drift.
    """

    days: int
    onset: int
    false: int
    delays: dict[int, int | None]
    courses: dict[int, Course]


@dataclass(frozen=True, slots=True)
class Score:
    """How the findings did for one kind of asset.

    Attributes:
        soon: Share found within 30 days of the onset, by days the drift took to come.
        soon_full: Share found within 30 days of the drift's being whole.
        median_days: Median delay from the onset; None if half are not found.
        false_per_year: False findings per asset and year.
        most_false: Share of the assets with more than one false finding a year.
    """

    kind: str
    draws: int
    soon: dict[int, float]
    soon_full: dict[int, float]
    median_days: dict[int, float | None]
    false_per_year: float
    most_false: float


def draws(
    kind: str, count: int, seed: int, measured_c: Floats | None = None
) -> Iterator[Draw]:
    """Yield assets of a kind, each drawn by its own number.

    Each is followed for two months to a year, then for another year in which its
    drift begins, on a day after which it works for 20 days of 30.

    Args:
        measured_c: Measured temperature, 24 hours for each day, in place of a drawn.
    """
    for number in range(count):
        rng = np.random.default_rng([seed, KINDS.index(kind), number])
        yield _draw(kind, rng, measured_c)


def score(kind: str, drawn: Sequence[Draw]) -> Score:
    """Return how the findings did."""
    years = [(draw.days - _FIRST_BASELINE) / YEAR for draw in drawn]
    rates = [draw.false / time for draw, time in zip(drawn, years, strict=True)]

    def share(ramp: int, within: int) -> float:
        found = [draw.delays[ramp] for draw in drawn]
        soon = [delay is not None and delay <= within for delay in found]
        return float(np.mean(soon))

    def median(ramp: int) -> float | None:
        found = [draw.delays[ramp] for draw in drawn]
        middle = float(np.median([np.inf if d is None else d for d in found]))
        return middle if np.isfinite(middle) else None

    return Score(
        kind,
        len(drawn),
        {ramp: share(ramp, _SOON_DAYS) for ramp in RAMPS_DAYS},
        {ramp: share(ramp, _SOON_DAYS + ramp - 1) for ramp in RAMPS_DAYS},
        {ramp: median(ramp) for ramp in RAMPS_DAYS},
        sum(draw.false for draw in drawn) / sum(years),
        float(np.mean([rate > 1 for rate in rates])),
    )


def _draw(kind: str, rng: Generator, measured_c: Floats | None) -> Draw:
    history = int(rng.integers(_LEAST_HISTORY, YEAR + 1))
    count = history + YEAR
    onsets: list[int] = []
    life = _life(kind, rng, weather(rng, count, measured_c))
    sound = life(np.ones(count))
    for _ in range(_REDRAWS):
        onsets = _onsets(sound[2], history)
        if onsets:
            break
        life = _life(kind, rng, weather(rng, count, measured_c))
        sound = life(np.ones(count))
    onset = int(rng.choice(onsets))
    courses = {0: followed(*sound[:2])}
    for ramp in RAMPS_DAYS:
        grown = np.clip((np.arange(count) - onset + 1) / ramp, 0.0, 1.0)
        courses[ramp] = followed(*life(1 - DRIFT * grown)[:2])
    delays = {ramp: _delay(courses[ramp], onset) for ramp in RAMPS_DAYS}
    return Draw(count, onset, len(courses[0].rises), delays, courses)


def _onsets(active: Bools, history: int) -> list[int]:
    """Return the days on which a drift may begin; none for an asset hardly used."""
    if active[:history].sum() < _LEAST_HISTORY * 3 // 4:
        return []
    return [
        day
        for day in range(history, len(active) - _SOON_DAYS)
        if active[day : day + _SOON_DAYS].sum() >= _ACTIVE
    ]


def _delay(course: Course, onset: int) -> int | None:
    after = [rise.found - onset for rise in course.rises if rise.found >= onset]
    return after[0] if after else None


def _life(kind: str, rng: Generator, days: Weather) -> Life:
    """Return an asset's life, the same but for the fault whenever it is asked."""
    machine = machines.machine(rng)
    state = rng.bit_generator.state

    def life(left: Floats) -> tuple[Duty, Watch, Bools]:
        rng.bit_generator.state = state
        if kind == "battery":
            held, active = batteries.lived(rng, days, left)
            return battery.capacity_duty(held), battery.CAPACITY, active
        if kind.startswith("pv"):
            made, active = arrays.lived(rng, days, left, is_sensed=kind == "pv")
            return pv.duty(made), made.watch, active
        metered = replace(machine, is_metered=kind == "hvac")
        took, active = machines.lived(rng, metered, days, 1 / left)
        return hvac.duty(took), took.watch, active

    return life
