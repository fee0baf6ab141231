"""The members of a model: different ways to say the load that follows, scale-free."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
from sklearn.linear_model import Ridge

from contract.origins import Floats

Rows = NDArray[np.float32]

RIDGE: Final = "ridge"
BOOSTING: Final = "boosting"
RESIDUAL: Final = "ridge_and_boosting"
TREES: Final = "extra_trees"
POOLED: Final = "site_boosting"
OWN: Final = (RIDGE, BOOSTING, RESIDUAL, TREES)
"""Members that every model has, in the order of their columns."""

_HOURS: Final = 24
_ALL_HOURS_PENALTY: Final = 30.0
_ONE_HOUR_PENALTY: Final = 300.0
_SMALLEST_LEAF: Final = 8  # rows
_MOST_LEAVES: Final = 1_000  # of a tree; more rows make larger leaves
_MARGIN: Final = 0.25  # of the range of targets, how far an answer may lie outside


@dataclass(frozen=True, slots=True)
class Filling:
    """What stands for the unknown: the column's mean, and a flag that it is unknown.

    Attributes:
        kept: Columns that were ever known.
        fill: Mean of each of them.
        flagged: Places within `kept` that are flagged where they are unknown.
    """

    kept: NDArray[np.int64]
    fill: NDArray[np.float32]
    flagged: NDArray[np.int64]

    def __call__(self, rows: Rows) -> Rows:
        """Return the rows without anything unknown, flags last."""
        kept = rows[:, self.kept]
        unknown = np.isnan(kept)
        flags = unknown[:, self.flagged].astype(np.float32)
        return np.hstack((np.where(unknown, self.fill, kept), flags))


@dataclass(frozen=True, slots=True)
class HourlyRidge:
    """A line for each hour of the day, drawn towards the line of all hours.

    Attributes:
        weights: 24 × columns after filling.
        low, high: Answers are cut off there, as a line knows no bounds.
    """

    weights: NDArray[np.float32]
    intercepts: NDArray[np.float32]
    low: float
    high: float

    def predict(self, filled: Rows, hour: NDArray[np.int64]) -> Floats:
        """Return what the line of each row's hour says."""
        said = np.einsum("ij,ij->i", filled, self.weights[hour], dtype=np.float64)
        cut: Floats = np.clip(said + self.intercepts[hour], self.low, self.high)
        return cut


@dataclass(frozen=True, slots=True)
class SiteBoosting:
    """Boosted trees that were trained on all nodes of a site.

    Attributes:
        kept: Columns that were ever known.
    """

    kept: NDArray[np.int64]
    model: HistGradientBoostingRegressor

    def predict(self, rows: Rows) -> Floats:
        """Return what it says of each row."""
        said: Floats = self.model.predict(rows[:, self.kept])
        return said


