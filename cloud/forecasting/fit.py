"""Everything that a published forecast of one node consists of, from its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cloud.forecasting.fitted import (
    Fitted,
    Measured,
    ParityError,
    Part,
    TooLittleHistoryError,
)
from cloud.forecasting.graph import TOLERANCE, largest_difference, to_onnx
from cloud.forecasting.hourly import Learnable, learnable
from cloud.forecasting.living import errors_percent, lived
from cloud.forecasting.members import Members, SiteMembers, columns_of
from cloud.forecasting.quarter_course import quarter_shape
from cloud.forecasting.series import HOUR_S
from cloud.forecasting.table import Table, table
from cloud.forecasting.teaching import own_members, site_members, taught_members
from contract.calendar import DAY_S
from contract.origins import LEAD_HOURS, PAST_HOURS
from contract.track import Forecast, Track

FEWEST_HOURS: Final = 72
"""Known hours without which nothing is trained: three days."""
YOUNG_HOURS: Final = 42 * 24
"""A node of which less is known is taught by its neighbours as well."""
LIVED_DAYS: Final = 28
"""Days at the end that are lived once more, for the errors and the track."""

_FIRST_ROWS: Final = 24  # what a lone young node begins with
_REFIT_S: Final = 14 * DAY_S
_MOST_ORIGINS: Final = 1_000  # of a day ahead; more are thinned
_NEIGHBOUR_STEP: Final = 3
_MOST_SITE_ROWS: Final = 40_000
_NEIGHBOUR_HOURS: Final = 180 * 24


@dataclass(frozen=True, slots=True)
class _School:
    """What one horizon of one node is trained on."""

    node: Learnable
    own: Table
    neighbours: tuple[Table, ...]
    is_young: bool

    def members(self, until_s: int) -> Members | None:
        """Return members that know nothing of what comes after `until_s`."""
        if self.is_young:
            taught = taught_members(self.neighbours, until_s, self.own)
            return taught or own_members(self.own, until_s, None, _FIRST_ROWS)
        return own_members(self.own, until_s, self._shared(until_s), _FIRST_ROWS)

    def _shared(self, until_s: int) -> SiteMembers | None:
        return site_members((self.own, *self.neighbours), until_s, _MOST_SITE_ROWS)


def fit(node: Measured, *, others: Sequence[Measured] = ()) -> Fitted:
    """Return the model of one node.

    Args:
        node: What it is trained on.
        others: Other nodes of the same site, from which a young node learns.

    Raises:
        TooLittleHistoryError: There are not three days of it.
        ParityError: A file does not compute what the members do.
    """
    own = learnable(node)
    if own.known_hours < FEWEST_HOURS:
        raise TooLittleHistoryError(
            f"{own.known_hours} hours can be learnt, {FEWEST_HOURS} are needed;"
            f" left out: {', '.join(own.left_out) or 'nothing'}"
        )
    neighbours = [learnable(other) for other in others]
    starts_s = own.series.starts_s[np.isfinite(own.learnt_kw)]
    return Fitted(
        next_hour=_part(own, neighbours, 1),
        day_ahead=_part(own, neighbours, LEAD_HOURS),
        quarter_shape=quarter_shape(node.history, node.calendar),
        trained_from_s=int(starts_s[0]),
        trained_to_s=int(starts_s[-1]) + HOUR_S,
        rows=own.known_hours,
        left_out=own.left_out,
    )


def _part(own: Learnable, neighbours: Sequence[Learnable], lead_hours: int) -> Part:
    school = _school(own, neighbours, lead_hours)
    end_s = own.series.start_s + HOUR_S * len(own.series)
    members = school.members(end_s)
    if members is None:
        raise TooLittleHistoryError("too few hours have what a forecast rests on")
    columns = columns_of(lead_hours)
    onnx = to_onnx(members)
    rows = school.own.rows.reshape(-1, len(columns))
    difference = largest_difference(members, onnx, rows)
    if not difference <= TOLERANCE:
        raise ParityError(f"ONNX differs from scikit-learn by {difference:.3g}")
    track, made = _lived(school, members.names, end_s)
    error, naive_error = errors_percent(own.series, made)
    return Part(
        lead_hours,
        onnx,
        columns,
        members.names,
        track.to_bytes(),
        error,
        naive_error,
    )


def _lived(
    school: _School, names: tuple[str, ...], end_s: int
) -> tuple[Track, list[Forecast]]:
    """Return the track after the last weeks, and the forecasts made in them."""
    series = school.node.series
    days = len(series) * HOUR_S // DAY_S
    from_s = end_s - min(LIVED_DAYS, max(days - 14, days // 2)) * DAY_S
    track = Track(names, school.own.target.shape[1])
    made: list[Forecast] = []
    for at_s in range(from_s, end_s, _REFIT_S):
        members = school.members(at_s)
        then = track.with_members(() if members is None else members.names)
        span_s = at_s, min(at_s + _REFIT_S, end_s)
        made += lived(series, school.own, then, members, span_s)
        track = then
    track = track.with_members(names)
    track.judge(series.starts_s, series.load_kw)
    return track, made


def _school(own: Learnable, neighbours: Sequence[Learnable], leads: int) -> _School:
    is_young = own.known_hours < YOUNG_HOURS
    past_hours = min(len(own.series), PAST_HOURS) if is_young else PAST_HOURS
    places = _origins(own, leads)
    step = -(-len(places) // _MOST_ORIGINS) if leads > 1 else 1
    return _School(
        own,
        table(own.series, own.learnt_kw, places[::step], leads),
        tuple(_neighbour(each, leads, past_hours) for each in neighbours),
        is_young,
    )


def _neighbour(of: Learnable, leads: int, past_hours: int) -> Table:
    """Return the rows of a neighbour, as if no more were known of it than given."""
    places = _origins(of, leads)[::_NEIGHBOUR_STEP]
    places = places[places >= len(of.series) - _NEIGHBOUR_HOURS]
    known = np.full(len(places), past_hours, dtype=np.int64)
    return table(of.series, of.learnt_kw, places, leads, known)


def _origins(of: Learnable, lead_hours: int) -> NDArray[np.int64]:
    """Return the hours to forecast from: each for the next hour, else four a day.

    Those move by five hours each day, so that each hour of the day has its turn.
    """
    series = of.series
    is_origin = of.is_origin.copy()
    is_origin[:24] = False
    if lead_hours > 1:
        local_s = series.starts_s + series.calendar.offset_s(series.starts_s)
        hour = local_s // HOUR_S
        is_origin &= (hour - 5 * (hour // 24)) % 6 == 0
    return np.flatnonzero(is_origin)
