"""The queue of jobs: a table, one active job for each kind and subject."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import delete, func, insert, select, update

from cloud.domain.node import NodeKind
from cloud.store.database import Connection
from cloud.store.schema import gateway, job, node, rollup


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class PutOffError(Exception):
    """The job can't be done now; it is tried again at `until_s` and not given up."""

    def __init__(self, message: str, until_s: int) -> None:
        super().__init__(message)
        self.until_s = until_s


@dataclass(frozen=True, slots=True)
class Job:
    """One job that is to be done."""

    id: int
    kind: str
    subject: str
    tries: int


@dataclass(frozen=True, slots=True)
class Subject:
    """A node that models are trained for, and how many hours of it are rolled up."""

    path: str
    hours: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a job ended.

    Attributes:
        note: What it noted, or what it died of.
    """

    state: State
    finished_s: int
    note: str | None


_MODELLED = (NodeKind.SITE, NodeKind.FACULTY, NodeKind.BUILDING)
_ACTIVE = (State.QUEUED, State.RUNNING)


def put(connection: Connection, kind: str, subject: str, due_s: int) -> bool:
    """Queue a job unless one like it is queued or running; return whether it was."""
    like_it = job.c.kind == kind, job.c.subject == subject
    active = select(job.c.id).where(*like_it, job.c.state.in_(_ACTIVE))
    if connection.execute(active).first() is not None:
        return False
    values = {"kind": kind, "subject": subject, "state": State.QUEUED, "due_s": due_s}
    connection.execute(insert(job).values(**values))
    return True


def take(connection: Connection, now_s: int) -> Job | None:
    """Return the job that has been due longest, now running."""
    wanted = (
        select(job.c.id, job.c.kind, job.c.subject, job.c.tries)
        .where(job.c.state == State.QUEUED, job.c.due_s <= now_s)
        .order_by(job.c.due_s, job.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(wanted).first()
    if row is None:
        return None
    running = {"state": State.RUNNING, "started_s": now_s, "tries": row.tries + 1}
    connection.execute(update(job).where(job.c.id == row.id).values(**running))
    return Job(row.id, row.kind, row.subject, row.tries + 1)


def finish(connection: Connection, done: Job, now_s: int, note: str | None) -> None:
    """End a job; earlier ended jobs like it are forgotten."""
    ended = {"state": State.DONE, "finished_s": now_s, "error": note}
    connection.execute(update(job).where(job.c.id == done.id).values(**ended))
    connection.execute(
        delete(job).where(
            job.c.kind == done.kind,
            job.c.subject == done.subject,
            job.c.id < done.id,
            job.c.state.not_in(_ACTIVE),
        )
    )


def fail(
    connection: Connection, failed: Job, now_s: int, error: str, again_s: int | None
) -> None:
    """Note why a job failed, and when to try it again, if at all."""
    values: dict[str, object] = {"finished_s": now_s, "error": error[:2000]}
    values["state"] = State.FAILED if again_s is None else State.QUEUED
    if again_s is not None:
        values["due_s"] = again_s
    connection.execute(update(job).where(job.c.id == failed.id).values(**values))


def requeue_running(connection: Connection, now_s: int) -> int:
    """Queue again what a worker that died was doing; return how many jobs."""
    result = connection.execute(
        update(job)
        .where(job.c.state == State.RUNNING)
        .values(state=State.QUEUED, due_s=now_s)
    )
    return int(result.rowcount)


def last_ended_s(connection: Connection, kind: str) -> dict[str, int]:
    """Return when the newest ended job of each subject ended. [s since 1970 UTC]."""
    ended = (
        select(job.c.subject, func.max(job.c.finished_s).label("at_s"))
        .where(job.c.kind == kind, job.c.finished_s.is_not(None))
        .group_by(job.c.subject)
    )
    return {row.subject: int(row.at_s) for row in connection.execute(ended)}


def last_ended(connection: Connection, kind: str, subject: str) -> Ended | None:
    """Return how the newest job of this kind ended that was over or failed once."""
    row = connection.execute(
        select(job.c.state, job.c.finished_s, job.c.error)
        .where(
            job.c.kind == kind,
            job.c.subject == subject,
            job.c.finished_s.is_not(None),
        )
        .order_by(job.c.finished_s.desc(), job.c.id.desc())
        .limit(1)
    ).first()
    return None if row is None else Ended(State(row[0]), row[1], row[2])


def subjects(connection: Connection) -> list[Subject]:
    """Return the nodes that models are made for, with their measured hours.

    The gateways' own come first, then sites, faculties and other buildings.
    """
    is_served = node.c.id.in_(select(gateway.c.node_id))
    wanted = is_served | node.c.kind.in_(_MODELLED)
    counted = (
        select(func.count())
        .select_from(rollup)
        .where(
            rollup.c.node_id == node.c.id,
            rollup.c.resolution_min == 60,
            rollup.c.simulated.is_(False),
            rollup.c.energy_kwh.is_not(None),
        )
        .scalar_subquery()
    )
    rows = connection.execute(
        select(node.c.path, counted.label("hours"))
        .where(wanted)
        .order_by(is_served.desc(), node.c.path)
    )
    return [Subject(row.path, int(row.hours)) for row in rows]
