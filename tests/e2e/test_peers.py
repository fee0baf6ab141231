"""Other programs on the running demo: mbpoll on the meters, curl on the API."""

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

REGISTERS = {
    "SDM630": {"active_power_kw": (0x34, 1e-3), "voltage_l1_v": (0x00, 1)},
    "SDM120": {"active_power_kw": (0x0C, 1e-3), "voltage_v": (0x00, 1)},
}
ROOM = "campus/engineering/mechanical/floor-1/room-101"
MONTH = datetime.now(UTC).strftime("%Y-%m")
ANSWERED = [
    "/api/live/campus",
    "/api/live/building/mechanical",
    f"/api/live/room/{ROOM}",
    "/api/analytics/hourly",
    "/api/analytics/daily",
    "/api/analytics/building-comparison",
    f"/api/report/monthly?month={MONTH}",
    f"/api/report/monthly?month={MONTH}&format=csv",
    "/api/latest-hardware-data",
    "/api/hardware-status-check",
    "/api/v1/fleet",
    "/api/v1/openapi.json",
]


def run(*command):
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def curl(demo, path, *more):
    """Return status, media type and body of what curl gets."""
    write = "\n%{http_code} %{content_type}"
    output = run("curl", "-sS", "-w", write, *more, f"{demo.url}{path}")
    body, _, last = output.rpartition("\n")
    status, _, media_type = last.partition(" ")
    return int(status), media_type, body


def with_key(demo, path):
    return curl(demo, path, "-H", f"X-API-Key: {demo.key}")


def by_gateway(config, device):
    """Return the values that the running gateway reads now."""
    command = (sys.executable, "-m", "gateway", "read", "--config", config, "--json")
    values = json.loads(run(*command, device))
    return {value["quantity"]: value["value"] for value in values}


def by_mbpoll(port, unit, register):
    output = run(
        *("mbpoll", "-m", "tcp", "-p", port, "-a", unit, "-0", "-r", str(register)),
        *("-t", "3:float", "-B", "-1", "127.0.0.1"),
    )
    found = re.search(r"^\[\d+\]:\s*(\S+)", output, re.MULTILINE)
    assert found, output
    return float(found[1])


@pytest.mark.skipif(not shutil.which("mbpoll"), reason="mbpoll is not installed")
@pytest.mark.parametrize("meter", REGISTERS)
def test_mbpoll_reads_what_the_gateway_reads(demo, meter):
    said = re.search(
        rf"{meter}\s+mbpoll -m tcp -p (\d+) -a (\d+) .*\n\s+"
        r"voltonic-gateway read --config (\S+) (\S+)",
        demo.guide,
    )
    assert said, demo.guide
    port, unit, config, device = said.groups()

    def both():
        ours = by_gateway(config, device)
        return {
            quantity: (ours[quantity], by_mbpoll(port, unit, register) * scale)
            for quantity, (register, scale) in REGISTERS[meter].items()
        }

    # The simulators step once a minute; a step between two reads happens at most once.
    for _ in range(2):
        pairs = both()
        if all(ours == pytest.approx(peer, rel=1e-4) for ours, peer in pairs.values()):
            break
    for ours, peer in pairs.values():
        assert ours == pytest.approx(peer, rel=1e-4)


@pytest.mark.parametrize("path", ANSWERED)
def test_curl_gets_every_path(demo, path):
    status, media_type, body = with_key(demo, path)
    assert status == 200, body
    if "format=csv" in path:
        assert media_type.startswith("text/csv")
        assert len(body.splitlines()) > 1
    else:
        assert json.loads(body)


def test_the_next_hour_is_told_or_it_is_said_why_not(demo):
    status, media_type, body = with_key(demo, "/api/prediction/next-hour")
    answer = json.loads(body)
    if status == 200:
        assert answer["interval"]["low_kw"] <= answer["predicted_kw"]
    else:
        assert (status, media_type) == (404, "application/problem+json")
        assert "no model yet" in answer["detail"]


def test_an_unknown_room_is_a_404_that_says_so(demo):
    status, media_type, body = with_key(demo, "/api/live/room/no-such-room")
    assert (status, media_type) == (404, "application/problem+json")
    assert "no-such-room" in json.loads(body)["detail"]


def test_a_bad_key_is_a_401(demo):
    for more in (("-H", "X-API-Key: wrong"), ()):
        status, media_type, _ = curl(demo, "/api/live/campus", *more)
        assert (status, media_type) == (401, "application/problem+json")
