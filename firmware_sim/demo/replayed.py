"""A replay's demo: every instant of the data in lock-step, then months compared."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from firmware_sim.demo import csv_energy
from firmware_sim.demo.asks import Day
from firmware_sim.demo.csv_energy import Source
from firmware_sim.demo.guide import guide
from firmware_sim.demo.ledger import Month
from firmware_sim.demo.screen import simulated
from firmware_sim.demo.stand import DemoError, Stand

_DAY: Final = timedelta(days=1)
_ENOUGH_FOR_A_LOOK_S: Final = 2.0


async def play(stand: Stand) -> datetime:
    """Tick the data's instants to their end or until time is up; return the last."""
    options = stand.installation.options
    instants = [
        datetime.fromtimestamp(at_ms / 1000, UTC)
        for at_ms in stand.installation.ports.instants_ms
    ]
    if not instants:
        raise DemoError("the simulators named no instants to replay")
    pace = _Pace(stand, instants[0], options.speed, options.duration_s)
    since_s, reached = stand.screen.elapsed_s, instants[0]
    with stand.screen.progress("replay", len(instants)) as bar:
        for done, at in enumerate(instants):
            if not await pace.goes_on(at):
                break
            await stand.conductor.tick(at)
            reached = at
            bar.at(done + 1, f"{simulated(at)} UTC, until {simulated(instants[-1])}")
    stand.lap("replay", since_s)
    end = "the end of the data" if reached == instants[-1] else "as far as time allowed"
    stand.screen.say(f"replayed to {simulated(reached)} UTC: {end}")
    if reached == instants[-1] and options.duration_s is None:
        stand.screen.say("the cloud stays up; Ctrl-C stops the demo")
        await stand.stop.enough.wait()
    return reached


class _Pace:
    """Says when the next instant may be ticked, and when time is up."""

    def __init__(
        self,
        stand: Stand,
        first: datetime,
        speed: float | None,
        duration_s: float | None,
    ) -> None:
        self._stand = stand
        self._first = first
        self._speed = speed
        self._duration_s = duration_s
        self._started_s = stand.screen.elapsed_s
        self._live_s: float | None = None
        self._looked_s = self._started_s

    async def goes_on(self, at: datetime) -> bool:
        await self._look()
        if self._stand.stop.enough.is_set():
            return False
        if self._speed:
            due_s = (at - self._first).total_seconds() / self._speed
            await asyncio.sleep(self._started_s + due_s - self._stand.screen.elapsed_s)
        if self._duration_s is None or self._live_s is None:
            return True
        return self._stand.screen.elapsed_s - self._live_s < self._duration_s

    async def _look(self) -> None:
        """Notice the first values in the cloud, from where the time counts."""
        now_s = self._stand.screen.elapsed_s
        if self._live_s is not None or now_s - self._looked_s < _ENOUGH_FOR_A_LOOK_S:
            return
        self._looked_s = now_s
        if (await self._stand.cloud.fleet()).delivered:
            self._live_s = now_s
            self._stand.took_s["until_live"] = round(now_s, 1)
            self._stand.stop.is_soft = True
            self._stand.screen.show(guide(self._stand.installation))


async def compare(
    stand: Stand, source: Source, reached: datetime
) -> tuple[tuple[Month, ...], list[str]]:
    """Return each building's months, and where missing data does not show as such."""
    sums = csv_energy.monthly_kwh(source, reached)
    empty = csv_energy.empty_days(source, reached)
    nodes = {gateway.name: gateway.node for gateway in stand.installation.gateways}
    first = csv_energy.hours(source)[0] - _DAY
    cloud: dict[tuple[str, str], float] = {}
    complaints: list[str] = []
    for building in sorted({building for building, _ in sums}):
        if building not in nodes:
            raise DemoError(f"no gateway for {building}; there are {', '.join(nodes)}")
        days = await stand.cloud.days(nodes[building], first, reached + _DAY)
        cloud |= _months(building, days)
        complaints += _not_missing(building, days, empty[building])
    months = tuple(
        Month(building, month, round(kwh, 6), cloud.get((building, month)))
        for (building, month), kwh in sums.items()
    )
    return months, complaints


def _months(building: str, days: Iterable[Day]) -> dict[tuple[str, str], float]:
    months: dict[tuple[str, str], float] = defaultdict(float)
    for day in days:
        months[building, day.day.strftime("%Y-%m")] += day.energy_kwh or 0.0
    return months


def _not_missing(
    building: str, days: Iterable[Day], empty: Collection[date]
) -> Iterator[str]:
    for day in days:
        if day.day in empty and (day.energy_kwh is not None or day.coverage):
            yield (
                f"{building}, {day.day}: the data is missing, but the cloud shows "
                f"{day.energy_kwh} kWh with coverage {day.coverage}"
            )
