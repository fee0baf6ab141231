import asyncio
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_sim.demo.processes import (
    Children,
    Program,
    ProgramError,
    line_in_log,
    output_of,
)

SLEEPER = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print("ready", child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def program(tmp_path):
    """A program of a module with the given source."""

    def make(source, name="player"):
        (tmp_path / f"{name}.py").write_text(source)
        return Program(name, name, (), {"PYTHONPATH": str(tmp_path)})

    return make


async def gone(pid):
    """Return once nothing of that process runs."""
    async with asyncio.timeout(10):
        while is_alive(pid):  # noqa: ASYNC110  # nobody tells us
            await asyncio.sleep(0.02)


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_program_is_ended_with_what_it_started(tmp_path, program, how):
    async def test():
        children = Children(tmp_path / "logs")
        child = await children.start(program(SLEEPER))
        line = await line_in_log(child, "ready", 20)
        if how == "kill":
            child.kill()
            assert await child.ended() == -9
        await children.stop_all()
        await gone(int(line.split()[1]))

    asyncio.run(test())


def test_a_program_that_ends_before_it_is_ready_is_quoted(tmp_path, program):
    async def test():
        children = Children(tmp_path / "logs")
        child = await children.start(program("raise SystemExit('no meter here')"))
        with pytest.raises(ProgramError, match="no meter here"):
            await line_in_log(child, "ready", 20)
        with pytest.raises(ProgramError, match="ended by itself"):
            children.require_running("player")

    asyncio.run(test())


def test_a_program_that_is_not_ready_in_time_is_named(tmp_path, program):
    async def test():
        children = Children(tmp_path / "logs")
        child = await children.start(program(SLEEPER))
        with pytest.raises(ProgramError, match=r"player did not say .*'never'"):
            await line_in_log(child, "never", 0.3)
        await children.stop_all()

    asyncio.run(test())


OWNER = """
import asyncio, sys
from pathlib import Path
from firmware_sim.demo.processes import Children, Program, line_in_log

async def main(directory):
    children = Children(directory / "logs")
    sleeper = Program("sleeper", "sleeper", (), {"PYTHONPATH": str(directory)})
    child = await children.start(sleeper)
    print((await line_in_log(child, "ready", 20)).split()[1], flush=True)
    await asyncio.sleep(600)

asyncio.run(main(Path(sys.argv[1])))
"""


@pytest.mark.skipif(not shutil.which("setpriv"), reason="setpriv is not installed")
def test_programs_end_when_the_demo_is_killed(tmp_path):
    (tmp_path / "sleeper.py").write_text(
        "import os, time; print('ready', os.getpid(), flush=True); time.sleep(600)"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE
    )
    pid = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    owner.stdout.close()
    asyncio.run(gone(pid))


def test_output_is_returned_and_failure_quotes_the_errors(program):
    assert asyncio.run(output_of(program("print(42)"))) == "42\n"
    with pytest.raises(ProgramError, match="exit 1\nwrong"):
        asyncio.run(output_of(program("raise SystemExit('wrong')")))
