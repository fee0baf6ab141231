import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from firmware_sim.conductor import Conductor, ConductorError, Emptied, Kind, Peer

NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)
NOON_MS = 1735732800000
PHYSICS = Peer(Kind.GATEWAY, "physics")
CAMPUS = Peer(Kind.SIMULATOR, "campus")


class Score(list):
    """What each player was told, in order."""

    def __init__(self):
        super().__init__()
        self.grown = asyncio.Event()

    def note(self, *entry):
        self.append(entry)
        self.grown.set()

    async def reaches(self, length):
        while len(self) < length:
            self.grown.clear()
            await self.grown.wait()


class Player:
    """A peer that answers what it is told, and writes down when."""

    def __init__(self, peer, score, *, deaf=False):
        self.peer, self.score, self.deaf = peer, score, deaf
        self.ended = asyncio.Event()

    async def join(self, path):
        self.reader, self.writer = await asyncio.open_unix_connection(path)
        self.say({"hello": self.peer.kind, "name": self.peer.name})
        self.task = asyncio.create_task(self._play())
        return self

    def say(self, message):
        self.writer.write(json.dumps(message).encode() + b"\n")

    async def _play(self):
        async for line in self.reader:
            message = json.loads(line)
            self.score.note(self.peer.name, *message.items())
            if not self.deaf:
                await self._answer(message)
        self.ended.set()

    async def _answer(self, message):
        if "tick" in message:
            self.say({"done": message["tick"]})
        elif "live" in message:
            self.say({"live": True})
        elif self.peer.kind is Kind.SIMULATOR:
            self.say({"held": True})
        else:
            self.say({"empty": True, "produced": 7, "declared_lost": 1})

    async def die(self):
        self.writer.close()
        await self.writer.wait_closed()
        await self.task


@asynccontextmanager
async def conducting(tmp_path, *peers, **kwargs):
    conductor = Conductor(tmp_path / "c.sock")
    await conductor.start()
    score = Score()
    players = [await Player(p, score, **kwargs).join(conductor.path) for p in peers]
    try:
        await conductor.gathered(peers, 5)
        yield conductor, score, players
    finally:
        await conductor.close()
        for player in players:
            await player.die()


def playing(test):
    """Run an async test with a deadline."""

    def run(tmp_path):
        async def within():
            async with asyncio.timeout(20):
                await test(tmp_path)

        asyncio.run(within())

    run.__name__ = test.__name__
    return run


async def _simulators_first(tmp_path):
    async with conducting(tmp_path, PHYSICS, CAMPUS) as (conductor, score, _):
        await conductor.tick(NOON)
    assert score == [("campus", ("tick", NOON_MS)), ("physics", ("tick", NOON_MS))]


async def _death_is_named(tmp_path):
    async with conducting(tmp_path, PHYSICS, deaf=True) as (conductor, score, [player]):
        tick = asyncio.create_task(conductor.tick(NOON))
        await score.reaches(1)
        await player.die()
        with pytest.raises(ConductorError, match="gateway physics went away"):
            await tick


async def _silence_is_named(tmp_path):
    async with conducting(tmp_path, PHYSICS, deaf=True) as (conductor, _, _):
        with pytest.raises(ConductorError, match=r"within 0\.1 s from gateway physics"):
            await conductor.tick(NOON, timeout_s=0.1)


async def _late_joiner_is_live(tmp_path):
    async with conducting(tmp_path, PHYSICS) as (conductor, score, players):
        await conductor.go_live()
        await players[0].die()
        players.append(await Player(PHYSICS, score).join(conductor.path))
        await score.reaches(2)
        assert score[1] == ("physics", ("live", True))


async def _hold_gives_totals(tmp_path):
    async with conducting(tmp_path, PHYSICS, CAMPUS) as (conductor, score, _):
        await conductor.go_live()
        assert await conductor.hold(5) == {"physics": Emptied(7, 1)}
    assert score[-1] == ("campus", ("hold", True))


async def _dies_in_hold(tmp_path):
    async with conducting(tmp_path, PHYSICS) as (conductor, score, players):
        await conductor.go_live()
        players[0].deaf = True
        hold = asyncio.create_task(conductor.hold(5))
        await score.reaches(2)
        await players[0].die()
        players.append(await Player(PHYSICS, score).join(conductor.path))
        assert await hold == {"physics": Emptied(7, 1)}


async def _nonsense_is_refused(tmp_path):
    async with conducting(tmp_path, PHYSICS, deaf=True) as (conductor, score, [player]):
        tick = asyncio.create_task(conductor.tick(NOON))
        await score.reaches(1)
        player.say({"done": 1})
        with pytest.raises(ConductorError, match="fits nothing"):
            await tick


async def _hanging_up_ends_peers(tmp_path):
    async with conducting(tmp_path, PHYSICS) as (conductor, _, [player]):
        await conductor.close()
        await player.ended.wait()


test_simulators_are_ticked_before_gateways = playing(_simulators_first)
test_a_peer_that_dies_in_a_tick_is_named = playing(_death_is_named)
test_a_peer_that_keeps_silent_is_named = playing(_silence_is_named)
test_who_joins_after_the_handover_is_live_at_once = playing(_late_joiner_is_live)
test_hold_returns_what_each_gateway_produced = playing(_hold_gives_totals)
test_a_gateway_that_dies_while_it_empties_is_told_again = playing(_dies_in_hold)
test_an_answer_that_fits_nothing_ends_the_tick = playing(_nonsense_is_refused)
test_peers_see_the_conductor_go = playing(_hanging_up_ends_peers)


def test_absent_peers_are_named(tmp_path):
    async def gather():
        conductor = Conductor(tmp_path / "c.sock")
        await conductor.start()
        try:
            await conductor.gathered([PHYSICS], 0.05)
        finally:
            await conductor.close()

    with pytest.raises(ConductorError, match=r"did not connect .* gateway physics"):
        asyncio.run(gather())
