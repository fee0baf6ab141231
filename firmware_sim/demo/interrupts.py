"""Ctrl-C and SIGTERM: first ask to come to an end, then insist."""

import asyncio
import signal
from types import TracebackType
from typing import Final, Self

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Interrupts:
    """While entered, signals set `enough` if `is_soft`, else they cancel the task.

    Once the task is cancelled, further signals change nothing: it is cleaning up.
    """

    def __init__(self) -> None:
        self.enough = asyncio.Event()
        self.is_soft = False
        self._task: asyncio.Task[object] | None = None

    def __enter__(self) -> Self:
        """Take the signals over."""
        self._task = asyncio.current_task()
        for number in _SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._interrupted)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the signals back."""
        for number in _SIGNALS:
            asyncio.get_running_loop().remove_signal_handler(number)

    def _interrupted(self) -> None:
        if self.is_soft and not self.enough.is_set():
            self.enough.set()
        elif self._task is not None:
            self._task.cancel()
            self._task = None
