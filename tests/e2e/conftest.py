"""The whole system, small: one building with a day of history, then live."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from time import monotonic

import pytest

STARTS_WITHIN_S = 240
STOPS_WITHIN_S = 60


@dataclass(frozen=True)
class Demo:
    """A running demo and what it told its user to try.

    Attributes:
        data: The directory it keeps everything in.
        guide: The lines it printed, up to the one that says how to stop it.
    """

    url: str
    sign_in: str
    data: Path
    guide: str

    @property
    def key(self) -> str:
        """The viewer's API key, as the guide gives it."""
        found = re.search(r"X-API-Key: ([^']+)'", self.guide)
        assert found
        return found[1]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data = tmp_path_factory.mktemp("demo") / "data"
    command = [sys.executable, "-m", "firmware_sim", "demo", "--data", str(data)]
    command += ["--buildings", "1", "--history-days", "1", "--port", str(_free_port())]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield _started(process, data)
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def _started(process: subprocess.Popen[str], data: Path) -> Demo:
    """Wait for what the demo prints at its first live values."""
    lines: Queue[str | None] = Queue()
    Thread(target=_read, args=(process, lines), daemon=True).start()
    said, until = [], monotonic() + STARTS_WITHIN_S
    while True:
        try:
            line = lines.get(timeout=max(0, until - monotonic()))
        except Empty:
            line = None
        if line is None:
            pytest.fail("the demo did not come up:\n" + "".join(said))
        said.append(line)
        guide = "".join(said)
        found = re.search(r"(https?://[^/\s]+)/setup#\S+", guide)
        if found and line.strip().startswith("Stop"):
            return Demo(url=found[1], sign_in=found[0], data=data, guide=guide)


def _read(process: subprocess.Popen[str], lines: Queue[str | None]) -> None:
    assert process.stderr
    for line in process.stderr:
        lines.put(line)
    lines.put(None)


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise


@pytest.fixture(scope="session")
def chromium() -> Path:
    path = Path("/usr/bin/chromium")
    if not path.exists():
        pytest.skip(f"there is no Chromium at {path}")
    return path
