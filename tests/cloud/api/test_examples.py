"""The examples for integrators, run as they are against a real port."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from cloud.store import schema

CLIENT = "examples/sensor_client.py"
TESTER = "examples/connection_test.py"
GUIDE = Path("examples/README.md")


@pytest.fixture
def url(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def key(device):
    return device.key


def ran(*command, key="", **environment):
    return subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "VOLTONIC_KEY": key, **environment},
    )


def bodies(database):
    with database.read() as connection:
        rows = connection.execute(select(schema.device_reading.c.body)).scalars()
        return [json.loads(row) for row in rows]


def test_the_client_posts_what_it_measures(url, key, database, tmp_path):
    waiting = tmp_path / "waiting.jsonl"
    done = ran(
        *(CLIENT, url, "--file", waiting, "--count", 3, "--interval", 0.01), key=key
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(bodies(database)) == 3
    assert waiting.read_text() == ""


def test_what_waited_is_posted_first_and_once(url, key, database, tmp_path):
    waiting = tmp_path / "waiting.jsonl"
    away = ran(
        *(CLIENT, "http://127.0.0.1:9", "--file", waiting),
        *("--count", 2, "--interval", 0.01),
        key=key,
    )
    assert away.returncode == 1
    assert "no answer" in away.stderr
    kept = waiting.read_text()
    assert len(kept.splitlines()) == 2
    for _ in range(2):  # as after a crash between the answer and the file
        waiting.write_text(kept + '{"cut sho')
        assert (
            ran(CLIENT, url, "--file", waiting, "--count", 1, key=key).returncode == 0
        )
    assert len(bodies(database)) == 2 + 2  # what waited, and one of each run


def test_a_reading_nobody_takes_does_not_hold_up_the_others(
    url, key, database, tmp_path
):
    waiting = tmp_path / "waiting.jsonl"
    bad = {"energy_produced": -1, "energy_consumed": 0, "current_load": 1}
    waiting.write_text(json.dumps(bad) + "\n")
    done = ran(CLIENT, url, "--file", waiting, "--count", 1, key=key)
    assert done.returncode == 0
    assert "refused for ever (422)" in done.stderr
    assert len(bodies(database)) == 1


def test_the_tester_finds_a_good_connection_good(url, key, database):
    done = ran(TESTER, url, "--post", key=key)
    assert done.returncode == 0, done.stdout
    steps = [line.split()[1] for line in done.stdout.splitlines()[:-1]]
    assert steps == ["name", "port", "encryption", "key", "clock", "post"]
    assert len(bodies(database)) == 1


def test_the_tester_names_a_wrong_key(url):
    done = ran(TESTER, url, key="wrong")
    assert done.returncode == 1
    assert "FAIL  key         the key is refused" in done.stdout


def test_the_tester_names_a_closed_port_and_a_wrong_name():
    assert "FAIL  port" in ran(TESTER, "http://127.0.0.1:9", key="k").stdout
    done = ran(TESTER, "https://no-such-host.invalid", key="k")
    assert "FAIL  name" in done.stdout


def test_the_tester_names_plain_http_where_tls_was_asked(url):
    done = ran(TESTER, url.replace("http:", "https:"), key="k")
    assert "FAIL  encryption  no TLS there" in done.stdout


def test_the_curl_lines_of_the_guide_work(url, key):
    lines = [
        line.strip()
        for block in GUIDE.read_text().split("```sh\n")[1:]
        for line in block.partition("```")[0].replace("\\\n", " ").splitlines()
        if line.strip().startswith("curl")
    ]
    assert len(lines) >= 4
    for line in lines:
        done = subprocess.run(
            ["bash", "-c", f"set -eu; {line} --fail-with-body -sS"],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            env={**os.environ, "URL": url, "VOLTONIC_KEY": key},
        )
        assert done.returncode == 0, line + done.stdout + done.stderr
        assert json.loads(done.stdout)
