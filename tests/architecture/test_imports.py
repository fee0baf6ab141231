"""The arrows hold, and the check that says so notices when one is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("contract", "gateway", "cloud", "firmware_sim")


def lint(folder):
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [linter, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path):
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            tmp_path / package,
            ignore=shutil.ignore_patterns("node_modules", "dist", "__pycache__"),
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_nobody_imports_what_they_may_not():
    result = lint(ROOT)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("library", ["sklearn", "flask", "sqlalchemy"])
def test_a_gateway_module_that_imports_the_clouds_weight_is_noticed(copy, library):
    module = copy / "gateway" / "clock.py"
    module.write_text(f"{module.read_text()}\nimport {library}\n")
    result = lint(copy)
    assert result.returncode != 0
    assert "The gateway loads nothing of the cloud's weight BROKEN" in result.stdout


def test_a_simulator_that_imports_the_contract_is_noticed(copy):
    module = copy / "firmware_sim" / "faults.py"
    module.write_text(f"{module.read_text()}\nfrom contract import quantity\n")
    result = lint(copy)
    assert "The simulator knows none of our code BROKEN" in result.stdout