@dataclass(frozen=True, slots=True)
class Members:
    """Trained members.

    Attributes:
        hour_column: Where a row has the hour on the wall.
        pooled: Trained on all nodes of the site, if there is one.
    """

    filling: Filling
    hour_column: int
    ridge: HourlyRidge
    boosting: HistGradientBoostingRegressor
    residual: HistGradientBoostingRegressor
    trees: ExtraTreesRegressor
    pooled: SiteBoosting | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns of what `predict` returns."""
        return OWN if self.pooled is None else (*OWN, POOLED)

    def predict(self, rows: Rows) -> Floats:
        """Return what each member says, rows × members."""
        kept, filled = rows[:, self.filling.kept], self.filling(rows)
        line = self.ridge.predict(filled, hours(rows, self.hour_column))
        said = [
            line,
            self.boosting.predict(kept),
            line + self.residual.predict(kept),
            self.trees.predict(filled),
        ]
        if self.pooled is not None:
            said.append(self.pooled.predict(rows))
        return np.column_stack(said)


def hours(rows: Rows, hour_column: int) -> NDArray[np.int64]:
    """Return the hour on the wall of each row, 0 to 23."""
    hour = np.nan_to_num(rows[:, hour_column])
    return np.clip(hour, 0, _HOURS - 1).astype(np.int64)


def fit_members(
    rows: Rows,
    target: Floats,
    hour_column: int,
    pooled: SiteBoosting | None = None,
) -> Members:
    """Return members trained on `rows`, of which no target is unknown."""
    filling = _filling(rows)
    kept, filled = rows[:, filling.kept], filling(rows)
    hour = hours(rows, hour_column)
    ridge = _ridge(filled, target, hour)
    missed = target - ridge.predict(filled, hour)
    return Members(
        filling,
        hour_column,
        ridge,
        boosting=boosting(kept, target),
        residual=boosting(kept, missed, rounds=80, leaves=8),
        trees=ExtraTreesRegressor(
            24,
            min_samples_leaf=max(_SMALLEST_LEAF, len(rows) // _MOST_LEAVES),
            max_features=0.5,
            random_state=0,
            n_jobs=1,
        ).fit(filled, target),
        pooled=pooled,
    )


def fit_site(rows: Rows, target: Floats) -> SiteBoosting:
    """Return the member that all nodes of a site share."""
    kept = np.flatnonzero(np.isfinite(rows).any(axis=0))
    return SiteBoosting(kept, boosting(rows[:, kept], target, rounds=200, leaves=31))


def boosting(
    rows: Rows, target: Floats, rounds: int = 150, leaves: int = 15
) -> HistGradientBoostingRegressor:
    """Return boosted trees whose thresholds are float32, as the rows are.

    A threshold between two neighbouring float32 values is the same for every row as the
    lower of them; so ONNX, which has float32 only, goes the same way at each branch.
    """
    model = HistGradientBoostingRegressor(
        max_iter=rounds,
        max_leaf_nodes=leaves,
        learning_rate=0.05,
        max_features=0.3,
        random_state=0,
        early_stopping=False,
    ).fit(rows, target)
    for (tree,) in model._predictors:  # noqa: SLF001 thresholds are nowhere else
        exact = tree.nodes["num_threshold"]
        with np.errstate(over="ignore"):
            near = exact.astype(np.float32)
        below = np.nextafter(near, np.float32(-np.inf))
        tree.nodes["num_threshold"] = np.where(near > exact, below, near)
    return model


def _filling(rows: Rows) -> Filling:
    known = np.isfinite(rows)
    kept = np.flatnonzero(known.any(axis=0))
    total = np.where(known, rows, 0).sum(axis=0, dtype=np.float64)
    mean = total[kept] / known.sum(axis=0)[kept]
    flagged = np.flatnonzero(~known[:, kept].all(axis=0))
    return Filling(kept, mean.astype(np.float32), flagged)


def _ridge(filled: Rows, target: Floats, hour: NDArray[np.int64]) -> HourlyRidge:
    mean = filled.mean(axis=0, dtype=np.float64)
    deviation = filled.std(axis=0, dtype=np.float64)
    spread = np.where(deviation > 1e-6, deviation, np.inf)
    standard = (filled - mean) / spread
    common = Ridge(_ALL_HOURS_PENALTY).fit(standard, target)
    missed = target - common.predict(standard)
    weights = np.tile(common.coef_, (_HOURS, 1))
    intercepts = np.full(_HOURS, common.intercept_)
    for each in range(_HOURS):
        of_hour = hour == each
        if of_hour.any():
            own = Ridge(_ONE_HOUR_PENALTY).fit(standard[of_hour], missed[of_hour])
            weights[each] += own.coef_
            intercepts[each] += own.intercept_
    weights /= spread
    intercepts -= weights @ mean
    low, high = float(target.min()), float(target.max())
    margin = _MARGIN * (high - low)
    return HourlyRidge(
        weights.astype(np.float32),
        intercepts.astype(np.float32),
        low - margin,
        high + margin,
    )
