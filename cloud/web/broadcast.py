"""Server-sent events: made once for all who listen, not once for each."""

import logging
from collections.abc import Callable, Iterator
from threading import Condition, Thread
from time import monotonic
from typing import Final

_log = logging.getLogger(__name__)

_HEARTBEAT: Final = b": still here\n\n"
_HEARTBEAT_S: Final = 15.0


class TooManyListenersError(Exception):
    """Every place for a listener is taken."""


class Broadcast:
    """Makes an event every few seconds while anybody listens.

    Args:
        make: Returns the data of the next event, as one line of JSON; None if there
            is nothing to tell.
        every_s: Pause between events. [s]
        lasts_s: How long one listener is served before it must come back, and prove
            again who it is. [s]
    """

    def __init__(
        self,
        make: Callable[[], str | None],
        *,
        every_s: float = 2.0,
        lasts_s: float = 300.0,
        max_listeners: int = 200,
    ) -> None:
        self._make = make
        self._every_s, self._lasts_s = every_s, lasts_s
        self._max_listeners = max_listeners
        self._changed = Condition()
        self._event = b""
        self._number = 0
        self._listeners = 0
        self._is_failing = False
        self._thread: Thread | None = None

    @property
    def listeners(self) -> int:
        """How many listen now."""
        return self._listeners

    def events(self) -> Iterator[bytes]:
        """Return the events from now on, as bytes of an event stream.

        Raises:
            TooManyListenersError: Nobody more can be served.
        """
        with self._changed:
            if self._listeners >= self._max_listeners:
                raise TooManyListenersError
        return self._listen()

    def _listen(self) -> Iterator[bytes]:
        until, seen = monotonic() + self._lasts_s, 0
        self._enter()
        try:
            while monotonic() < until:
                event, seen = self._after(seen)
                yield event
        finally:
            with self._changed:
                self._listeners -= 1
                self._changed.notify_all()

    def _after(self, seen: int) -> tuple[bytes, int]:
        with self._changed:
            if self._changed.wait_for(lambda: self._number > seen, _HEARTBEAT_S):
                return self._event, self._number
        return _HEARTBEAT, seen

    def _enter(self) -> None:
        with self._changed:
            self._listeners += 1
            if self._thread is None:
                self._number = 0
                self._thread = Thread(target=self._run, name="broadcast", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            event = self._next()
            with self._changed:
                if event is not None:
                    self._event, self._number = event, self._number + 1
                    self._changed.notify_all()
                self._changed.wait_for(lambda: not self._listeners, self._every_s)
                if not self._listeners:
                    self._thread = None
                    return

    def _next(self) -> bytes | None:
        try:
            data = self._make()
        except Exception:  # noqa: BLE001 one failed look must not end the stream
            if not self._is_failing:
                _log.exception("live events can't be made")
            self._is_failing = True
            return None
        if self._is_failing:
            _log.warning("live events are made again")
        self._is_failing = False
        return None if data is None else f"event: live\ndata: {data}\n\n".encode()
