"""The newest lines of the log, a bounded number, for the status page."""

import logging
import re
from collections import deque
from typing import Final

_MOST_LINES: Final = 200
_LONGEST: Final = 400
_SECRET: Final = re.compile(r"[0-9A-Fa-f]{32,}|(?<=//)[^/\s:@]+:[^/\s@]+(?=@)")


class RecentLog(logging.Handler):
    """Keeps the newest lines; what looks like a key or a password is left out."""

    def __init__(self, level: int = logging.INFO) -> None:
        super().__init__(level)
        self._lines: deque[dict[str, object]] = deque(maxlen=_MOST_LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        try:
            words = record.getMessage()
        except (TypeError, ValueError):
            words = str(record.msg)
        self._lines.append(
            {
                "at_ms": int(record.created * 1000),
                "level": record.levelname.lower(),
                "words": _SECRET.sub("…", words)[:_LONGEST],
            }
        )

    def newest_first(self) -> list[dict[str, object]]:
        """Return the lines."""
        return list(reversed(self._lines))
