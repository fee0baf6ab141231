"""Walking through a test period as if it were lived: only the past is ever known."""

from collections.abc import Callable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass

import numpy as np

from cloud.forecasting.lesson import WEEK_S, Lesson, lessons
from cloud.forecasting.living import lived
from cloud.forecasting.pool import processes
from cloud.forecasting.series import Series
from contract.origins import Floats, Instants
from contract.track import Forecast, Track

Progress = Callable[[float], None]
"""Is told the share of the work that is done, 0 to 1, now and then."""


@dataclass(frozen=True, slots=True)
class Walk:
    """The forecasts of one building, origins × lead hours.

    Attributes:
        name: Of the series.
        origin_s: When they were made: each hour for the next hour, each local midnight
            for 24 hours. [s since 1970 UTC]
        mean_kw: The one value to use where one is needed.
        left_out: In words what was not trained on, or why there is no forecast.
    """

    name: str
    origin_s: Instants
    mean_kw: Floats
    p10_kw: Floats
    p50_kw: Floats
    p90_kw: Floats
    left_out: tuple[str, ...]


def forecast(
    site: Sequence[Series],
    train_until_s: int,
    lead_hours: int,
    *,
    own_days: int | None = None,
    progress: Progress | None = None,
) -> list[Walk]:
    """Return the forecasts of all buildings of a site from `train_until_s` on.

    Models are trained on what is over before that instant, then again each week on what
    has been measured since.

    Args:
        site: Series of buildings that may learn from each other.
        train_until_s: End of the training. [s since 1970 UTC]
        lead_hours: 1 or 24.
        own_days: Where given, a cold start: each building in turn is forecast by what
            the others taught, and of its own it has this many days before each origin.
        progress: Is told how far the work is.
    """
    taught = lessons(site, train_until_s, lead_hours, own_days)
    found: dict[int, Walk] = {}
    with processes(len(taught)) as pool:
        futures = {pool.submit(_walk, each): at for at, each in enumerate(taught)}
        for done in as_completed(futures):
            found[futures[done]] = done.result()
            if progress is not None:
                progress(len(found) / len(taught))
    return [found[place] for place in range(len(taught))]


def _walk(lesson: Lesson) -> Walk:
    """Return one building's forecasts; those of the warm-up are not told."""
    track = Track((), lesson.own.lead_hours)
    made: list[Forecast] = []
    for week_s in lesson.weeks():
        members = lesson.members(week_s)
        track = track.with_members(() if members is None else members.names)
        span_s = week_s, week_s + WEEK_S
        made += lived(lesson.series, lesson.own, track, members, span_s)
    told = [each for each in made if each.origin_s >= lesson.from_s]
    return _collected(lesson, told, lesson.own.lead_hours)


def _collected(lesson: Lesson, made: Sequence[Forecast], lead_hours: int) -> Walk:
    def rows(values: list[Floats]) -> Floats:
        return np.array(values, dtype=np.float64).reshape(-1, lead_hours)

    return Walk(
        lesson.series.name,
        np.array([each.origin_s for each in made], dtype=np.int64),
        rows([each.mean_kw for each in made]),
        rows([each.p10_kw for each in made]),
        rows([each.p50_kw for each in made]),
        rows([each.p90_kw for each in made]),
        lesson.left_out,
    )
