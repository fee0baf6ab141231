"""The command `voltonic-sim play`."""

from collections.abc import Callable
from datetime import UTC, datetime
from errno import EADDRINUSE, ECONNREFUSED, ENOENT
from pathlib import Path
from typing import Final, TypedDict, Unpack

import click

from firmware_sim import campus
from firmware_sim.faults import Kind, placed_fault
from firmware_sim.line import Ports
from firmware_sim.play import Player, SimulatedClock, Telling, play
from firmware_sim.replay import ReplaySite, load
from firmware_sim.replay_csv import ReplayError
from firmware_sim.replay_scene import ReplayScene
from firmware_sim.running import run_until_stopped
from firmware_sim.scenario.gateway_config import write_config
from firmware_sim.scenario.scene import ScenarioScene
from firmware_sim.scenario.spec import ScenarioError, shipped
from firmware_sim.scenario.spec import load as load_scenario
from firmware_sim.scene import CampusScene, EngineeringScene, Scene
from firmware_sim.weather import TwinWeather, Weather
from firmware_sim.weather_forecast import Forecaster
from firmware_sim.weather_server import WeatherServer

_BUILT_IN: Final = ("campus", "engineering", "replay")
_PATH = click.Path(path_type=Path)


class Options(TypedDict):
    """What `play` can be told."""

    seed: int
    buildings: int
    conductor: Path | None
    ports_file: Path | None
    port_base: int | None
    replay: Path | None
    site: str | None
    faults: tuple[str, ...]
    gateway_config: Path | None
    cloud_url: str
    at: datetime | None


@click.command(
    name="play",
    epilog=f"""\b
Examples:
  voltonic-sim play campus --buildings 1 --port-base 15020
  voltonic-sim play campus --faults 'physics/floor-1/3:half_frame'
  voltonic-sim play engineering --faults '*/classroom/1:dropout:0.2'
  voltonic-sim play mixed --gateway-config /tmp/mixed/gateway.toml
  voltonic-sim play ./my-building.toml

Kinds of faults: {", ".join(Kind)}.
""",
)
@click.argument("scenarios", nargs=-1)
@click.option("--seed", default=7, show_default=True, help="World to play.")
@click.option(
    "--buildings",
    type=click.IntRange(1, 12),
    default=12,
    show_default=True,
    help="How many of the twelve buildings.",
)
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
@click.option(
    "--gateway-config",
    type=_PATH,
    help="Also write the gateway.toml of the one gateway there is.",
)
@click.option(
    "--cloud-url",
    default="http://127.0.0.1:5000",
    show_default=True,
    help="Cloud to name in that file.",
)
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%dT%H:%M"]),
    help="Stand still at this instant (UTC) instead of following the wall clock.",
)
def play_scenarios(scenarios: tuple[str, ...], **options: Unpack[Options]) -> None:
    """Play SCENARIOS until stopped; print the ports as one JSON line when ready.

    campus, engineering, replay, mixed (one building with everything), nasty (the same
    where much misbehaves), or a FILE.toml of your own. Without any, the campus and the
    Engineering Complex, or the replay if there is one.
    """
    clock = SimulatedClock()
    clock.set(_ms(options["at"]))
    usual = ("replay",) if options["replay"] else ("campus", "engineering")
    names = scenarios or usual
    about: dict[str, object] = {"scenarios": list(names), "seed": options["seed"]}
    scenes = _scenes(names, options, clock)
    weather: Weather | None = TwinWeather(options["seed"])
    if "replay" in names:
        replay_scene, weather, told = _replay(options, clock)
        scenes.append(replay_scene)
        about |= told
    player = Player(scenes, clock, _ms(options["at"]))
    _set_faults(player, options["faults"])
    telling = Telling(
        about,
        options["ports_file"],
        _writer(player, options),
        _server(weather, options["seed"]),
    )
    playing = play(player, Ports(options["port_base"]), telling, options["conductor"])
    try:
        run_until_stopped(playing)
    except OSError as error:
        raise _refused(error, options) from error


def _scenes(
    names: tuple[str, ...], options: Options, clock: SimulatedClock
) -> list[Scene]:
    scenes: list[Scene] = []
    seed = options["seed"]
    if "campus" in names:
        chosen = campus.buildings(options["buildings"])
        scenes.append(CampusScene(seed, chosen, clock.now_ms))
    if "engineering" in names:
        scenes.append(EngineeringScene(seed))
    for name in names:
        if name not in _BUILT_IN:
            try:
                scenes.append(ScenarioScene(load_scenario(name), clock.now_ms))
            except ScenarioError as error:
                raise click.BadParameter(
                    f"{error}; there are {', '.join((*_BUILT_IN, *shipped()))}"
                    " and files that end in .toml",
                    param_hint="SCENARIOS",
                ) from error
    return scenes


def _ms(at: datetime | None) -> int | None:
    return None if at is None else int(at.replace(tzinfo=UTC).timestamp() * 1000)


def _writer(player: Player, options: Options) -> Callable[[], None]:
    """Return what writes the gateway's configuration once the lines are up."""
    path = options["gateway_config"]
    if path is None:
        return lambda: None
    gateways = [each for scene in player.scenes for each in scene.wirings.items()]
    if len(gateways) != 1:
        names = ", ".join(name for name, _ in gateways)
        raise click.BadParameter(
            f"there is a file for one gateway only, and these are {names}",
            param_hint="--gateway-config",
        )
    ((name, wiring),) = gateways
    return lambda: write_config(path, name, wiring, options["cloud_url"])


def _server(weather: Weather | None, seed: int) -> WeatherServer | None:
    return None if weather is None else WeatherServer(Forecaster(weather, seed))


def _replay(
    options: Options, clock: SimulatedClock
) -> tuple[ReplayScene, Weather | None, dict[str, object]]:
    """Return the replay, its weather, and what the ports file tells of it."""
    replayed = _replayed(options["replay"], options["site"])
    shift_ms = 0 if options["conductor"] else replayed.shift_ms(clock.now_ms())
    weather = replayed.weather
    told: dict[str, object] = {
        "campus_file": replayed.campus_file(),
        "instants_ms": replayed.instants_ms(),
    }
    shifted = None if weather is None else weather.later(shift_ms)
    return ReplayScene(replayed, options["seed"], shift_ms), shifted, told


def _refused(error: OSError, options: Options) -> Exception:
    if error.errno == EADDRINUSE:
        return click.BadParameter(str(error), param_hint="--port-base")
    if options["conductor"] and error.errno in (ENOENT, ECONNREFUSED):
        no_conductor = f"no conductor at {options['conductor']}: {error.strerror}"
        return click.BadParameter(no_conductor, param_hint="--conductor")
    return error


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
            found = player.set_faults(place, fault)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="--faults") from error
        if not found:
            raise click.BadParameter(f"no device at {place}", param_hint="--faults")
