"""ESPHome accepts the node's configuration; it is installed beside, not with us."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NODE = Path("firmware_sim/esp8266")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


@pytest.fixture
def esphome():
    own = CACHE / "voltonic" / "esphome" / "bin" / "esphome"
    found = shutil.which("esphome") or (own if own.exists() else None)
    if found is None:
        pytest.skip(f"no ESPHome here: python3 -m venv {own.parents[1]} and install it")
    return found


def checked(esphome, folder, text):
    (folder / "node.yaml").write_text(text)
    shutil.copy(NODE / "secrets.example.yaml", folder / "secrets.yaml")
    return subprocess.run(
        [esphome, "config", "node.yaml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_esphome_accepts_the_configuration(esphome, tmp_path):
    done = checked(esphome, tmp_path, (NODE / "esphome.yaml").read_text())
    assert done.returncode == 0, done.stderr + done.stdout
    assert "Configuration is valid!" in done.stderr + done.stdout
    assert "X-API-Key" in done.stdout


def test_esphome_refuses_one_that_names_no_pin(esphome, tmp_path):
    text = (NODE / "esphome.yaml").read_text().replace("GPIO3", "GPIO99")
    assert checked(esphome, tmp_path, text).returncode != 0
