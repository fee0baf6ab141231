"""Resident memory of a real gateway that polls a building, its forecaster loaded."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.inference import published, trained
from benchmarks.poller import LINES, UNITS, write_settings
from benchmarks.process_tree import resident_mb
from benchmarks.row import Row, folder, program
from contract.reading import Reading
from contract.timetable import SiteConfig
from gateway.config import load
from gateway.forecaster.device import FOLDER
from gateway.forecaster.forecaster import Forecaster
from gateway.forecaster.known import Site
from gateway.forecaster.shelf import Published

LIMIT_MB: Final = 100.0
_NODE: Final = "campus/bench"
_HOURS: Final = 43 * 24
_SETTLED_S: Final = 12.0
_READY_WITHIN_S: Final = 30.0


def rows() -> Sequence[Row]:
    """Return the comparison with the limit."""
    with (
        folder() as here,
        program("benchmarks.slaves", "tcp", str(LINES), str(UNITS)) as server,
    ):
        config = write_settings(server["ports"], here, poll_s=5)
        _, onnx, _ = trained()
        _live_in(config, Published(*published(onnx, _NODE)))
        used_mb = _used_mb(config)
    return [
        Row(
            f"memory of a gateway with {LINES * UNITS} meters and its forecaster",
            f"{used_mb:.1f} MB resident",
            f"{LIMIT_MB:g} MB allowed",
            used_mb / LIMIT_MB,
            1,
            at_most=True,
        )
    ]


def _live_in(config: Path, model: Published) -> None:
    """Leave what a gateway has after six weeks: a full memory and a model that runs."""
    settings = load(config)
    settings.data_dir.mkdir(exist_ok=True)
    site = SiteConfig("1", "UTC", {})
    (settings.data_dir / "site_config.json").write_text(json.dumps(site.to_json()))
    forecaster = Forecaster(
        settings.data_dir / FOLDER, settings.node, settings.inventory()
    )
    now = datetime.now(UTC)
    for hour in range(_HOURS, -1, -1):
        at = now - timedelta(hours=hour)
        kwh = float(_HOURS - hour + hour % 24)
        points = forecaster.memory.counting.counters
        forecaster.observe(Reading(point, at, 2 * kwh) for point in points)
        forecaster.memory.close(at)
    known = forecaster.memory.known(Site.of(site), now)
    forecaster.forecast(known, now)
    forecaster.accept(model, now, known)
    forecaster.save(forecaster.memory.kept())


def _used_mb(config: Path) -> float:
    command = [sys.executable, "-m", "gateway", "run", "--config", str(config)]
    log = (config.parent / "log").open("wb")
    environment = {**os.environ, "MALLOC_ARENA_MAX": "1"}  # as its unit says
    with log, subprocess.Popen(command, env=environment, stderr=log) as gateway:
        try:
            status = _ready_status(config)
            if status["forecast"]["model"] is None:
                raise RuntimeError((config.parent / "log").read_text()[-3000:])
            time.sleep(_SETTLED_S)
            return resident_mb(gateway.pid)
        finally:
            gateway.send_signal(signal.SIGTERM)
            gateway.wait(20)


def _ready_status(config: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "gateway", "status", "--json"]
    end_s = time.monotonic() + _READY_WITHIN_S
    while time.monotonic() < end_s:
        asked = subprocess.run(
            [*command, "--config", str(config)], capture_output=True, check=False
        )
        if asked.returncode == 0:
            status: dict[str, Any] = json.loads(asked.stdout)
            if status["running"] and status["forecast"]["origin_s"]:
                return status
        time.sleep(0.5)
    raise RuntimeError((config.parent / "log").read_text()[-2000:])


if __name__ == "__main__":
    print(rows())
