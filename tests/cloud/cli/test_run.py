"""`voltonic-cloud run` as an operator meets it: a process, over a real port."""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep, time

import pytest

from contract import envelope, signing
from contract.envelope import Envelope
from contract.inventory import Inventory
from contract.receipt import Receipt

DEADLINE_S = 60
KEY = "11" * 32


def command(data, *arguments):
    return [sys.executable, "-m", "cloud", *map(str, arguments), "--data", str(data)]


def output_of(data, *arguments):
    done = subprocess.run(
        command(data, *arguments), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def line_of(log, process, pattern):
    """Return the match of the first line of the log that has one."""
    deadline = monotonic() + DEADLINE_S
    while monotonic() < deadline and process.poll() is None:
        found = re.search(pattern, log.read_text())
        if found:
            return found
        sleep(0.05)
    pytest.fail(f"no line like {pattern}: {log.read_text()}")


def until(condition):
    deadline = monotonic() + DEADLINE_S
    while monotonic() < deadline:
        if condition():
            return
        sleep(0.05)
    pytest.fail("it did not happen in time")


def ask(port, method, path, body=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_S)
    with contextlib.closing(connection):
        with contextlib.suppress(BrokenPipeError):  # refused before all was sent
            connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers


@pytest.fixture
def cloud(tmp_path):
    """A running cloud with one gateway; yields its process, port and directory."""
    public = signing.public_key(KEY)
    entry = {"slug": "physics", "node": "campus/science/physics", "public_key": public}
    (tmp_path / "gateways.json").write_text(json.dumps([entry]))
    output_of(tmp_path, "gateway", "add", "--from", tmp_path / "gateways.json")
    log = tmp_path / "log"
    with log.open("w") as file:
        process = subprocess.Popen(command(tmp_path, "run", "--port", 0), stdout=file)
    port = int(line_of(log, process, r"http://127\.0\.0\.1:(\d+)").group(1))
    yield process, port, tmp_path
    if process.poll() is None:
        process.terminate()
        process.wait(DEADLINE_S)


def can_connect(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def upload(port, body, key=KEY):
    headers = {"X-Voltonic-Signature": signing.sign(key, body)}
    return ask(port, "POST", "/api/v1/gateways/physics/uploads", body, headers)


def signed(path, at_ms=None):
    at_ms = int(time() * 1000) if at_ms is None else at_ms
    signature = signing.sign(KEY, f"GET {path} {at_ms}".encode())
    return {"X-Voltonic-Time": str(at_ms), "X-Voltonic-Signature": signature}


def test_it_serves_gateways_and_stops_cleanly(cloud):
    process, port, data = cloud
    assert line_of(data / "log", process, "First administrator: http.*/setup#")
    empty = Envelope("physics", "e1" * 16, 1, 0, Inventory(()).hash)
    status, content, _ = upload(port, envelope.pack(empty))
    assert status == 200
    receipt = Receipt.from_bytes(content)
    assert receipt.inventory_wanted
    for body, problem in ((b"nonsense", "not an upload"), (b"", "not an upload")):
        status, content, headers = upload(port, body)
        assert status == 400
        assert headers["Content-Type"] == "application/problem+json"
        assert problem in json.loads(content)["detail"]
    assert upload(port, b"", signing.new_private_key())[0] == 401
    path = "/api/v1/gateways/physics/config"
    status, content, _ = ask(port, "GET", path, headers=signed(path))
    assert status == 200
    assert json.loads(content)["version"] == receipt.config_version
    assert ask(port, "GET", path, headers=signed(path, 5))[0] == 401
    assert ask(port, "GET", path)[0] == 401
    for missing in ("model/bundle", "weather"):
        path = f"/api/v1/gateways/physics/{missing}"
        assert ask(port, "GET", path, headers=signed(path))[0] == 404
        assert ask(port, "GET", path)[0] == 401
    made = json.loads(
        output_of(data, "key", "add", "demo", "--role", "viewer", "--json")
    )
    key = {"X-API-Key": made["key"]}
    status, content, _ = ask(port, "GET", "/api/v1/fleet?verify=1", headers=key)
    assert status == 200
    [row] = json.loads(content)["gateways"]
    assert (row["gateway"], row["state"], row["duplicates"]) == ("physics", "online", 0)
    process.terminate()
    assert process.wait(DEADLINE_S) == 0
    assert not can_connect(port)


def test_an_upload_too_large_is_refused(cloud):
    _, port, _ = cloud
    status, content, _ = upload(port, bytes(33 * 1024 * 1024))
    assert status == 413
    assert json.loads(content)["status"] == 413


def test_a_busy_port_ends_with_exit_2_and_names_the_option(cloud):
    _, port, data = cloud
    done = subprocess.run(
        command(data, "run", "--port", port),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "--port" in done.stderr


def test_killed_at_once_it_leaves_nothing_on_the_port(cloud):
    process, port, _ = cloud
    assert can_connect(port)
    process.kill()
    process.wait(DEADLINE_S)
    until(lambda: not can_connect(port))


def test_a_part_that_dies_is_started_again(cloud):
    process, port, _ = cloud
    until(lambda: is_healthy(port))
    started = monotonic()
    until(lambda: monotonic() - started > 5)  # what dies at its start stays down
    killed = set(children_of(process.pid))
    for child in killed:
        os.kill(child, signal.SIGKILL)
    until(lambda: len(set(children_of(process.pid)) - killed) == 2)
    until(lambda: is_healthy(port))
    assert process.poll() is None


def is_healthy(port):
    try:
        return ask(port, "GET", "/healthz")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


def children_of(pid):
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
