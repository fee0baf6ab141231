"""The weather as the cloud told it: what was measured, and what was forecast when."""

import struct
from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from contract.origins import LEAD_HOURS, PAST_CLIMATE_HOURS, Floats, Instants
from contract.weather import HOUR_S, SiteWeather, blended
from gateway.forecaster.ring import Ring

_MEASURED_HOURS: Final = 16 * 24
_ISSUES: Final = 8 * 24
_LONGEST: Final = 96
_ISSUE: Final = struct.Struct("<qqI")
_STORED: Final = np.dtype("<f4")


@dataclass(frozen=True, slots=True)
class _Issue:
    """One forecast; [s since 1970 UTC] and [°C]."""

    issued_s: int
    start_s: int
    celsius: NDArray[np.float32]


class KeptWeather:
    """The temperatures of the last two weeks, and the forecasts of the last one."""

    def __init__(self) -> None:
        self._measured = Ring(HOUR_S, _MEASURED_HOURS, 1)
        self._issues: deque[_Issue] = deque(maxlen=_ISSUES)

    @property
    def issued_s(self) -> int | None:
        """When the newest forecast was made. [s since 1970 UTC]."""
        return self._issues[-1].issued_s if self._issues else None

    def keep(self, told: SiteWeather) -> None:
        """Remember what the cloud tells of the weather."""
        measured = told.measured
        for place, celsius in enumerate(measured.temperature_c.tolist()):
            self._measured.put(measured.start_s + place * HOUR_S, (celsius,))
        newest = self.issued_s
        if newest is not None and told.issued_s <= newest:
            return
        ahead = told.forecast.temperature_c[:_LONGEST].astype(_STORED)
        self._issues.append(_Issue(told.issued_s, told.forecast.start_s, ahead))

    def measured_c(self, at_s: Instants) -> Floats:
        """Return the hours that were over at each instant, the newest first. [°C]."""
        found = np.full((len(at_s), PAST_CLIMATE_HOURS), np.nan)
        for row, second in enumerate(at_s.tolist()):
            first_s = second // HOUR_S * HOUR_S - PAST_CLIMATE_HOURS * HOUR_S
            hours = self._measured.rows(first_s, PAST_CLIMATE_HOURS)
            found[row] = hours[::-1, 0]
        return found

    def forecast_c(self, at_s: Instants) -> Floats:
        """Return the hours after each instant as they were forecast by then. [°C]."""
        found = np.full((len(at_s), LEAD_HOURS), np.nan)
        for row, second in enumerate(at_s.tolist()):
            issue = self._known_at(second)
            if issue is not None:
                found[row] = _ahead(issue, second)
        return found

    def copy(self) -> "KeptWeather":
        """Return one that does not change with this one."""
        made = KeptWeather()
        made._measured, made._issues = self._measured.copy(), self._issues.copy()
        return made

    def to_bytes(self) -> tuple[bytes, bytes]:
        """Return what was measured and what was forecast, to outlive a restart."""
        issues = (
            _ISSUE.pack(each.issued_s, each.start_s, len(each.celsius))
            + each.celsius.tobytes()
            for each in self._issues
        )
        return self._measured.to_bytes(), b"".join(issues)

    def recall(self, measured: bytes, issues: bytes) -> None:
        """Take up what `to_bytes` returned.

        Raises:
            ValueError: It is something else.
        """
        self._measured.recall(measured)
        place = 0
        while place < len(issues):
            try:
                issued_s, start_s, count = _ISSUE.unpack_from(issues, place)
                place += _ISSUE.size
                celsius = np.frombuffer(issues, _STORED, count, place)
            except (struct.error, ValueError) as error:
                raise ValueError(f"forecasts of the weather: {error}") from error
            place += celsius.nbytes
            self._issues.append(_Issue(issued_s, start_s, celsius))

    def _known_at(self, second: int) -> _Issue | None:
        known = (each for each in reversed(self._issues) if each.issued_s <= second)
        return next(known, None)


def _ahead(issue: _Issue, second: int) -> Floats:
    """Return the hours after `second`; NaN past the end of the forecast. [°C]."""
    first_s = second // HOUR_S * HOUR_S
    place = (first_s - issue.start_s) // HOUR_S + np.arange(LEAD_HOURS + 1)
    inside = (place >= 0) & (place < len(issue.celsius))
    whole = np.full(LEAD_HOURS + 1, np.nan)
    whole[inside] = issue.celsius[place[inside]]
    return blended(whole, second - first_s)
