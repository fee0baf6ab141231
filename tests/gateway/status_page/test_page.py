"""The page over real HTTP: what it shows, and whom it refuses."""

import json
import logging

import pytest

from gateway.status_page import pin
from tests.gateway.status_page.house import (
    AT_MS,
    HOLD,
    House,
    ask,
    change,
    reload,
    served,
)

PIN = "271828"


@pytest.fixture
def house():
    return House()


@pytest.fixture
def pin_file(tmp_path):
    path = tmp_path / "status_page.pin"
    pin.keep(path, PIN)
    return path


@pytest.fixture
def url(house, pin_file):
    with served(house, pin_file) as where:
        yield where


def told(url, path):
    status, _, body = ask(url, path)
    assert status == 200, body
    return json.loads(body)


def test_the_page_is_one_file_that_asks_no_other_host(url):
    status, headers, body = ask(url)
    assert status == 200
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert b"://" not in body
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert policy.count("'sha256-") == 2


def test_its_figures_are_to_be_had_as_json(url):
    status = told(url, "/status.json")
    assert status["gateway"] == "physics"
    assert status["buffer"]["hours_left"] == 2161.4
    assert status["can_change"] is True
    values = told(url, "/values.json")
    assert values["at_ms"] == AT_MS
    assert len(values["devices"]) == 4
    one = told(url, "/values.json?device=campus/science/physics/main")
    assert [each["name"] for each in one["devices"]] == ["main"]


def test_values_of_no_such_device_are_not_found(url):
    status, _, body = ask(url, "/values.json?device=nowhere")
    assert status == 404
    assert b"no device nowhere" in body


def test_the_log_is_bounded_and_without_secrets(url):
    log = logging.getLogger("gateway.test")
    for number in range(300):
        log.warning("line %d", number)
    log.warning("key %s at https://me:hunter2@cloud/", "ab" * 32)
    lines = told(url, "/log.json")["lines"]
    assert len(lines) == 200
    assert lines[0]["words"] == "key … at https://…@cloud/"
    assert lines[1]["words"] == "line 299"
    assert lines[1]["level"] == "warning"


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "8.8.8.8", ""],
)
def test_a_name_that_is_not_ours_is_refused(url, host):
    for path in ("/", "/status.json", "/values.json", "/log.json"):
        status, _, body = ask(url, path, headers={"Host": host})
        assert status in (400, 421), body
    assert b"physics" not in body


@pytest.mark.parametrize(
    "host", ["localhost:8080", "192.168.1.7", "energy.physics.example", "[fe80::1]:80"]
)
def test_its_own_names_and_addresses_are_let_in(url, host):
    assert ask(url, headers={"Host": host})[0] == 200


def test_the_right_pin_starts_the_gateway_again(url, house):
    assert reload(url, PIN) == (200, "the gateway starts again")
    assert house.reloads == 1


def test_the_right_pin_lets_go_what_an_operator_holds(url, house):
    house.holds = [HOLD]
    order = {"device": HOLD["device"], "quantity": HOLD["quantity"]}
    assert change(url, "/release", order | {"pin": "wrong!"})[0] == 403
    assert house.holds == [HOLD]
    assert change(url, "/release", order | {"pin": PIN})[0] == 200
    assert house.holds == []
    status, words = change(url, "/release", order | {"pin": PIN})
    assert status == 409
    assert "no operator holds" in words
    assert change(url, "/release", {"pin": PIN})[0] == 400


def test_a_configuration_that_is_wrong_is_told(url, house):
    house.why_not = "gateway.toml: cloud.url: is missing; add it"
    assert reload(url, PIN) == (409, house.why_not)


def test_a_wrong_pin_changes_nothing_and_cannot_be_guessed(url, house):
    for guess in range(5):
        assert reload(url, f"00000{guess}") == (403, "this PIN is wrong")
    status, words = reload(url, PIN)
    assert status == 429
    assert "too many wrong PINs; wait" in words
    assert house.reloads == 0


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Origin": None}, "on the gateway's own page"),
        ({"Origin": "http://evil.example"}, "on the gateway's own page"),
        ({"Origin": "null"}, "on the gateway's own page"),
        ({"Sec_Fetch_Site": "cross-site"}, "on the gateway's own page"),
        ({"Content_Type": "text/plain"}, "send JSON"),
    ],
)
def test_a_change_that_another_page_sends_is_refused(url, house, headers, why):
    status, words = reload(url, PIN, **headers)
    assert status in (403, 415)
    assert why in words
    assert house.reloads == 0


def test_without_a_pin_nothing_can_be_changed(house, tmp_path):
    with served(house, tmp_path / "none.pin") as url:
        assert told(url, "/status.json")["can_change"] is False
        status, words = reload(url, PIN)
    assert status == 403
    assert "no PIN is set; on the gateway, run: voltonic-gateway pin" in words
    assert house.reloads == 0


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"pin": 5}', b"\xff", b"{" * 4000, b"[" * 4000]
)
def test_what_is_no_pin_is_refused(url, house, body):
    told = {"Origin": url.rstrip("/"), "Content-Type": "application/json"}
    assert ask(url, "/reload", "POST", told, body)[0] == 400
    assert house.reloads == 0


def test_changes_are_not_made_by_looking(url, house):
    assert ask(url, "/reload")[0] == 405
    assert house.reloads == 0
