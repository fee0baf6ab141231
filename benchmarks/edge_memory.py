"""Resident memory of a real gateway that polls a building, its forecaster loaded."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from benchmarks.inference import published, trained
from benchmarks.poller import LINES, UNITS, write_settings
from benchmarks.process_tree import resident_mb
from benchmarks.row import Row, folder, program
from gateway.forecaster import model

LIMIT_MB: Final = 100.0
_NODE: Final = "campus/bench"
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
        model.write(here / "data" / "models", *published(onnx, _NODE))
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


def _used_mb(config: Path) -> float:
    command = [sys.executable, "-m", "gateway", "run", "--config", str(config)]
    log = (config.parent / "log").open("wb")
    environment = {**os.environ, "MALLOC_ARENA_MAX": "1"}  # as its unit says
    with log, subprocess.Popen(command, env=environment, stderr=log) as gateway:
        try:
            status = _ready_status(config)
            if status["forecast"]["version"] != 1:
                raise RuntimeError(f"the forecaster is not loaded: {status}")
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
            if status.get("forecast") and status["forecast"]["version"]:
                return status
        time.sleep(0.5)
    raise RuntimeError((config.parent / "log").read_text()[-2000:])


if __name__ == "__main__":
    print(rows())
