from cloud import config, jobs, training
from cloud.store import queue
from cloud.store.queue import PutOffError, State, Subject
from cloud.store.schema import job
from cloud.training import ENOUGH_HOURS, TrainingPlan


def put(database, subject, due_s=0):
    with database.write() as connection:
        return queue.put(connection, "note", subject, due_s)


def states(database):
    with database.read() as connection:
        rows = connection.execute(job.select().order_by(job.c.id))
        return [(row.subject, row.state, row.error) for row in rows]


def test_jobs_are_done_when_due_oldest_first(database):
    put(database, "b", 20)
    put(database, "a", 10)
    put(database, "later", 99)
    done = []
    kinds = {"note": lambda _, subject: done.append(subject)}
    while jobs.step(database, 50, kinds):
        pass
    assert done == ["a", "b"]


def test_one_job_at_a_time_for_each_subject(database):
    assert put(database, "a")
    assert not put(database, "a")
    with database.write() as connection:
        queue.take(connection, 1)
    assert not put(database, "a")
    assert put(database, "b")


def test_what_a_job_dies_of_is_kept_and_it_is_tried_again(database):
    put(database, "a")

    def broken(*_):
        raise ArithmeticError("no")

    assert jobs.step(database, 1, {"note": broken})
    assert states(database) == [("a", State.QUEUED, "ArithmeticError: no")]
    assert not jobs.step(database, 1, {"note": broken})
    for _ in range(4):
        assert jobs.step(database, 2**40, {"note": broken})
    assert states(database) == [("a", State.FAILED, "ArithmeticError: no")]


def test_a_job_that_is_put_off_waits_as_long_as_it_asks_and_is_never_given_up(database):
    put(database, "a")

    def later(*_):
        raise PutOffError("nobody answers", until_s)

    for until_s in range(10, 100, 10):
        assert jobs.step(database, until_s, {"note": later})
        assert states(database) == [("a", State.QUEUED, "nobody answers")]
        assert not jobs.step(database, until_s - 1, {"note": later})
    done = []
    assert jobs.step(database, 100, {"note": lambda _, subject: done.append(subject)})
    assert done == ["a"]


def test_what_a_dead_worker_was_doing_is_done_again(database):
    put(database, "a")
    with database.write() as connection:
        queue.take(connection, 1)
        assert queue.requeue_running(connection, 2) == 1
    done = []
    assert jobs.step(database, 2, {"note": lambda _, subject: done.append(subject)})
    assert done == ["a"]


def test_earlier_ended_jobs_like_it_are_forgotten(database):
    for _ in range(3):
        put(database, "a")
        jobs.step(database, 1, {"note": lambda *_: "said"})
    assert states(database) == [("a", State.DONE, "said")]


def test_a_first_training_waits_until_the_history_has_settled(database, monkeypatch):
    plan = TrainingPlan()
    hours = {"now": ENOUGH_HOURS - 1}
    monkeypatch.setattr(queue, "subjects", lambda _: [Subject("campus", hours["now"])])

    def due(now_s):
        with database.write() as connection:
            return plan.queue_due(connection, now_s)

    assert due(0) == 0
    for now_s in range(5, 50, 5):  # it grows: a backlog
        hours["now"] += 10
        assert due(now_s) == 0
    assert due(50) == 0
    assert due(60) == 1
    assert due(61) == 0  # queued already
    with database.write() as connection:
        taken = queue.take(connection, 61)
        queue.finish(connection, taken, 62, None)
    assert due(3600) == 0
    assert due(62 + 6 * 3600) == 1


def test_too_little_history_is_said_not_failed(database, gateway, meter, tmp_path):
    gateway("campus/science/physics", meter("campus/science/physics"))
    with database.write() as connection:
        queue.put(connection, training.KIND, "campus/science/physics", 0)
    assert jobs.step(database, 1, jobs.work(config.load(tmp_path)).kinds)
    [(_, state, note)] = states(database)
    assert state == State.DONE
    assert "72 are needed" in note
