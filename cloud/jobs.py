"""The worker: roll-ups every few seconds, and jobs from the queue beside them."""

import logging
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from threading import Event, Thread
from time import time
from typing import Final, Protocol

from cloud import generation, outlooks, training
from cloud.analytics.savings import Prices
from cloud.anomalies import watching
from cloud.config import Settings
from cloud.maintenance import job as maintenance
from cloud.rollup.worker import RollUp
from cloud.store import queue
from cloud.store.database import Connection, Database, UnavailableError
from cloud.store.queue import Job, PutOffError
from cloud.weather import fetching

STEP_S: Final = 2.0
"""Pause between two looks for marked intervals."""

_PLAN_EVERY_S: Final = 5.0
_TRIES: Final = 5
_RETRY_S: Final = 60
_log = logging.getLogger(__name__)

Kinds = Mapping[str, Callable[[Database, str], str | None]]
"""What to do for each kind of job; it returns a note, if there is one."""


class Plan(Protocol):
    """Knows when jobs of one kind are due."""

    def queue_due(self, connection: Connection, now_s: int) -> int:
        """Queue the jobs that are due; return how many."""


@dataclass(frozen=True, slots=True)
class Work:
    """What there is to do, and when it is due."""

    kinds: Kinds
    plans: Sequence[Plan]


def work(settings: Settings) -> Work:
    """Return what there is to do under these settings."""
    train = partial(training.train, key_file=settings.signing_key_file)
    kinds: dict[str, Callable[[Database, str], str | None]] = {
        generation.KIND: generation.Forecasting().forecast,
        outlooks.KIND: outlooks.forecast,
        training.KIND: train,
        watching.KIND: partial(watching.watch, prices=_prices(settings)),
        maintenance.KIND: maintenance.maintain,
    }
    plans: list[Plan] = [
        generation.GenerationPlan(),
        outlooks.OutlookPlan(),
        training.TrainingPlan(),
        watching.AnomalyPlan(),
        maintenance.MaintenancePlan(),
    ]
    provider = settings.weather.provider
    if provider is not None:
        weather = fetching.Fetching(provider, settings.weather.every_s)
        kinds[fetching.KIND] = lambda database, name: weather.fetch(
            database, name, _now_s()
        )
        plans.append(weather)
    return Work(kinds, plans)


def run_until_stopped(database: Database, work: Work) -> None:
    """Work until SIGTERM or SIGINT; a job that is cut short is done again."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with database.write() as connection:
        queue.requeue_running(connection, _now_s())
    queued = Thread(target=_work_off, args=(database, work, stop), daemon=True)
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
    except PutOffError as error:
        _put_off(database, taken, error)
        return True
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


def _work_off(database: Database, work: Work, stop: Event) -> None:
    os.setpriority(os.PRIO_PROCESS, 0, 10)  # this thread only
    pause_s = _PLAN_EVERY_S
    while not stop.wait(pause_s):
        pause_s = _PLAN_EVERY_S
        try:
            for plan in work.plans:
                with database.write() as connection:
                    plan.queue_due(connection, _now_s())
            if step(database, _now_s(), work.kinds):
                pause_s = 0.0  # what became due meanwhile is queued before the next
        except UnavailableError as error:
            _log.warning("the database can't be used: %s", error)


def _put_off(database: Database, job: Job, error: PutOffError) -> None:
    _log.warning("%s %s: %s", job.kind, job.subject, error)
    with database.write() as connection:
        queue.fail(connection, job, _now_s(), str(error), error.until_s)


def _failed(database: Database, job: Job, error: Exception) -> None:
    _log.warning("%s %s failed", job.kind, job.subject, exc_info=error)
    now_s = _now_s()
    again_s = now_s + _RETRY_S * job.tries if job.tries < _TRIES else None
    text = f"{type(error).__name__}: {error}"
    with database.write() as connection:
        queue.fail(connection, job, now_s, text, again_s)


def _prices(settings: Settings) -> Prices:
    return Prices(settings.cost_per_kwh, settings.currency, settings.co2_kg_per_kwh)


def _now_s() -> int:
    return int(time())
