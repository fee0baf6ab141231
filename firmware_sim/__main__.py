"""The command `voltonic-sim`: simulated hardware on real ports and ptys."""

import json
from pathlib import Path

import click

from firmware_sim import campus
from firmware_sim.campus_file import campus_file
from firmware_sim.demo.command import demo
from firmware_sim.esp8266 import Node, post_all
from firmware_sim.play import Player, SimulatedClock, play_lines
from firmware_sim.play_command import play_scenarios
from firmware_sim.running import run_until_stopped
from firmware_sim.stand_in import StandInError, stand_in

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
main.add_command(play_scenarios)


@main.command(
    name="campus",
    epilog="""\b
Example:
  voltonic-sim campus --out campus.json
""",
)
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


@main.command(
    epilog="""\b
Example:
  voltonic-sim building --config ./gateway.toml
"""
)
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
    run_until_stopped(playing, until_eof=until_eof)


@main.command(
    epilog="""\b
Example:
  voltonic-sim esp8266 --url http://127.0.0.1:5000 --key KEY --key ANOTHER
"""
)
@click.option("--url", required=True, help="Address of the cloud.")
@click.option(
    "--key", "keys", multiple=True, required=True, help="API key of a node; repeatable."
)
@click.option("--facility-id", type=int, help="Sent along with each post.")
@click.option(
    "--interval", "interval_s", default=30.0, show_default=True, help="Seconds."
)
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
    run_until_stopped(post_all(url, fleet, interval_s=interval_s))


if __name__ == "__main__":
    main()
