"""Boards that post, as gateway.toml names them."""

from datetime import timedelta
from hashlib import sha256

import pytest

from contract.quantity import Quantity
from gateway.config import ConfigError, load
from gateway.drivers.http_push.line import HttpPushLine, PushPlace

KEY = "a-key-that-is-long-enough"
HASH = sha256(KEY.encode()).hexdigest()
WHOLE = f"""
[gateway]
name = "lab"
node = "campus/lab"
data_dir = "data"

[cloud]
url = "https://energy.example.org"

[lines.boards]
type = "http_push"

[[devices]]
name = "board"
line = "boards"
role = "sub"
api_key_sha256 = "{HASH}"
quantities = ["energy_import_kwh", "voltage_v"]
"""


@pytest.fixture
def loaded(tmp_path):
    def settings(text):
        path = tmp_path / "gateway.toml"
        path.write_text(text)
        return load(path)

    return settings


def test_a_port_for_the_whole_network_and_a_board_with_its_key(loaded):
    settings = loaded(WHOLE)
    assert settings.lines["boards"] == HttpPushLine("boards", "", 8081, 60.0)
    assert str(settings.lines["boards"]) == "port 8081"
    (device,) = settings.devices
    assert device.place == PushPlace("board", bytes.fromhex(HASH))
    assert device.entry.model == "http_push"
    assert device.entry.quantities == (
        Quantity.ENERGY_IMPORT_KWH,
        Quantity.VOLTAGE_V,
    )


def test_everything_may_be_told(loaded):
    text = WHOLE.replace(
        'type = "http_push"',
        'type = "http_push"\nhost = "192.168.1.2"\nport = 8088\ntimeout_s = 30',
    ).replace(
        '"voltage_v"]',
        '"active_power_kw"]\ndevice_id = "ESP-17"\nis_counter = true\n'
        "capacity_kw = 40\nnominal_voltage_v = 120\ninterval_s = 90",
    )
    settings = loaded(text)
    line = HttpPushLine("boards", "192.168.1.2", 8088, 30.0)
    assert settings.lines["boards"] == line
    assert str(line) == "port 8088 of 192.168.1.2"
    minute_and_a_half = timedelta(seconds=90)
    assert settings.devices[0].place == PushPlace(
        "ESP-17", bytes.fromhex(HASH), minute_and_a_half, True, 40.0, 120.0
    )


def test_the_key_may_lie_in_a_file(loaded, tmp_path):
    file = tmp_path / "board.key"
    file.write_text(KEY + "\n")
    text = WHOLE.replace(f'api_key_sha256 = "{HASH}"', f'api_key_file = "{file}"')
    assert loaded(text).devices[0].place.key_sha256.hex() == HASH


KEY_LINE = f'api_key_sha256 = "{HASH}"'


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (KEY_LINE, "", "api_key_sha256: write it, or api_key_file, and not both"),
        (KEY_LINE, f'{KEY_LINE}\napi_key_file = "/x"', "api_key_sha256: write it, or"),
        (KEY_LINE, f'api_key_sha256 = "{KEY}"', "api_key_sha256"),
        (KEY_LINE, 'api_key_file = "key"', "api_key_file: key is no full path"),
        (KEY_LINE, 'api_key_file = "/none/key"', "/none/key cannot be read: no such"),
        (KEY_LINE, 'api_key_file = "/dev/null"', "must hold one key of 16 or more"),
        ('"voltage_v"', '"active_power_kw"', "capacity_kw: is missing; posts tell"),
        ('"voltage_v"', '"gas_m3"', "quantities: no post has gas_m3; remove it"),
        ('role = "sub"', "", "role: is missing"),
        ('role = "sub"', 'role = "sub"\nunit = 1', "unit: has no meaning"),
        ('type = "http_push"', 'type = "http_push"\nport = 0', "port"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(loaded, old, new, why):
    with pytest.raises(ConfigError) as caught:
        loaded(WHOLE.replace(old, new))
    assert why in str(caught.value)


def test_one_key_is_one_device(loaded):
    device = WHOLE[WHOLE.index("[[devices]]") :].replace('"board"', '"other"')
    with pytest.raises(ConfigError) as caught:
        loaded(WHOLE + device)
    words = f'devices[2] ("other").api_key_sha256: the key {HASH[:12]}… is taken'
    assert words in str(caught.value)
    assert HASH not in str(caught.value)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ("port = 8080", "lines.boards.port: 8080 is [status_page]'s; choose another"),
        ('[lines.cars]\ntype = "ocpp"\nport = 8081', "8081 is [lines.boards]'s"),
    ],
)
def test_two_cannot_listen_on_one_port(loaded, more, why):
    with pytest.raises(ConfigError) as caught:
        loaded(WHOLE.replace('type = "http_push"', f'type = "http_push"\n{more}'))
    assert why in str(caught.value)


def test_a_page_that_is_switched_off_takes_no_port(loaded):
    text = WHOLE.replace('type = "http_push"', 'type = "http_push"\nport = 8080')
    assert loaded(text + "\n[status_page]\nenabled = false\n").devices
