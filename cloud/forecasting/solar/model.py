"""The clearness of the hours to come, learnt from the array's own, with quantiles."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.impute import SimpleImputer

from cloud.forecasting.solar.bands import Bands, learnt
from cloud.forecasting.solar.clearness import FLOOR, Places
from cloud.forecasting.solar.rows import Past

Floats = NDArray[np.float64]
Foreseen = Callable[[Places, Places], Floats]
"""Returns what is forecast of the irradiance, by origins and targets."""

FEWEST_ROWS: Final = 150
"""Daylight hours without which nothing is learnt: about two weeks."""
GROUPS: Final = ((1, 1), (2, 4), (5, 24))
"""Lead hours that are forecast alike, from the first to the last."""
ALL: Final = range(len(GROUPS))

_LEADS: Final = (
    ((1,),),
    ((2,), (3,), (4,)),
    ((5, 8, 11), (14, 17, 20), (23, 6, 9), (12, 15, 18), (21, 24, 7)),
)
"""Leads to learn each target with: the sets take turns from hour to hour."""
_HIGHEST: Final = 1.6
_TREES: Final = 30
_SPLITS: Final = (0.4, 0.6, 0.8, 1.0)
_DAY_H: Final = 24
_WEEK_H: Final = 168


@dataclass(frozen=True, slots=True)
class Forests:
    """Two views of the same hours: how clear it will be, how much will be made."""

    imputer: SimpleImputer
    by_clearness: ExtraTreesRegressor
    by_power: ExtraTreesRegressor

    def clearness(self, rows: Floats, scale: Floats) -> Floats:
        """Return the mean of what both say of the clearness."""
        known = self.imputer.transform(rows)
        power = self.by_power.predict(known) / scale
        mean: Floats = (self.by_clearness.predict(known) + power) / 2
        return mean


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model for each group of lead hours, and how far each is off."""

    models: Mapping[int, Forests]
    bands: Mapping[int, Bands]

    def forecast(
        self, past: Past, origin: Places, target: Places, foreseen: Floats
    ) -> tuple[Floats, Floats]:
        """Return the means and the 10, 50 and 90 % quantiles of what will be made.

        Both as a share of the capacity; the quantiles are columns.
        """
        rows = past.rows(origin, target, foreseen)
        expected = np.maximum(past.production.expected(origin, target), 0.0)
        scale = np.maximum(expected, FLOOR)
        mean, quantiles = np.zeros(len(rows)), np.zeros((len(rows), 3))
        lead = target - origin + 1
        for group, model in self.models.items():
            first, last = GROUPS[group]
            here = (lead >= first) & (lead <= last)
            if here.any():
                clearness = model.clearness(rows[here], scale[here])
                mean[here] = clearness * scale[here]
                around = self.bands[group].around(clearness)
                quantiles[here] = around * scale[here, None]
        return past.lit(target, mean), past.lit(target, quantiles)


def learn(
    past: Past, foreseen: Foreseen, end: int, groups: Collection[int] = ALL
) -> Learnt | None:
    """Return what the hours before place `end` teach; None if there are too few.

    How far it is off is told by forecasts of what came after all they learnt from.

    Args:
        groups: Places in `GROUPS` of the lead hours that will be asked for.
    """
    known = np.isfinite(past.production.made[:end]) & past.sky.is_day[:end]
    targets = np.flatnonzero(known)
    targets = targets[targets >= _WEEK_H]
    if len(targets) < FEWEST_ROWS:
        return None
    models, bands = {}, {}
    for group in groups:
        origin, target = _pairs(targets, _LEADS[group])
        rows = past.rows(origin, target, foreseen(origin, target))
        scale = np.maximum(past.production.expected(origin, target), FLOOR)
        clearness = np.clip(past.production.made[target] / scale, 0.0, _HIGHEST)
        unseen = _unseen(rows, clearness, scale, target, group)
        models[group] = _fitted(rows, clearness, scale, group)
        tried = np.isfinite(unseen)
        bands[group] = learnt(unseen[tried], clearness[tried])
    return Learnt(models, bands)


def _pairs(targets: Places, sets: tuple[tuple[int, ...], ...]) -> tuple[Places, Places]:
    turn = (targets + targets // _DAY_H) % len(sets)
    pairs = [
        (targets[turn == place], lead)
        for place, leads in enumerate(sets)
        for lead in leads
    ]
    origin = np.concatenate([target - lead + 1 for target, lead in pairs])
    return origin, np.concatenate([target for target, _ in pairs])


def _unseen(
    rows: Floats, clearness: Floats, scale: Floats, target: Places, group: int
) -> Floats:
    """Return forecasts of later rows by models that were shown only earlier ones.

    NaN for the first part, which no model could be shown enough before.
    """
    found = np.full(len(rows), np.nan)
    edges = np.quantile(target, _SPLITS)
    for first, last in pairwise(edges.tolist()):
        shown, tested = target < first - _DAY_H, (target >= first) & (target <= last)
        model = _fitted(rows[shown], clearness[shown], scale[shown], group)
        found[tested] = model.clearness(rows[tested], scale[tested])
    return found


def _fitted(rows: Floats, clearness: Floats, scale: Floats, group: int) -> Forests:
    """Return forests of the clearness and of the power.

    Where they learn clearness, bright hours weigh as much as they can err.
    """
    imputer = SimpleImputer(add_indicator=True, keep_empty_features=True)
    known = imputer.fit_transform(rows)
    leaf = 6 if group == 0 else 12
    by_clearness = _forest(leaf).fit(known, clearness, sample_weight=scale**2)
    by_power = _forest(leaf).fit(known, clearness * scale)
    return Forests(imputer, by_clearness, by_power)


def _forest(leaf: int) -> ExtraTreesRegressor:
    return ExtraTreesRegressor(
        n_estimators=_TREES,
        min_samples_leaf=leaf,
        max_features=0.5,
        random_state=0,
        n_jobs=1,
    )
