"""A simulator that plays scenes: on real ports, under a conductor or the wall clock."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_sim.conducted import follow
from firmware_sim.faults import Fault, Place
from firmware_sim.line import PlayedLine, Ports
from firmware_sim.scene import Scene
from firmware_sim.truth_server import TruthServer
from firmware_sim.weather_server import WeatherServer

_STEP_S: Final = 60


class SimulatedClock:
    """The conductor's instant, or the wall clock once live."""

    def __init__(self) -> None:
        self._at_ms: int | None = None

    def now_ms(self) -> int:
        """Return the present instant, in ms since 1970 UTC."""
        return time.time_ns() // 1_000_000 if self._at_ms is None else self._at_ms

    def set(self, at_ms: int | None) -> None:
        """Stand at `at_ms`; None follows the wall clock."""
        self._at_ms = at_ms


class Player:
    """Moves its scenes together and tells their truth.

    Attributes:
        still_ms: The instant to stand at once live; None follows the wall clock.
    """

    def __init__(
        self,
        scenes: Sequence[Scene],
        clock: SimulatedClock,
        still_ms: int | None = None,
    ) -> None:
        self.scenes = tuple(scenes)
        self.clock = clock
        self.still_ms = still_ms
        clock.set(still_ms)
        self._live: asyncio.Task[None] | None = None
        self._shown_ms = 0

    def advance(self, at_ms: int) -> None:
        """Go to the simulated instant `at_ms`."""
        self.clock.set(at_ms)
        self._show(at_ms)

    def go_live(self) -> None:
        """Follow the wall clock from now on, step by step, unless it stands still."""
        if self.still_ms is not None:
            self.advance(self.still_ms)
        elif self._live is None:
            self._catch_up()
            self._live = asyncio.get_running_loop().create_task(self._follow_wall())

    def hold(self) -> None:
        """Stay at the step just played."""
        if self._live is not None:
            self._live.cancel()
            self._live = None

    def truth(self, at_ms: int | None = None) -> dict[str, object] | None:
        """Return all scenes' truth of one step, the current one by default."""
        wanted = self._shown_ms if at_ms is None else at_ms
        parts = [scene.truth(wanted) for scene in self.scenes]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts):
            return None
        return {key: value for part in known for key, value in part.items()}

    def steps_ms(self) -> list[int]:
        """Return the steps of which every scene still knows the truth."""
        kept = [set(scene.steps_ms()) for scene in self.scenes]
        return sorted(set.intersection(*kept)) if kept else []

    def set_faults(self, place: Place, fault: Fault) -> int:
        """Add a fault to every device at `place`; return how many there are.

        Raises:
            ValueError: Not one of them can have such a fault.
        """
        found = 0
        for scene in self.scenes:
            for gateway, wiring in scene.wirings.items():
                for name, line in wiring.lines.items():
                    if place.holds(gateway, name):
                        found += line.strike(place, fault)
        return found

    def clear_faults(self) -> None:
        """Make every device well again."""
        for line in self.lines():
            line.heal()

    def lines(self) -> list[PlayedLine]:
        """Return every line of every scene."""
        wirings = [w for scene in self.scenes for w in scene.wirings.values()]
        return [line for wiring in wirings for line in wiring.lines.values()]

    def _show(self, at_ms: int) -> None:
        for scene in self.scenes:
            scene.advance(at_ms)
        self._shown_ms = at_ms

    def _catch_up(self) -> None:
        self.clock.set(None)
        self._show(self.clock.now_ms())

    async def _follow_wall(self) -> None:
        while True:
            await asyncio.sleep(_STEP_S - time.time() % _STEP_S)
            self._catch_up()


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told beside the lines.

    Attributes:
        about: What the ports file begins with.
        on_ready: Called once everything listens.
        weather: Answers questions for the weather.
    """

    about: dict[str, object]
    ports_file: Path | None = None
    on_ready: Callable[[], None] = lambda: None
    weather: WeatherServer | None = None


async def play(
    player: Player, ports: Ports, telling: Telling, conductor: Path | None = None
) -> None:
    """Play until the conductor hangs up, or until cancelled without one."""
    server = TruthServer(player, telling.weather)
    lines = player.lines()
    try:
        for line in lines:
            await line.start(ports)
        truth = await server.start(ports.take())
        if conductor is None:
            player.go_live()
        telling.on_ready()
        about = telling.about | {"truth": truth} | _gateways(player)
        _announce(about, telling.ports_file)
        if conductor is None:
            await asyncio.Event().wait()
        else:
            await follow(conductor, "simulator", player)
    finally:
        player.hold()
        await server.stop()
        await _stopped(lines)


async def play_lines(player: Player, ports_file: Path | None = None) -> None:
    """Play one gateway's lines by the wall clock; say only where each line is."""
    lines = player.lines()
    try:
        for line in lines:
            await line.start(Ports())
        player.go_live()
        (wiring,) = (w for scene in player.scenes for w in scene.wirings.values())
        where = {name: line.address() for name, line in wiring.lines.items()}
        _announce({"lines": where}, ports_file)
        await asyncio.Event().wait()
    finally:
        player.hold()
        await _stopped(lines)


async def _stopped(lines: Sequence[PlayedLine]) -> None:
    for line in lines:
        with suppress(OSError):
            await line.stop()


def _gateways(player: Player) -> dict[str, object]:
    return {
        "gateways": {
            slug: wiring.to_json()
            for scene in player.scenes
            for slug, wiring in scene.wirings.items()
        }
    }


def _announce(ports: dict[str, object], ports_file: Path | None) -> None:
    text = json.dumps(ports)
    if ports_file is not None:
        draft = ports_file.with_name(ports_file.name + ".draft")
        draft.write_text(text + "\n")
        draft.replace(ports_file)
    print(text, flush=True)
