"""Processes for work that is the same whoever does it."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from threading import Thread


@contextmanager
def processes(tasks: int) -> Iterator[ProcessPoolExecutor]:
    """Yield as many processes as there are cores and tasks."""
    pool = ProcessPoolExecutor(
        max_workers=max(1, min(len(os.sched_getaffinity(0)), tasks)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start,
    )
    try:
        yield pool
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command ends its processes
    Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    """End with the command, even when that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
