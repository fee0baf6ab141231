"""Live updates: made once for all who listen, with the session cookie."""

import json
from threading import Thread

import pytest

from cloud.web.broadcast import Broadcast, TooManyListenersError

STREAM = "/api/v1/live/stream"


def event_of(chunk: bytes) -> tuple[str, dict]:
    name, data = chunk.decode().strip().split("\n")
    return name, json.loads(data.removeprefix("data: "))


def test_a_signed_in_browser_gets_the_campus_as_an_event(administrator, live_campus):
    answer = administrator.get(STREAM, buffered=False)
    assert answer.content_type.startswith("text/event-stream")
    name, campus = event_of(next(answer.response))
    answer.close()
    assert name == "event: live"
    assert campus["load_kw"] == 12.5


def test_all_listeners_share_one_look_at_the_database():
    looks = []

    def look() -> str:
        looks.append(1)
        return str(len(looks))

    broadcast = Broadcast(look, every_s=0.1)
    heard: list[list[bytes]] = [[] for _ in range(20)]

    def listen(into: list[bytes]) -> None:
        events = broadcast.events()
        into += [next(events), next(events), next(events)]
        events.close()

    threads = [Thread(target=listen, args=(into,)) for into in heard]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert [len(events) for events in heard] == [3] * 20
    assert len(looks) < 20
    assert broadcast.listeners == 0


def test_when_the_last_listener_leaves_nobody_looks_any_more():
    broadcast = Broadcast(lambda: "1", every_s=60)
    events = broadcast.events()
    next(events)
    looking = broadcast._thread
    events.close()
    looking.join(10)
    assert not looking.is_alive()


def test_a_failed_look_is_skipped_and_the_next_one_heard(caplog):
    busy = OSError("the database is busy")
    answers = iter([busy, busy, None, "2"])

    def look() -> str:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    events = Broadcast(look, every_s=0.01).events()
    assert next(events) == b"event: live\ndata: 2\n\n"
    events.close()
    assert caplog.text.count("the database is busy") == 1
    assert "made again" in caplog.text


def test_one_listener_too_many_is_refused():
    broadcast = Broadcast(lambda: "1", max_listeners=1)
    events = broadcast.events()
    next(events)
    with pytest.raises(TooManyListenersError):
        broadcast.events()
    events.close()


def test_a_listener_must_come_back_after_a_while():
    broadcast = Broadcast(lambda: "1", every_s=0.001, lasts_s=0.05)
    assert all(event.startswith(b"event: live") for event in broadcast.events())
