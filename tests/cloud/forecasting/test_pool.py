"""Processes that share the work end with the one that started them."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest

from cloud.forecasting.pool import processes

ROOT = Path(__file__).parents[3]
PARENT = """
import os, time
from cloud.forecasting.pool import processes

if __name__ == "__main__":
    with processes(1) as pool:
        print(pool.submit(os.getpid).result(), flush=True)
        pool.submit(time.sleep, 600).result()
"""


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_each_task_is_done_in_a_process_of_its_own():
    with processes(1) as pool:
        assert pool.submit(os.getpid).result() != os.getpid()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_killed_command_leaves_no_process_behind(tmp_path, how):
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
    ) as parent:
        worker = int(parent.stdout.readline())
        parent.send_signal(how)
        parent.wait(timeout=30)
    for _ in range(300):
        if not is_alive(worker):
            return
        sleep(0.1)
    pytest.fail(f"process {worker} is still there")
