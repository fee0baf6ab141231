"""Kills and cuts at random from a seed, ending calmly with everything healthy."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from firmware_sim.demo.forwarder import CUTS, Link, State

CLOUD: Final = "cloud"
_LEAST: Final = 12
_EVERY_S: Final = 9.0
_CLOUD_KILLS: Final = 3
_LONGEST_CUT_S: Final = 6.0
_LONGEST_OUTAGE_S: Final = 1.5


class Fault(StrEnum):
    """What happens."""

    KILL = "kill"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Event:
    """One fault.

    Attributes:
        at_s: When, from the start of the chaos. [s]
        target: A gateway's name, or the cloud's.
        span_s: How long until it is restarted or healed. [s]
        state: How the link is cut.
    """

    at_s: float
    fault: Fault
    target: str
    span_s: float
    state: State = State.OPEN


@dataclass(slots=True)
class Counts:
    """What was done so far, and what came of it.

    Attributes:
        resent: Batches the cloud got again because a receipt was lost.
    """

    kills: int = 0
    cuts: int = 0
    resent: int = 0


def plan(seed: int, duration_s: float, gateways: Sequence[str]) -> list[Event]:
    """Return at least ten kills and ten cuts, all over within `duration_s`.

    No target has two faults at once, so that each of them is felt.
    """
    rng = random.Random(f"chaos {seed}")
    many = max(_LEAST, round(duration_s / _EVERY_S))
    clouds = [(Fault.KILL, CLOUD)] * _CLOUD_KILLS
    kills = [(Fault.KILL, rng.choice(gateways)) for _ in range(many - _CLOUD_KILLS)]
    cuts = [(Fault.CUT, rng.choice(gateways)) for _ in range(many)]
    faults = clouds + kills + cuts
    rng.shuffle(faults)
    slot_s = duration_s / (len(faults) + 1)
    states = {Fault.KILL: (State.OPEN,), Fault.CUT: CUTS}
    return [
        Event(
            at_s=slot_s * (place + rng.random() * 0.5),
            fault=fault,
            target=target,
            span_s=_span_s(rng, fault, slot_s * (len(faults) + 0.5 - place)),
            state=rng.choice(states[fault]),
        )
        for place, (fault, target) in enumerate(faults)
    ]


def _span_s(rng: random.Random, fault: Fault, left_s: float) -> float:
    longest = _LONGEST_CUT_S if fault is Fault.CUT else _LONGEST_OUTAGE_S
    return min(left_s, rng.uniform(longest / 4, longest))


@dataclass(frozen=True, slots=True)
class Stage:
    """What the chaos can do to the demo."""

    links: Mapping[str, Link]
    kill: Callable[[str], Awaitable[None]]
    restart: Callable[[str], Awaitable[None]]
    note: Callable[[str], None]


async def play(events: Sequence[Event], stage: Stage, counts: Counts) -> None:
    """Let `events` happen; return when all is restarted and healed."""
    busy = {event.target: asyncio.Lock() for event in events}
    async with asyncio.TaskGroup() as tasks:
        for event in events:
            tasks.create_task(_happen(event, stage, counts, busy[event.target]))


async def _happen(
    event: Event, stage: Stage, counts: Counts, alone: asyncio.Lock
) -> None:
    await asyncio.sleep(event.at_s)
    async with alone:
        if event.fault is Fault.KILL:
            stage.note(f"kill {event.target}")
            await stage.kill(event.target)
            counts.kills += 1
            await asyncio.sleep(event.span_s)
            await stage.restart(event.target)
            return
        link = stage.links[event.target]
        stage.note(f"cut {event.target}: {event.state}, {event.span_s:.1f} s")
        await link.turn(event.state)
        counts.cuts += 1
        await asyncio.sleep(event.span_s)
        await link.turn(State.OPEN)
