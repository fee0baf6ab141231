"""The command `voltonic-sim`: simulated hardware on real ports and ptys."""

import asyncio
import contextlib
import json
import signal
from collections.abc import Coroutine
from pathlib import Path

import click

from firmware_sim import campus
from firmware_sim.campus_file import campus_file
from firmware_sim.line import Ports
from firmware_sim.play import Player, SimulatedClock, play
from firmware_sim.scene import CampusScene, EngineeringScene, Scene

_SCENARIOS = click.Choice(["campus", "engineering"])
_SEED = click.option("--seed", default=7, show_default=True, help="World to play.")
_BUILDINGS = click.option(
    "--buildings",
    type=click.IntRange(1, 12),
    default=12,
    show_default=True,
    help="How many of the twelve buildings.",
)


@click.group()
@click.version_option(package_name="voltonic")
def main() -> None:
    """Play simulated meters, rooms and inverters on real ports and ptys."""


@main.command(name="campus")
@_SEED
@_BUILDINGS
@click.option("--out", type=click.Path(path_type=Path), help="File; default stdout.")
def write_campus(seed: int, buildings: int, out: Path | None) -> None:
    """Write the campus file: sites, nodes and timetables."""
    text = json.dumps(campus_file(seed, campus.buildings(buildings)))
    if out is None:
        click.echo(text)
    else:
        out.write_text(text + "\n")


@main.command(name="play")
@click.argument("scenarios", nargs=-1, type=_SCENARIOS)
@_SEED
@_BUILDINGS
@click.option(
    "--conductor",
    type=click.Path(path_type=Path),
    help="Socket of a conductor whose clock to follow; default the wall clock.",
)
@click.option(
    "--ports-file", type=click.Path(path_type=Path), help="Also write the ports there."
)
@click.option("--port-base", type=click.IntRange(1024, 65000), help="First TCP port.")
def play_scenarios(
    scenarios: tuple[str, ...],
    seed: int,
    buildings: int,
    conductor: Path | None,
    ports_file: Path | None,
    port_base: int | None,
) -> None:
    """Play SCENARIOS until stopped; print the ports as one JSON line when ready."""
    clock = SimulatedClock()
    names = scenarios or ("campus", "engineering")
    scenes: list[Scene] = []
    if "campus" in names:
        scenes.append(CampusScene(seed, campus.buildings(buildings), clock.now_ms))
    if "engineering" in names:
        scenes.append(EngineeringScene(seed))
    about: dict[str, object] = {"scenarios": list(names), "seed": seed}
    _run(
        play(
            Player(scenes, clock),
            Ports(port_base),
            about=about,
            ports_file=ports_file,
            conductor=conductor,
        )
    )


def _run(program: Coroutine[object, object, None]) -> None:
    """Run until it ends, or until SIGTERM or Ctrl-C stops it cleanly."""

    async def stoppable() -> None:
        task = asyncio.ensure_future(program)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(stoppable())


if __name__ == "__main__":
    main()
