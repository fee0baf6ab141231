"""SIGKILL at every write and every sync of one full cycle: commit, upload, settle."""

import asyncio
import shutil
from collections import Counter
from itertools import count

import pytest

from tests.faults.rig import configured, ended, receiving, zygote
from tests.receiver import Receiver

AT_ONCE = 3

pytestmark = [
    pytest.mark.fault,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        shutil.which("strace") is None, reason="strace is not installed"
    ),
]


async def traced(forks, config, gate, call, nth):
    """Run one cycle and kill it at the n-th `call`; return whether it got that far."""
    pid = await forks.fork("cycle", config, gate)
    tracer = await asyncio.create_subprocess_exec(
        *("strace", "-f", "-p", str(pid), "-e", f"trace={call}"),
        *("-e", f"inject={call}:signal=SIGKILL:when={nth}"),
        stderr=asyncio.subprocess.PIPE,
    )
    heard = await tracer.stderr.readline()
    assert b"attached" in heard, heard.decode()
    gate.touch()
    rest = await tracer.stderr.read()
    await tracer.wait()
    await ended(pid)
    gate.unlink()
    return b"killed by SIGKILL" in rest


async def one_kill(folder, forks, call, nth, cycles_before):
    """Kill a cycle, run another; return what arrived, or None if none was killed."""
    receiver = Receiver({})
    async with receiving(receiver) as url:
        config, receiver.keys["physics"] = configured(folder, url)
        gate = folder / "gate"
        for _ in range(cycles_before):
            gate.touch()
            await ended(await forks.fork("cycle", config, gate))
            gate.unlink()
        if not await traced(forks, config, gate, call, nth):
            return None
        gate.touch()
        await ended(await forks.fork("cycle", config, gate))
    shutil.rmtree(folder)
    return [value for _, _, _, value in receiver.rows]


@pytest.mark.parametrize("cycles_before", [0, 1])
@pytest.mark.parametrize(("call", "least"), [("pwrite64", 10), ("fdatasync", 4)])
def test_no_write_is_a_bad_moment_to_die(tmp_path, call, least, cycles_before):
    """Calls are counted in each thread: the first makes the file, the other writes.

    Hence once with a file still to be made, and once with one that is there.
    """
    outcomes = {}
    numbers = count(1)

    async def work(forks):
        for nth in numbers:
            arrived = await one_kill(
                tmp_path / str(nth), forks, call, nth, cycles_before
            )
            if arrived is None:
                return
            outcomes[nth] = arrived

    async def scenario():
        async with zygote() as forks:
            await asyncio.gather(*(work(forks) for _ in range(AT_ONCE)))

    asyncio.run(scenario())
    assert len(outcomes) >= least
    for nth, arrived in outcomes.items():
        assert set(Counter(arrived).values()) == {1}, f"doubled at {call} {nth}"
        total = len(arrived)
        assert set(arrived) == set(map(float, range(total))), f"lost at {call} {nth}"
        assert 6 <= total - 6 * cycles_before <= 12
