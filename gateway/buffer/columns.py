"""Readings that wait for the next commit, held as columns."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from contract.batch import MAX_ROWS
from contract.interval import to_ms
from contract.reading import Reading

State = Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Rows:
    """Readings of one batch, one entry per reading in each column."""

    points: "array[int]"
    at_ms: "array[int]"
    values: "array[float]"
    quality: bytes

    def __len__(self) -> int:
        return len(self.points)


@dataclass(frozen=True, slots=True)
class Portion:
    """What one transaction commits."""

    batches: tuple[Rows, ...]
    state: dict[str, bytes | None]

    @property
    def rows(self) -> int:
        """Number of readings in it."""
        return sum(map(len, self.batches))


@dataclass(frozen=True, slots=True)
class _StateMark:
    """State that belongs to the readings `[start, end)`."""

    start: int
    end: int
    state: State


@dataclass(slots=True)
class Waiting:
    """Readings and state in order of arrival.

    Attributes:
        index: The integer of each point name.
    """

    index: Mapping[str, int]
    _points: "array[int]" = field(default_factory=lambda: array("I"))
    _at_ms: "array[int]" = field(default_factory=lambda: array("q"))
    _values: "array[float]" = field(default_factory=lambda: array("d"))
    _quality: bytearray = field(default_factory=bytearray)
    _marks: list[_StateMark] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._points)

    def __bool__(self) -> bool:
        return bool(self._points) or bool(self._marks)

    def add(self, readings: Sequence[Reading], state: State) -> None:
        """Append `readings`; `state` is committed together with all of them.

        Raises:
            KeyError: A reading's point is not in the inventory; nothing is appended.
        """
        index = self.index
        points = [index[reading.point] for reading in readings]
        start = len(self._points)
        self._at_ms.fromlist(_instants_ms(readings))
        self._values.extend([reading.value for reading in readings])
        self._quality.extend([reading.quality for reading in readings])
        self._points.fromlist(points)
        if state:
            self._marks.append(_StateMark(start, len(self._points), dict(state)))

    def portion(self, *, everything: bool) -> Portion:
        """Return what to commit next: full batches only, or everything.

        Readings that carry state are never split from it or from each other.
        """
        end = len(self)
        if not everything:
            end = self._whole(end - end % MAX_ROWS)
        state: dict[str, bytes | None] = {}
        for mark in self._marks:
            if mark.end <= end:
                state.update(mark.state)
        starts = range(0, end, MAX_ROWS)
        batches = tuple(self._rows(at, min(at + MAX_ROWS, end)) for at in starts)
        return Portion(batches, state)

    def forget(self, portion: Portion) -> None:
        """Drop what has been committed."""
        self._shift(portion.rows)

    def drop_oldest(self, rows: int, last_to_go: frozenset[int]) -> int:
        """Drop up to `rows` readings, those of `last_to_go` last; return how many."""
        order = sorted(range(len(self)), key=lambda at: self._points[at] in last_to_go)
        dropped = set(order[:rows])
        kept = [at for at in range(len(self)) if at not in dropped]
        merged: dict[str, bytes | None] = {}
        for mark in self._marks:
            merged.update(mark.state)
        self._points = array("I", [self._points[at] for at in kept])
        self._at_ms = array("q", [self._at_ms[at] for at in kept])
        self._values = array("d", [self._values[at] for at in kept])
        self._quality = bytearray([self._quality[at] for at in kept])
        self._marks = [_StateMark(0, len(kept), merged)] if merged else []
        return len(dropped)

    def _whole(self, end: int) -> int:
        for mark in self._marks:
            if mark.start < end < mark.end:
                return mark.start or mark.end
        return end

    def _rows(self, start: int, end: int) -> Rows:
        return Rows(
            self._points[start:end],
            self._at_ms[start:end],
            self._values[start:end],
            bytes(self._quality[start:end]),
        )

    def _shift(self, rows: int) -> None:
        del self._points[:rows]
        del self._at_ms[:rows]
        del self._values[:rows]
        del self._quality[:rows]
        self._marks = [
            _StateMark(max(mark.start - rows, 0), mark.end - rows, mark.state)
            for mark in self._marks
            if mark.end > rows
        ]


def _instants_ms(readings: Sequence[Reading]) -> list[int]:
    """Return the instants; readings of one answer share theirs, turned once."""
    instants_ms: list[int] = []
    at, at_ms = None, 0
    for reading in readings:
        if reading.at is not at:
            at = reading.at
            at_ms = to_ms(at)
        instants_ms.append(at_ms)
    return instants_ms
