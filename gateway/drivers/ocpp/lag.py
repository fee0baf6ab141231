"""Whether a charge point tells what is so now, or what it kept during an outage.

Its clock is not trusted, only how it runs: what is told live lags by as much each
time. A backlog lags by more, and by less from message to message.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

_SANE: Final = timedelta(minutes=5)
_SAME: Final = timedelta(minutes=1)
_CONFIRMED_AFTER: Final = timedelta(seconds=10)


class Lag:
    """How far what a charge point tells live lies behind the gateway's clock."""

    def __init__(self) -> None:
        self._usual: timedelta | None = None
        self._other: tuple[timedelta, datetime] | None = None

    def is_live(self, timestamp: object, now: datetime) -> bool:
        """Return whether a value with this time was measured just now.

        Without a time that can be read it counts as live. A lag that is new counts
        once it has stayed the same for a while: then the clock was set.
        """
        at = _instant(timestamp)
        if at is None:
            return True
        lag = now - at
        most = _SANE if self._usual is None else self._usual + _SAME
        if lag <= most and (self._usual is not None or lag >= -_SANE):
            self._usual, self._other = lag, None
            return True
        if self._other is None or abs(lag - self._other[0]) > _SAME:
            self._other = lag, now
            return False
        if now - self._other[1] < _CONFIRMED_AFTER:
            return False
        self._usual, self._other = lag, None
        return True


def _instant(timestamp: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(timestamp))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
