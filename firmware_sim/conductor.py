"""The conductor: one simulated clock that ticks simulators and gateways in lock-step.

It listens on a Unix socket and speaks JSON lines. On each tick all simulators are told
the instant and answer, then all gateways; so fast time is exact. At the handover the
wall clock takes over; on hold the gateways stop polling and empty their buffers. When
the conductor goes away its peers stop cleanly.
"""

import asyncio
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, cast

TICK_TIMEOUT_S: Final = 120.0
_MAX_LINE: Final = 64 * 1024


class ConductorError(Exception):
    """A peer died, kept silent or spoke nonsense; the message says which."""


class Kind(StrEnum):
    """What a peer is; simulators are always told before gateways."""

    SIMULATOR = "simulator"
    GATEWAY = "gateway"


class Phase(StrEnum):
    """Whose clock is followed."""

    CONDUCTED = "conducted"
    LIVE = "live"
    HELD = "held"


@dataclass(frozen=True, slots=True, order=True)
class Peer:
    """One program under the baton."""

    kind: Kind
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Emptied:
    """What a gateway says when all it produced has been acknowledged."""

    produced: int
    declared_lost: int


class _Question:
    """One message to some peers, and the answers still missing."""

    def __init__(self, peers: Iterable[Peer], expects: Mapping[str, object]) -> None:
        self.missing = set(peers)
        self.expects = expects
        self.answers: dict[Peer, Mapping[str, object]] = {}
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._end_if_complete()

    def answered(self, peer: Peer, answer: Mapping[str, object]) -> bool:
        if not self.expects.items() <= answer.items():
            return False
        self.missing.discard(peer)
        self.answers[peer] = answer
        self._end_if_complete()
        return True

    def fail(self, reason: str) -> None:
        if not self.over.done():
            self.over.set_exception(ConductorError(reason))

    def _end_if_complete(self) -> None:
        if not self.missing and not self.over.done():
            self.over.set_result(None)


