"""The worker: roll-ups every few seconds, and jobs from the queue beside them."""

import logging
import os
import signal
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from threading import Event, Thread
from time import time
from typing import Final

from cloud import training
from cloud.rollup.worker import RollUp
from cloud.store import queue
from cloud.store.database import Database, UnavailableError
from cloud.store.queue import Job

STEP_S: Final = 2.0
"""Pause between two looks for marked intervals."""

_PLAN_EVERY_S: Final = 5.0
_TRIES: Final = 5
_RETRY_S: Final = 60
_log = logging.getLogger(__name__)

Kinds = Mapping[str, Callable[[Database, str], str | None]]
"""What to do for each kind of job; it returns a note, if there is one."""


def kinds(signing_key_file: Path) -> Kinds:
    """Return what there is to do.

    Args:
        signing_key_file: Where the key is that models are signed with.
    """
    return {training.KIND: partial(training.train, key_file=signing_key_file)}


def run_until_stopped(database: Database, kinds: Kinds) -> None:
    """Work until SIGTERM or SIGINT; a job that is cut short is done again."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with database.write() as connection:
        queue.requeue_running(connection, _now_s())
    queued = Thread(target=_work_off, args=(database, kinds, stop), daemon=True)
    queued.start()
    _roll_up(database, stop)


def step(database: Database, now_s: int, kinds: Kinds) -> bool:
    """Do the job that has been due longest; return whether there was one."""
    with database.write() as connection:
        taken = queue.take(connection, now_s)
    if taken is None:
        return False
    try:
        note = kinds[taken.kind](database, taken.subject)
    except Exception as error:  # noqa: BLE001 - whatever a job dies of is noted
        _failed(database, taken, error)
        return True
    with database.write() as connection:
        queue.finish(connection, taken, _now_s(), note)
    _log.info("%s %s: %s", taken.kind, taken.subject, note or "done")
    return True


def _roll_up(database: Database, stop: Event) -> None:
    rollup = RollUp(database)
    pause_s = 0.0
    while not stop.wait(pause_s):
        try:
            done = rollup.step()
            pause_s = STEP_S if done == 0 else 0.2
        except UnavailableError as error:
            _log.warning("the database can't be used: %s", error)
            pause_s = 5 * STEP_S


def _work_off(database: Database, kinds: Kinds, stop: Event) -> None:
    os.setpriority(os.PRIO_PROCESS, 0, 10)  # this thread only
    plan = training.TrainingPlan()
    while not stop.wait(_PLAN_EVERY_S):
        try:
            with database.write() as connection:
                plan.queue_due(connection, _now_s())
            while not stop.is_set() and step(database, _now_s(), kinds):
                pass
        except UnavailableError as error:
            _log.warning("the database can't be used: %s", error)


def _failed(database: Database, job: Job, error: Exception) -> None:
    _log.warning("%s %s failed", job.kind, job.subject, exc_info=error)
    now_s = _now_s()
    again_s = now_s + _RETRY_S * job.tries if job.tries < _TRIES else None
    text = f"{type(error).__name__}: {error}"
    with database.write() as connection:
        queue.fail(connection, job, now_s, text, again_s)


def _now_s() -> int:
    return int(time())
