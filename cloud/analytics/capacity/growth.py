"""How monthly peaks grow: many ways they could go on, drawn from what they were."""

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NOISE: Final = (0.03, 0.06, 0.12, 0.2)
_WANDER: Final = (0.01, 0.03, 0.08)
_SEASON: Final = (0.05, 0.12, 0.3)
_LEVEL: Final = 1.0
_GROWTH: Final = 0.04
_SEVERAL: Final = 6
_ODD: Final = 3.5
_ODD_NOISE: Final = 5.0


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the parts of a peak's logarithm are, as standard deviations.

    Attributes:
        noise: Of a month by itself.
        wander: Of the step that the level makes from month to month.
        season: Of the difference that the time of year makes.
    """

    noise: float
    wander: float
    season: float


TYPICAL: Final = Sizes(0.04, 0.02, 0.1)


@dataclass(frozen=True, slots=True)
class Peaks:
    """Logarithms of monthly peaks.

    Attributes:
        at: Month of each, counted from any January on, ascending.
        logs: Logarithm of its peak, less `centre`.
        odd: How much noisier than others each is.
    """

    at: Floats
    logs: Floats
    centre: float
    odd: Floats


def peaks(at: Floats, peak_kw: Floats) -> Peaks:
    """Return the peaks, those that fit none of the others marked as odd."""
    logs = np.log(peak_kw)
    centre = float(np.median(logs))
    plain = Peaks(at, logs - centre, centre, np.ones(len(at)))
    if len(at) < _SEVERAL:
        return plain
    inverse = np.linalg.inv(_covariance(plain, TYPICAL))
    certain = np.diag(inverse)  # each against all others (Rasmussen, Williams: 5.12)
    apart = np.abs(inverse @ plain.logs) / np.sqrt(certain)
    odd = np.where(apart > _ODD, _ODD_NOISE, 1.0)
    return Peaks(at, plain.logs, centre, odd)


def drawn(
    known: Peaks, count: int, rng: Generator, draws: int
) -> tuple[Floats, Floats]:
    """Return peaks of the next `count` months [kW], and yearly growth, drawn together.

    The logarithm of a peak is a level, a growth, a season of the year, a slow
    wandering and noise (a structural time series, Harvey 1989), as a Gaussian process
    (Rasmussen and Williams 2006, chapter 2). How large each part is, is averaged over
    what the months make likely, so that few months give wide intervals.
    """
    sizes = [Sizes(*each) for each in product(_NOISE, _WANDER, _SEASON)]
    fits = np.array([_likelihood(known, each) for each in sizes])
    weights = np.exp(fits - fits.max())
    picked = rng.multinomial(draws, weights / weights.sum())
    parts = [
        _draw(known, each, count, int(times), rng)
        for each, times in zip(sizes, picked, strict=True)
        if times
    ]
    together = np.concatenate(parts)
    return np.exp(together[:, :-1] + known.centre), together[:, -1]


def _draw(known: Peaks, sizes: Sizes, count: int, draws: int, rng: Generator) -> Floats:
    """Return logarithms of the months to come, with the growth in a last column."""
    ahead = known.at[-1] + 1 + np.arange(count)
    inverse = np.linalg.inv(_covariance(known, sizes))
    across = np.vstack(
        (_shared(ahead, known.at, sizes, known.at[0]), _growing(known.at, known.at[0]))
    )
    own = np.zeros((count + 1, count + 1))
    own[:-1, :-1] = _shared(ahead, ahead, sizes, known.at[0])
    own[:-1, :-1] += sizes.noise**2 * np.eye(count)
    own[-1, :-1] = own[:-1, -1] = _growing(ahead, known.at[0])
    own[-1, -1] = _GROWTH**2
    mean = across @ inverse @ known.logs
    spread = own - across @ inverse @ across.T
    root = np.linalg.cholesky(spread + 1e-9 * np.eye(count + 1))
    made: Floats = mean + rng.normal(size=(draws, count + 1)) @ root.T
    return made


def _likelihood(known: Peaks, sizes: Sizes) -> float:
    root = np.linalg.cholesky(_covariance(known, sizes))
    scaled = np.linalg.solve(root, known.logs)
    return float(-0.5 * scaled @ scaled - np.log(np.diag(root)).sum())


def _covariance(known: Peaks, sizes: Sizes) -> Floats:
    noise = np.diag((sizes.noise * known.odd) ** 2)
    return _shared(known.at, known.at, sizes, known.at[0]) + noise


def _shared(left: Floats, right: Floats, sizes: Sizes, origin: float) -> Floats:
    """Return what months have in common: level, growth, season and wandering."""
    apart = 2 * np.pi * (left[:, None] - right[None, :]) / 12
    season = sizes.season**2 * (np.cos(apart) + 0.25 * np.cos(2 * apart))
    from_origin = left[:, None] - origin, right[None, :] - origin
    grown = _GROWTH**2 * from_origin[0] * from_origin[1] / 144
    shared: Floats = (
        _LEVEL**2 + season + grown + sizes.wander**2 * np.minimum(*from_origin)
    )
    return shared


def _growing(at: Floats, origin: float) -> Floats:
    """Return what months have in common with the yearly growth."""
    grown: Floats = _GROWTH**2 * (at - origin) / 12
    return grown
