"""Which members a building gets, by how much is known of it and of its neighbours."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from cloud.forecasting.members import Members, SiteMembers, fit_members, fit_site
from cloud.forecasting.series import HOUR_S
from cloud.forecasting.table import Table, together

FEWEST_ROWS: Final = 14 * 24
"""Known hours without which a building has no members of its own."""
MOST_SITE_ROWS: Final = 60_000
"""Rows of a site's shared member; more are thinned."""
MOST_TAUGHT_ROWS: Final = 20_000
"""Rows of the neighbours that the members of a young building are trained on."""

_OWN_TIMES: Final = 6  # how often a young building's own rows count


def site_members(
    tables: Sequence[Table], until_s: int, most_rows: int = MOST_SITE_ROWS
) -> SiteMembers | None:
    """Return what the buildings of a site teach together, if there are several."""
    taught = [each for each in tables if _rows(each, until_s) >= FEWEST_ROWS]
    if len(taught) < 2:
        return None
    return fit_site(*together(taught, until_s, most_rows))


def own_members(
    own: Table,
    until_s: int,
    shared: SiteMembers | None,
    fewest_rows: int = FEWEST_ROWS,
) -> Members | None:
    """Return members trained on a building's own past, if there is enough of it."""
    rows, target = own.over_before(until_s)
    if len(target) < fewest_rows:
        return None
    return fit_members(rows, target, own.lead_hours, shared)


def taught_members(
    neighbours: Sequence[Table], until_s: int, own: Table
) -> Members | None:
    """Return members that a young building shares with its neighbours.

    What is known of the building itself counts for more.
    """
    taught = [each for each in neighbours if _rows(each, until_s) >= FEWEST_ROWS]
    if not taught:
        return None
    rows, target = together(taught, until_s, MOST_TAUGHT_ROWS)
    own_rows, own_target = own.over_before(until_s)
    return fit_members(
        np.vstack((rows, np.tile(own_rows, (_OWN_TIMES, 1)))),
        np.concatenate((target, np.tile(own_target, _OWN_TIMES))),
        own.lead_hours,
    )


def _rows(of: Table, until_s: int) -> int:
    is_over = of.at_s + of.lead_hours * HOUR_S <= until_s
    return int(np.isfinite(of.target[is_over]).sum())
