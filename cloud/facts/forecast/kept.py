"""What was worked out before, kept for whoever asks the same again."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, Generic, TypeVar
from weakref import WeakKeyDictionary

from cloud.store.database import Database

T = TypeVar("T")


class Kept(Generic[T]):
    """Answers by their question; those asked for least lately are forgotten first.

    A question names all that its answer depends on, so that nothing goes stale.
    """

    def __init__(self, most: int) -> None:
        self._most: Final = most
        self._of: WeakKeyDictionary[Database, OrderedDict[Hashable, T]] = (
            WeakKeyDictionary()
        )
        self._lock: Final = Lock()

    def get(self, database: Database, question: Hashable, answer: Callable[[], T]) -> T:
        """Return the answer to `question`, by `answer` where it is not kept."""
        with self._lock:
            kept = self._of.setdefault(database, OrderedDict())
            if question in kept:
                kept.move_to_end(question)
                return kept[question]
        found = answer()
        with self._lock:
            kept[question] = found
            while len(kept) > self._most:
                kept.popitem(last=False)
        return found
