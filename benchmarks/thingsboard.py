"""Our gateway beside ThingsBoard's, on the same meters: datapoints per CPU-second.

Theirs reads each meter in one block (an address range) and publishes to a real broker.
Ours has no MQTT uplink: it uploads over HTTP to a receiver on this machine, and keeps
everything on disk first, where theirs keeps it in memory.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from typing import Final
from urllib.request import urlopen

from benchmarks.broker import Platform, broker
from benchmarks.process_tree import cpu_s, resident_mb
from benchmarks.row import Row, SkippedError, folder, program
from benchmarks.same_meters import REGISTERS, write_ours, write_theirs

LINES: Final = 4
UNITS: Final = 50
_PACKAGES: Final = (
    "thingsboard-gateway>=3.8,<3.9",
    "pymodbus==3.9.2",  # what it would install when it first starts
    "pyserial",
    "pyserial-asyncio",
)
_CACHE: Final = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
ENVIRONMENT: Final = _CACHE / "voltonic" / "thingsboard-gateway"
_INSTALL_WITHIN_S: Final = 300.0
_READY_WITHIN_S: Final = 25.0
_SETTLED_S: Final = 3.0
_SPAN_S: Final = 12.0
_STOP_WITHIN_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Figures:
    """Of one gateway: per CPU-second, offered and delivered by the clock, and RSS."""

    per_cpu_s: float
    per_s: float
    memory_mb: float

    def __str__(self) -> str:
        return f"{self.per_cpu_s:,.0f} values/CPU-s ({self.per_s:,.0f}/s)"


def prepare() -> None:
    """Install ThingsBoard's gateway in an environment of its own, once.

    Raises:
        SkippedError: It cannot be installed here.
    """
    if _version():
        return
    python = str(ENVIRONMENT / "bin" / "python")
    _install([sys.executable, "-m", "venv", str(ENVIRONMENT)])
    _install([python, "-m", "pip", "install", "--quiet", *_PACKAGES])


def rows() -> list[Row]:
    """Return the comparisons of work and of memory."""
    version = _version()
    if not version:
        raise SkippedError(f"not in {ENVIRONMENT}; install it with --peers")
    with (
        folder() as here,
        program("benchmarks.slaves", "tcp", str(LINES), str(UNITS)) as server,
    ):
        theirs = _theirs(here, server["ports"])
        ours = _ours(here, server["ports"])
    name = f"thingsboard-gateway {version}"
    meters = f"{LINES * UNITS} meters of {len(REGISTERS)} values in a block, 1/s"
    return [
        Row(
            f"{meters} (theirs by MQTT from memory; ours by HTTP, for want of MQTT, "
            "from disk)",
            str(ours),
            f"{theirs} {name}",
            ours.per_cpu_s / theirs.per_cpu_s,
            7,
        ),
        Row(
            f"memory of a gateway with {LINES * UNITS} meters, no forecaster",
            f"{ours.memory_mb:.1f} MB resident",
            f"{theirs.memory_mb:.1f} MB {name}",
            ours.memory_mb / theirs.memory_mb,
            0.6,
            at_most=True,
        ),
    ]


def _theirs(here: Path, ports: list[int]) -> _Figures:
    config = here / "thingsboard"
    with broker(here) as port:
        write_theirs(config, port, ports, UNITS)
        platform = Platform(port)
        environment = {
            **os.environ,
            "TB_GW_CONFIG_DIR": str(config),
            "HTTPS_PROXY": "http://127.0.0.1:9",  # it asks for updates of itself
        }
        command = [str(ENVIRONMENT / "bin" / "thingsboard-gateway")]
        try:
            with _running(command, config, environment, here / "theirs.log") as pid:
                everyone = LINES * UNITS
                _await(lambda: len(platform.devices) == everyone, here / "theirs.log")
                return _figures(pid, lambda: platform.values)
        finally:
            platform.close()


def _ours(here: Path, ports: list[int]) -> _Figures:
    with program("benchmarks.receiver") as receiver:
        url = f"http://127.0.0.1:{receiver['port']}"
        config = write_ours(here, url, ports, UNITS)

        def received() -> int:
            with urlopen(url) as answer:
                return int(json.load(answer)["rows"])

        command = [sys.executable, "-m", "gateway", "run", "--config", str(config)]
        environment = {**os.environ, "MALLOC_ARENA_MAX": "1"}  # as its unit says
        with _running(command, Path.cwd(), environment, here / "ours.log") as pid:
            _await(lambda: received() > 0, here / "ours.log")
            return _figures(pid, received)


def _figures(pid: int, delivered: Callable[[], int]) -> _Figures:
    time.sleep(_SETTLED_S)
    begin_s, used_s, count = time.monotonic(), cpu_s(pid), delivered()
    time.sleep(_SPAN_S)
    used_s, count = cpu_s(pid) - used_s, delivered() - count
    per_s = count / (time.monotonic() - begin_s)
    return _Figures(count / used_s, per_s, resident_mb(pid))


@contextmanager
def _running(
    command: Sequence[str], where: Path, environment: Mapping[str, str], log: Path
) -> Iterator[int]:
    with (
        log.open("wb") as stream,
        subprocess.Popen(
            command,
            cwd=where,
            env=dict(environment),
            stdout=stream,
            stderr=stream,
            start_new_session=True,
        ) as process,
    ):
        try:
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(_STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


def _await(holds: Callable[[], bool], log: Path) -> None:
    end_s = time.monotonic() + _READY_WITHIN_S
    while not holds():
        if time.monotonic() > end_s:
            raise SkippedError(f"did not deliver: {log.read_text()[-1000:]}")
        time.sleep(0.2)


def _version() -> str:
    """Return which one is installed, or nothing."""
    places = map(str, ENVIRONMENT.glob("lib/python3*/site-packages"))
    found = distributions(name="thingsboard-gateway", path=list(places))
    return next((each.version for each in found), "")


def _install(command: Sequence[str]) -> None:
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=_INSTALL_WITHIN_S,
    )
    if done.returncode:
        last = (done.stderr.strip() or "no reason given").splitlines()[-1]
        raise SkippedError(f"thingsboard-gateway cannot be installed: {last}")


if __name__ == "__main__":
    prepare()
    print(*rows(), sep="\n")
