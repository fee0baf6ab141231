"""The twin's demo: history under the conductor, then live, then the last whole step."""

import asyncio
from datetime import datetime, timedelta
from typing import Final

from firmware_sim.campus import SITE, TIMEZONE
from firmware_sim.demo import chaos, history
from firmware_sim.demo.guide import guide
from firmware_sim.demo.ledger import Pair
from firmware_sim.demo.screen import simulated
from firmware_sim.demo.stand import Stand, utc_now
from firmware_sim.demo.truth import of_step

STEP: Final = timedelta(seconds=60)
_LATE_S: Final = 2.0
_SHORTEST_CHAOS_S: Final = 45.0
_ENDLESS_CHAOS_S: Final = 600.0
_CALM_S: Final = 65.0
_FIRST_VALUES_TIMEOUT_S: Final = 120.0
_HEALTHY_TIMEOUT_S: Final = 60.0
_FRESH_S: Final = 90.0
_LOOK_EVERY_S: Final = 2.0


async def play(stand: Stand) -> datetime:
    """Play until it is time to stop; return since when nothing was disturbed."""
    await _history(stand)
    await _go_live(stand)
    return await _live(stand, utc_now())


async def last_step(stand: Stand, calm_since: datetime) -> datetime:
    """Wait for a whole undisturbed step and its polls; return when it started."""
    end = last_end(calm_since, utc_now())
    left_s = (end - utc_now()).total_seconds() + _LATE_S
    if left_s > 0:
        stand.screen.say(f"letting a whole 60-second step pass: {left_s:.0f} s")
        await asyncio.sleep(left_s)
    stand.children.require_running(*stand.program_names)
    return end - STEP


def last_end(calm_since: datetime, now: datetime) -> datetime:
    """Return the end of the last whole step since `calm_since`, or of the first."""
    first = _floor(calm_since + STEP - timedelta(microseconds=1)) + STEP
    return max(first, _floor(now))


async def _history(stand: Stand) -> None:
    since_s = stand.screen.elapsed_s
    days = stand.installation.options.history_days
    plan = history.plan(utc_now(), days, TIMEZONE)
    readings = 0
    with stand.screen.progress(f"{days} days of history", plan.ticks) as bar:
        for done, at in enumerate(history.instants(plan, utc_now)):
            readings += await stand.conductor.tick(at)
            bar.at(done, f"{simulated(at)} UTC, {readings:,} readings; then live")
    stand.lap("history", since_s)


async def _go_live(stand: Stand) -> None:
    since_s = stand.screen.elapsed_s
    await stand.conductor.go_live()
    await stand.start_nodes()
    stand.screen.say("the wall clock takes over; waiting for the first live values")
    await stand.until(
        lambda: _is_live(stand), _FIRST_VALUES_TIMEOUT_S, "a live load of the campus"
    )
    stand.lap("first_live_values", since_s)
    stand.took_s["until_live"] = round(stand.screen.elapsed_s, 1)
    stand.stop.is_soft = True
    stand.screen.show(guide(stand.installation))


async def _is_live(stand: Stand) -> bool:
    campus = await stand.cloud.live_campus()
    return campus.load_kw is not None and (campus.age_s or 0) < _FRESH_S


async def _live(stand: Stand, live: datetime) -> datetime:
    """Let it run; return since when nothing was disturbed."""
    options = stand.installation.options
    calm_since = live
    if options.chaos:
        await _chaos(stand, (options.duration_s or _ENDLESS_CHAOS_S) - _CALM_S)
        calm_since = utc_now()
    left_s = None
    if options.duration_s is not None:
        left_s = options.duration_s - (utc_now() - live).total_seconds()
        stand.screen.say(f"polling for {max(left_s, 0):.0f} s more")
    await _watch(stand, left_s)
    return calm_since


async def _chaos(stand: Stand, duration_s: float) -> None:
    duration_s = max(duration_s, _SHORTEST_CHAOS_S)
    names = [gateway.name for gateway in stand.installation.gateways]
    events = chaos.plan(stand.installation.options.seed, duration_s, names)
    stand.screen.say(f"chaos: {len(events)} kills and cuts in {duration_s:.0f} s")
    await chaos.play(events, stand.stage(), stand.counts)
    await stand.conductor.gathered(stand.installation.peers, _HEALTHY_TIMEOUT_S)
    await stand.until(
        lambda: _all_online(stand), _HEALTHY_TIMEOUT_S, "every gateway online again"
    )
    stand.screen.say("calm again: every program runs, every link is healed")


async def _all_online(stand: Stand) -> bool:
    fleet = await stand.cloud.fleet()
    return all(gateway.state == "online" for gateway in fleet.gateways.values())


async def _watch(stand: Stand, left_s: float | None) -> None:
    """Wait for the time to pass or somebody to stop it, while all programs run."""
    deadline_s = None if left_s is None else stand.screen.elapsed_s + left_s
    while deadline_s is None or stand.screen.elapsed_s < deadline_s:
        stand.children.require_running(*stand.program_names)
        try:
            async with asyncio.timeout(_LOOK_EVERY_S):
                await stand.stop.enough.wait()
                return
        except TimeoutError:
            continue


async def compare(stand: Stand, step: datetime) -> tuple[Pair, Pair]:
    """Return load and savings of the campus, in the cloud and in truth."""
    truth = await of_step(stand.installation.ports.truth, step)
    campus_kw, _ = await stand.cloud.mean_kw(SITE, step, step + STEP)
    saved_kwh = (await stand.cloud.live_campus()).saved_kwh
    return Pair(campus_kw, truth.campus_kw), Pair(saved_kwh, truth.saved_kwh)


def _floor(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
