"""The command `voltonic-sim`: simulated hardware on real ports and ptys."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path

import click

from firmware_sim import campus
from firmware_sim.campus_file import campus_file
from firmware_sim.demo.command import demo
from firmware_sim.esp8266 import Node, post_all
from firmware_sim.faults import placed_fault
from firmware_sim.line import Ports
from firmware_sim.play import Player, SimulatedClock, play, play_lines
from firmware_sim.replay import ReplayError, ReplaySite, load
from firmware_sim.replay_scene import ReplayScene
from firmware_sim.scene import CampusScene, EngineeringScene, Scene
from firmware_sim.stand_in import StandInError, stand_in

_SCENARIOS = click.Choice(["campus", "engineering", "replay"])
_PATH = click.Path(path_type=Path)
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


main.add_command(demo)


@main.command(name="campus")
@_SEED
@_BUILDINGS
@click.option("--out", type=_PATH, help="File; default stdout.")
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
    type=_PATH,
    help="Socket of a conductor whose clock to follow; default the wall clock.",
)
@click.option("--ports-file", type=_PATH, help="Also write the ports there.")
@click.option("--port-base", type=click.IntRange(1024, 65000), help="First TCP port.")
@click.option("--replay", type=_PATH, help="Directory of real history to play.")
@click.option("--site", help="Site of the replay; default the directory's first.")
@click.option(
    "--faults",
    multiple=True,
    metavar="GATEWAY/LINE/UNIT:KIND[:PROBABILITY[:SIZE]]",
    help="A fault from the start; * matches any name. May be repeated.",
)
def play_scenarios(  # noqa: PLR0913 - one parameter for each option
    scenarios: tuple[str, ...],
    seed: int,
    buildings: int,
    conductor: Path | None,
    ports_file: Path | None,
    port_base: int | None,
    replay: Path | None,
    site: str | None,
    faults: tuple[str, ...],
) -> None:
    """Play SCENARIOS until stopped; print the ports as one JSON line when ready.

    Without any, the campus and the Engineering Complex, or the replay if there is one.
    """
    clock = SimulatedClock()
    usual = ("replay",) if replay else ("campus", "engineering")
    names = scenarios or usual
    about: dict[str, object] = {"scenarios": list(names), "seed": seed}
    scenes: list[Scene] = []
    if "campus" in names:
        scenes.append(CampusScene(seed, campus.buildings(buildings), clock.now_ms))
    if "engineering" in names:
        scenes.append(EngineeringScene(seed))
    if "replay" in names:
        replayed = _replayed(replay, site)
        shift_ms = 0 if conductor else replayed.shift_ms(clock.now_ms())
        scenes.append(ReplayScene(replayed, seed, shift_ms))
        about |= {
            "campus_file": replayed.campus_file(),
            "instants_ms": replayed.instants_ms(),
        }
    player = Player(scenes, clock)
    _set_faults(player, faults)
    _run(
        play(
            player,
            Ports(port_base),
            about=about,
            ports_file=ports_file,
            conductor=conductor,
        )
    )


@main.command
@click.option("--config", type=_PATH, required=True, help="A gateway.toml.")
@click.option("--ports-file", type=_PATH, help="Also write the lines there.")
@click.option("--until-eof", is_flag=True, help="End when standard input is closed.")
def building(config: Path, ports_file: Path | None, *, until_eof: bool) -> None:
    """Stand in for all devices of one gateway; print where each line is."""
    clock = SimulatedClock()
    try:
        scene = stand_in(config, clock.now_ms)
    except StandInError as error:
        raise click.ClickException(str(error)) from error
    playing = play_lines(Player([scene], clock), ports_file)
    _run(playing, until_eof=until_eof)


@main.command
@click.option("--url", required=True, help="Address of the cloud.")
@click.option(
    "--key", "keys", multiple=True, required=True, help="API key of a node; repeatable."
)
@click.option("--facility-id", type=int, help="Sent along with each post.")
@click.option("--interval", "interval_s", default=30.0, show_default=True)
@_SEED
def esp8266(
    url: str,
    keys: tuple[str, ...],
    facility_id: int | None,
    interval_s: float,
    seed: int,
) -> None:
    """Let ESP8266 nodes post to the cloud until stopped, one for each key."""
    fleet = {
        key: Node(number, seed=seed, facility_id=facility_id)
        for number, key in enumerate(keys)
    }
    _run(post_all(url, fleet, interval_s=interval_s))


def _replayed(directory: Path | None, site: str | None) -> ReplaySite:
    if directory is None:
        raise click.UsageError("a replay needs --replay DIR")
    try:
        return load(directory, site)
    except ReplayError as error:
        raise click.ClickException(str(error)) from error


def _set_faults(player: Player, written: tuple[str, ...]) -> None:
    for text in written:
        try:
            place, fault = placed_fault(text)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--faults") from error
        if not player.set_faults(place, fault):
            raise click.BadParameter(f"no device at {place}", param_hint="--faults")


def _run(program: Coroutine[object, object, None], *, until_eof: bool = False) -> None:
    """Run until it ends, or SIGTERM, Ctrl-C or a closed stdin stops it cleanly."""

    async def stoppable() -> None:
        task = asyncio.ensure_future(program)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        if until_eof:
            loop.add_reader(sys.stdin, _cancel_at_eof, task)
        with contextlib.suppress(asyncio.CancelledError):
            await task

    asyncio.run(stoppable())


def _cancel_at_eof(task: asyncio.Future[None]) -> None:
    if not os.read(sys.stdin.fileno(), 1024):
        asyncio.get_running_loop().remove_reader(sys.stdin)
        task.cancel()


if __name__ == "__main__":
    main()