class Conductor:
    """Holds the connections of all peers and asks them together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.phase = Phase.CONDUCTED
        self._connections: dict[Peer, _Connection] = {}
        self._open: set[_Connection] = set()
        self._question: _Question | None = None
        self._changed = asyncio.Event()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen for peers."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_unix_server(
            lambda: _Connection(self), self.path
        )

    async def gathered(self, peers: Collection[Peer], timeout_s: float) -> None:
        """Return when all of `peers` are connected, or raise after `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s):
                while not set(peers) <= self._connections.keys():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError as error:
            missing = sorted(set(peers) - self._connections.keys())
            raise ConductorError(
                f"did not connect within {timeout_s:g} s: {_named(missing)}"
            ) from error

    async def tick(self, at: datetime, timeout_s: float = TICK_TIMEOUT_S) -> int:
        """Have every simulator, then every gateway, do all there is to do at `at`.

        Returns:
            How many readings the gateways took.

        Raises:
            ConductorError: A peer died or did not answer in time.
        """
        at_ms = round(at.timestamp() * 1000)
        readings = 0
        for kind in Kind:
            answers = await self._ask(kind, {"tick": at_ms}, {"done": at_ms}, timeout_s)
            readings += sum(map(_readings, answers.values()))
        return readings

    async def go_live(self, timeout_s: float = TICK_TIMEOUT_S) -> None:
        """Hand over to the wall clock, simulators first."""
        self.phase = Phase.LIVE
        for kind in Kind:
            await self._ask(kind, {"live": True}, {"live": True}, timeout_s)

    async def hold(self, timeout_s: float) -> dict[str, Emptied]:
        """Stop polling; return each gateway's totals once its buffer is empty.

        A gateway that dies meanwhile is told again when it is back.

        Raises:
            ConductorError: Buffers were not empty, or a simulator held not, in time.
        """
        self.phase = Phase.HELD
        answers = await self._ask(
            Kind.GATEWAY, {"hold": True}, {"empty": True}, timeout_s
        )
        await self._ask(Kind.SIMULATOR, {"hold": True}, {"held": True}, timeout_s)
        return {peer.name: _emptied(peer, answer) for peer, answer in answers.items()}

    async def close(self) -> None:
        """Hang up, which tells every peer to stop cleanly."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._open):
            connection.hang_up()
        while self._open:
            self._changed.clear()
            await self._changed.wait()
        self.path.unlink(missing_ok=True)

    async def _ask(
        self,
        kind: Kind,
        message: Mapping[str, object],
        expects: Mapping[str, object],
        timeout_s: float,
    ) -> Mapping[Peer, Mapping[str, object]]:
        asked = [peer for peer in self._connections if peer.kind is kind]
        question = self._question = _Question(asked, expects)
        line = _line(message)
        for peer in asked:
            self._connections[peer].write(line)
        try:
            async with asyncio.timeout(timeout_s):
                await question.over
        except TimeoutError as error:
            raise ConductorError(
                f"no answer to {json.dumps(message)} within {timeout_s:g} s from "
                f"{_named(sorted(question.missing))}"
            ) from error
        finally:
            self._question = None
        return question.answers

    def heard(self, connection: "_Connection", line: bytes) -> None:
        """Take one line from a peer."""
        match _decoded(line):
            case {"hello": "gateway" | "simulator" as kind, "name": str(name)}:
                self._welcome(connection, Peer(Kind(kind), name))
            case dict(answer) if connection.peer and self._question:
                if not self._question.answered(connection.peer, answer):
                    self._misunderstood(connection, line)
            case dict() if connection.peer:
                pass  # nobody waits for this answer any more
            case _:
                self._misunderstood(connection, line)

    def lost(self, connection: "_Connection") -> None:
        """A peer's connection has ended."""
        self._open.discard(connection)
        self._changed.set()
        peer = connection.peer
        if peer is None or self._connections.get(peer) is not connection:
            return
        del self._connections[peer]
        asked = self._question
        if asked and peer in asked.missing and self.phase is not Phase.HELD:
            asked.fail(f"{peer} went away while it was asked {dict(asked.expects)}")

    def met(self, connection: "_Connection") -> None:
        """Somebody has connected and not said who yet."""
        self._open.add(connection)

    def _welcome(self, connection: "_Connection", peer: Peer) -> None:
        earlier = self._connections.get(peer)
        connection.peer = peer
        self._connections[peer] = connection
        if earlier is not None:
            earlier.hang_up()
        if self.phase is not Phase.CONDUCTED:
            connection.write(_line({"live": True}))
        if self.phase is Phase.HELD:
            connection.write(_line({"hold": True}))
        self._changed.set()

    def _misunderstood(self, connection: "_Connection", line: bytes) -> None:
        who = connection.peer or "a stranger"
        if connection.peer and self.phase is not Phase.CONDUCTED:
            return  # a late joiner's answer to the handover
        connection.hang_up()
        if self._question and connection.peer:
            self._question.fail(f"{who} answered {line[:200]!r}, which fits nothing")


class _Connection(asyncio.Protocol):
    """One peer's end of the socket."""

    def __init__(self, conductor: Conductor) -> None:
        self.peer: Peer | None = None
        self._conductor = conductor
        self._rest = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._conductor.met(self)

    def data_received(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._conductor.heard(self, line)
        if len(self._rest) > _MAX_LINE:
            self.hang_up()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._conductor.lost(self)

    def write(self, line: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(line)

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _line(message: Mapping[str, object]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode() + b"\n"


def _decoded(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _readings(answer: Mapping[str, object]) -> int:
    readings = answer.get("readings", 0)
    return readings if isinstance(readings, int) else 0


def _emptied(peer: Peer, answer: Mapping[str, object]) -> Emptied:
    match answer:
        case {"produced": int(produced), "declared_lost": int(declared_lost)}:
            return Emptied(produced, declared_lost)
    raise ConductorError(f"{peer} gave no totals with its empty buffer: {answer}")


def _named(peers: Iterable[Peer]) -> str:
    return ", ".join(map(str, peers))
