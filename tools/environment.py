"""Make .venv hold everything, and say what is missing when that fails.

Needs the standard library only. Safe to run again: does nothing when .venv already
matches the lock and the sources of the dashboard, and needs no network then.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "ready"
LOCK = ROOT / "requirements.lock"
DASHBOARD = ROOT / "cloud" / "dashboard"
NOT_SOURCES = {"node_modules", "dist"}


class SetupError(Exception):
    """The environment cannot be made; the message says what to do."""


def main() -> int:
    """Bring .venv up to date; return the exit status."""
    try:
        if is_ready():
            return 0
        say("Setting up .venv; the first time takes a minute or two.")
        make_venv()
        install_locked()
        install_voltonic()
    except SetupError as error:
        say(f"setup: {error}")
        return 2
    STAMP.write_text(fingerprint())
    say("Ready.")
    return 0


def is_ready() -> bool:
    """Return whether .venv was completed for these very sources."""
    return (
        STAMP.exists()
        and STAMP.read_text() == fingerprint()
        and works(PYTHON)
        and (DASHBOARD / "dist" / "index.html").exists()
    )


def fingerprint() -> str:
    """Return a hash of all that decides what .venv must hold."""
    digest = hashlib.sha256(f"{ROOT} {sys.version_info[:2]}".encode())
    files = [LOCK, ROOT / "pyproject.toml", ROOT / "hatch_build.py"]
    files += (
        path
        for path in sorted(DASHBOARD.rglob("*"))
        if not NOT_SOURCES & set(path.relative_to(DASHBOARD).parts)
    )
    for path in filter(Path.is_file, files):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def make_venv() -> None:
    """Make .venv, anew if what is there does not work."""
    if sys.version_info < (3, 11):  # noqa: UP036  # older ones run this file too
        raise SetupError(
            f"Python {sys.version.split()[0]} is too old; install Python 3.11 or newer"
            " and run: make setup PYTHON=python3.11"
        )
    if VENV.exists() and not works(PYTHON):
        say("The .venv here is half-made; making it anew.")
        shutil.rmtree(VENV)
    if not VENV.exists():
        run(
            [sys.executable, "-m", "venv", str(VENV)],
            "Python's venv module is missing or broken;"
            " on Debian: apt install python3-venv",
        )


def install_locked() -> None:
    """Install exactly what the lock lists, with uv for speed."""
    remedy = (
        "the packages of requirements.lock could not be installed: is there a network"
        " connection? Run make setup again when there is; what was done is kept"
    )
    if not (VENV / "bin" / "uv").exists():
        say("Installing uv …")
        only_uv = VENV / "uv.lock.txt"
        only_uv.write_text(locked("uv"))
        run([*pip(), "--require-hashes", "-r", str(only_uv)], remedy)
    say("Installing the packages of requirements.lock …")
    uv = [str(VENV / "bin" / "uv"), "pip", "sync", "-q", "--python", str(PYTHON)]
    uv += ["--compile-bytecode"]  # as pip does; compiling at run time costs memory
    if not succeeds([*uv, "--require-hashes", str(LOCK)]):
        run([*pip(), "--require-hashes", "-r", str(LOCK)], remedy)


def install_voltonic() -> None:
    """Install this tree in place; the build hook makes the dashboard."""
    say("Building the dashboard …")
    run(
        [*pip(), "--no-deps", "--no-build-isolation", "-e", str(ROOT)],
        "Voltonic itself could not be installed; the lines above say why",
    )


def pip() -> list[str]:
    """Return the start of a pip command in .venv."""
    return [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]


def locked(package: str) -> str:
    """Return the lock's entry of one package, with its hashes."""
    lines = LOCK.read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"{package}=="))
    entry = [lines[start]]
    for line in lines[start + 1 :]:
        if not line.startswith("    --hash"):
            break
        entry.append(line)
    return "\n".join(entry).rstrip("\\ ") + "\n"


def works(python: Path) -> bool:
    """Return whether `python` runs and has pip."""
    return python.exists() and succeeds([str(python), "-m", "pip", "--version"])


def succeeds(command: list[str]) -> bool:
    """Run `command` silently; return whether it ended well."""
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    return done.returncode == 0


def run(command: list[str], remedy: str) -> None:
    """Run `command` with its output on stderr.

    Raises:
        SetupError: It failed; the message is `remedy`.
    """
    environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    done = subprocess.run(
        command, stdout=sys.stderr, cwd=ROOT, env=environment, check=False
    )
    if done.returncode:
        raise SetupError(remedy)


def say(line: str) -> None:
    """Print progress where it does not mix with a command's own output."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
