"""The command lines of our programs, as the demo uses them."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from firmware_sim.demo.addresses import LOOPBACK
from firmware_sim.demo.configs import Installed
from firmware_sim.demo.options import Options
from firmware_sim.demo.processes import Program

CLOUD = "cloud"
SIMULATOR = "simulator"
ESP8266 = "esp8266"
ESP8266_INTERVAL_S = 30


def simulator(options: Options, conductor: Path, ports_file: Path) -> Program:
    """Return the simulator of the campus twin, or of a replay."""
    what = ["campus", "engineering", "--buildings", str(options.buildings)]
    if options.replay is not None:
        what = ["replay", "--replay", str(options.replay)]
        what += ["--site", options.site] if options.site else []
    common = ("--seed", options.seed, "--conductor", conductor)
    return _program(
        SIMULATOR,
        "firmware_sim",
        ("play", *what, *common, "--ports-file", ports_file),
    )


def esp8266(options: Options, url: str, keys: Iterable[str]) -> Program:
    """Return the nodes that post by themselves, one for each key."""
    arguments: list[object] = [
        "esp8266",
        "--url",
        url,
        "--interval",
        ESP8266_INTERVAL_S,
    ]
    for key in keys:
        arguments += ["--key", key]
    return _program(ESP8266, "firmware_sim", (*arguments, "--seed", options.seed))


def cloud(data: Path, port: int, weather_url: str) -> Program:
    """Return the cloud's web server and worker, which ask the simulator for weather."""
    arguments = ("run", "--host", LOOPBACK, "--port", port, "--data", data)
    weather = {
        "WEATHER_PROVIDER": "simulator",
        "WEATHER_URL": weather_url,
        "WEATHER_MINUTES": "1",
    }
    return replace(_program(CLOUD, "cloud", arguments), environment=weather)


def cloud_command(data: Path, *arguments: object) -> Program:
    """Return one command of the cloud's operator."""
    return _program("cloud-command", "cloud", (*arguments, "--data", data))


def esp8266_add(data: Path, node: str) -> Program:
    """Return the command that registers a node that posts, and prints its key."""
    interval = ("--interval", ESP8266_INTERVAL_S, "--capacity-kw", 40)
    arguments = ("device", "add", node, ESP8266, *interval, "--with-key")
    return cloud_command(data, *arguments)


def gateway(installed: Installed, conductor: Path) -> Program:
    """Return the daemon of one gateway."""
    arguments = ("run", "--config", installed.config, "--conductor", conductor)
    return _program(f"gateway-{installed.name}", "gateway", arguments)


def gateway_key(installed: Installed) -> Program:
    """Return the command that makes a gateway's key and prints the public one."""
    return _program("gateway-key", "gateway", ("key", "--config", installed.config))


def gateway_status(installed: Installed) -> Program:
    """Return the command that prints a gateway's status from its database."""
    arguments = ("status", "--config", installed.config, "--json")
    return _program("gateway-status", "gateway", arguments)


def _program(name: str, module: str, arguments: tuple[object, ...]) -> Program:
    return Program(name, module, tuple(map(str, arguments)))
