"""The members of a model: different ways to say the load that follows, scale-free."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor

from cloud.forecasting.filling import Filling, Rows, filling_of
from cloud.forecasting.ridge import HourlyRidge, fit_ridge
from cloud.forecasting.trees import boosting, extra_trees
from contract.features import DAY_AHEAD, NEXT_HOUR
from contract.origins import Floats


@dataclass(frozen=True, slots=True)
class Member:
    """Trees.

    Attributes:
        corrects_line: Whether what they say is added to the line.
    """

    name: str
    model: ExtraTreesRegressor | HistGradientBoostingRegressor
    corrects_line: bool = False

    @property
    def reads_unknown(self) -> bool:
        """Whether the trees know a way for what is not known."""
        return isinstance(self.model, HistGradientBoostingRegressor)


@dataclass(frozen=True, slots=True)
class SiteMembers:
    """Members that were trained on all nodes of a site."""

    filling: Filling
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """Trained members; the first one is the line itself.

    Attributes:
        columns: Names of the columns of a row.
        shared: What the nodes of the site share, if they do.
    """

    columns: tuple[str, ...]
    filling: Filling
    ridge: HourlyRidge
    own: tuple[Member, ...]
    shared: SiteMembers | None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns of what `predict` returns."""
        shared = () if self.shared is None else self.shared.members
        return (RIDGE, *(each.name for each in (*self.own, *shared)))

    def predict(self, rows: Rows) -> Floats:
        """Return what each member says, rows × members."""
        line = self.ridge.predict(self.filling(rows), hours(rows, self.columns))
        said = [line, *_said(self.own, self.filling, rows, line)]
        if self.shared is not None:
            said += _said(self.shared.members, self.shared.filling, rows, line)
        return np.column_stack(said)


RIDGE: Final = "ridge"
HOUR: Final = "hour"
_LAST_HOUR: Final = 23


def hours(rows: Rows, columns: Sequence[str]) -> NDArray[np.int64]:
    """Return the hour on the wall of each row, 0 to 23."""
    hour = np.nan_to_num(rows[:, columns.index(HOUR)])
    return np.clip(hour, 0, _LAST_HOUR).astype(np.int64)


def fit_members(
    rows: Rows, target: Floats, lead_hours: int, shared: SiteMembers | None = None
) -> Members:
    """Return members trained on `rows`, of which no target is unknown."""
    columns = columns_of(lead_hours)
    filling = filling_of(rows)
    known, filled = filling.known(rows), filling(rows)
    hour = hours(rows, columns)
    ridge = fit_ridge(filled, target, hour)
    own = [
        Member("boosting", boosting(known, target)),
        Member("extra_trees", extra_trees(filled, target)),
    ]
    if lead_hours == 1:
        missed = target - ridge.predict(filled, hour)
        corrects = boosting(known, missed, rounds=80, leaves=8, rate=0.05)
        own.append(Member("ridge_and_boosting", corrects, corrects_line=True))
    return Members(columns, filling, ridge, tuple(own), shared)


def fit_site(rows: Rows, target: Floats) -> SiteMembers:
    """Return the members that all nodes of a site share."""
    filling = filling_of(rows)
    boosted = boosting(filling.known(rows), target, rounds=200, leaves=31, rate=0.05)
    return SiteMembers(filling, (Member("site_boosting", boosted),))


def columns_of(lead_hours: int) -> tuple[str, ...]:
    """Return the names of the columns of rows for so many lead hours."""
    return NEXT_HOUR if lead_hours == 1 else DAY_AHEAD


def _said(
    members: Sequence[Member], filling: Filling, rows: Rows, line: Floats
) -> list[Floats]:
    known, filled = filling.known(rows), filling(rows)
    return [
        each.model.predict(known if each.reads_unknown else filled)
        + (line if each.corrects_line else 0.0)
        for each in members
    ]
