"""When which model is trained: once there is enough history, then now and then."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cloud.identity.signing_key import signing_key
from cloud.store import queue
from cloud.store.database import Connection, Database
from cloud.store.queue import Subject

KIND: Final = "train"
ENOUGH_HOURS: Final = 73
"""Hours of roll-ups before the first training: three days and an hour."""

_SETTLED_S: Final = 15
_PATIENCE_S: Final = 600
_YOUNG_HOURS: Final = 14 * 24
_YOUNG_PAUSE_S: Final = 6 * 3600
_PAUSE_S: Final = 24 * 3600


@dataclass(slots=True)
class Growth:
    """How a subject's history was seen to grow."""

    hours: int
    since_s: int
    first_s: int


@dataclass(slots=True)
class TrainingPlan:
    """Queues trainings; remembers how histories grow, to wait until they settle."""

    _seen: dict[str, Growth] = field(default_factory=dict)

    def queue_due(self, connection: Connection, now_s: int) -> int:
        """Queue the trainings that are due; return how many."""
        ended_s = queue.last_ended_s(connection, KIND)
        due = [
            subject
            for subject in queue.subjects(connection)
            if subject.hours >= ENOUGH_HOURS
            and self._is_due(subject, ended_s.get(subject.path), now_s)
        ]
        return sum(queue.put(connection, KIND, each.path, now_s) for each in due)

    def _is_due(self, subject: Subject, ended_s: int | None, now_s: int) -> bool:
        if ended_s is not None:
            is_young = subject.hours < _YOUNG_HOURS
            return now_s - ended_s >= (_YOUNG_PAUSE_S if is_young else _PAUSE_S)
        return self._is_settled(subject, now_s)

    def _is_settled(self, subject: Subject, now_s: int) -> bool:
        """A first history that arrives as a backlog is awaited, within reason."""
        seen = self._seen.setdefault(subject.path, Growth(subject.hours, now_s, now_s))
        if subject.hours > seen.hours:
            seen.hours, seen.since_s = subject.hours, now_s
        return now_s - seen.since_s >= _SETTLED_S or now_s - seen.first_s >= _PATIENCE_S


def train(database: Database, subject: str, *, key_file: Path) -> str | None:
    """Train and publish the subject's model; return in words why not, if not.

    Args:
        key_file: Where the key is that models are signed with.
    """
    from cloud.forecasting.publish import Publisher
    from cloud.forecasting.training import train_and_publish

    publisher = Publisher(database, signing_key(key_file))
    done = train_and_publish(publisher, subject, datetime.now(UTC))
    return done if isinstance(done, str) else None
