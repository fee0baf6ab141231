import os
from datetime import timedelta

import pytest

from contract.inventory import Role
from contract.quantity import Quantity
from gateway.config import ConfigError, load
from gateway.lines import RtuTcpLine, SerialLine, TcpLine

GATEWAY = """
[gateway]
name = "physics"
node = "campus/science/physics"
data_dir = "data"
"""
CLOUD = """
[cloud]
url = "https://energy.example.org"
"""
LINE = """
[lines.floor-1]
type = "modbus_tcp"
host = "127.0.0.1"
port = 15021
"""
DEVICE = """
[[devices]]
name = "meter"
node = "floor-1/room-101"
line = "floor-1"
unit = 1
model = "voltonic_room"
"""
WHOLE = GATEWAY + CLOUD + LINE + DEVICE


@pytest.fixture
def refusal(tmp_path):
    path = tmp_path / "gateway.toml"

    def message(text):
        path.write_text(text)
        with pytest.raises(ConfigError) as caught:
            load(path)
        assert str(path) in str(caught.value)
        return str(caught.value).replace(str(path), "FILE")

    return message


@pytest.fixture
def accepted(tmp_path):
    def settings(text):
        path = tmp_path / "gateway.toml"
        path.write_text(text)
        return load(path)

    return settings


def test_a_whole_file_becomes_frozen_settings(accepted, tmp_path):
    settings = accepted(WHOLE)
    assert settings.lines == {"floor-1": TcpLine("floor-1", "127.0.0.1", 15021)}
    [device] = settings.devices
    assert device.path == "campus/science/physics/floor-1/room-101/meter"
    assert device.entry.role is Role.MAIN
    assert device.interval == timedelta(seconds=60)
    assert settings.data_dir == tmp_path / "data"
    assert settings.max_lease is None


def test_the_inventory_names_saved_energy_and_the_forecast(accepted):
    settings = accepted(WHOLE + "[forecaster]\nenabled = true\n")
    points = settings.inventory().points
    assert "campus/science/physics/floor-1/room-101/meter/energy_saved_kwh" in points
    assert points[-1] == "campus/science/physics/forecast/forecast_power_kw"


def test_no_device_can_take_the_name_of_the_forecasts(refusal):
    own = DEVICE.replace('"meter"', '"forecast"').replace("floor-1/room-101", "")
    text = GATEWAY + CLOUD + LINE + own + "[forecaster]\nenabled = true\n"
    assert 'devices[1] ("forecast").name: is what the forecaster' in refusal(text)


@pytest.mark.parametrize(
    ("text", "simulated"),
    [
        (WHOLE, False),
        (WHOLE + "simulated = true\n", True),
        (WHOLE.replace("port = 15021", "port = 15021\nsimulated = true"), True),
        (WHOLE.replace('"data"', '"data"\nsimulate = "always"'), True),
    ],
)
def test_simulated_devices_say_so(accepted, text, simulated):
    [entry] = accepted(text).inventory().devices
    assert entry.simulated is simulated


def test_bad_toml_names_the_line(refusal):
    assert "line 3" in refusal('[gateway]\nname = "a"\nnode = = "b"\n')


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load(tmp_path / "absent.toml")


def test_an_unknown_key_is_named_with_its_table_and_the_likely_one(refusal):
    message = refusal(WHOLE + "intervall_s = 30\n")
    assert 'devices[1] ("meter").intervall_s: unknown key' in message
    assert 'did you mean "interval_s"?' in message


def test_an_unknown_key_of_a_line_is_named_without_the_type(refusal):
    message = refusal(WHOLE.replace("port = 15021", "port = 15021\nbaud = 9600"))
    assert "FILE: lines.floor-1.baud: unknown key" in message


def test_an_unknown_type_of_line_is_told_with_those_there_are(refusal):
    message = refusal(WHOLE.replace("modbus_tcp", "modbus_tty"))
    assert message.startswith(
        "FILE: lines.floor-1.type: should be one of 'modbus_tcp', "
    )
    assert message.endswith(", not 'modbus_tty' (did you mean \"modbus_tcp\"?)")


def test_a_word_that_is_not_in_the_list_is_told_with_the_nearest(refusal):
    message = refusal(WHOLE + 'role = "sensr"\n')
    assert message.endswith(", not 'sensr' (did you mean \"sensor\"?)")


def test_a_table_misspelt_is_told_with_the_nearest(refusal):
    message = refusal(WHOLE.replace("[lines.", "[line."))
    assert 'line: unknown key (did you mean "lines"?); correct or remove' in message


def test_a_line_without_a_type_is_told_so(refusal):
    message = refusal(WHOLE.replace('type = "modbus_tcp"', ""))
    assert message == "FILE: lines.floor-1.type: is missing; add it"


def test_every_fault_has_a_line_of_its_own(refusal):
    message = refusal(GATEWAY.replace('name = "physics"', "") + LINE)
    assert "FILE: gateway.name: is missing" in message
    assert "FILE: cloud: is missing" in message


def test_a_device_name_used_twice_at_one_node_is_refused(refusal):
    message = refusal(WHOLE + DEVICE.replace("unit = 1", "unit = 2"))
    assert 'devices[2] ("meter").name: "meter" is there twice' in message


def test_the_same_name_at_another_node_is_fine(accepted):
    other = DEVICE.replace("unit = 1", "unit = 2").replace("room-101", "room-102")
    assert len(accepted(WHOLE + other).devices) == 2


def test_two_devices_cannot_share_a_unit(refusal):
    message = refusal(WHOLE + DEVICE.replace("room-101", "room-102"))
    assert "unit: 1 (voltonic_room) is taken on line floor-1" in message


def test_a_unit_out_of_range_is_refused(refusal):
    message = refusal(WHOLE.replace("unit = 1", "unit = 256"))
    assert 'devices[1] ("meter").unit: should be less than or equal to 255' in message


def test_a_serial_line_has_fewer_units(refusal):
    serial = '[lines.floor-1]\ntype = "modbus_rtu"\nport = "/dev/ttyUSB0"\n'
    text = GATEWAY + CLOUD + serial + DEVICE.replace("unit = 1", "unit = 248")
    assert "unit: 248 is out of range; a serial line has 1 to 247" in refusal(text)


def test_a_serial_port_that_does_not_exist_is_no_fault_of_the_file(accepted):
    serial = '[lines.floor-1]\ntype = "modbus_rtu"\nport = "/dev/absent"\n'
    settings = accepted(GATEWAY + CLOUD + serial + DEVICE)
    assert settings.lines["floor-1"] == SerialLine("floor-1", "/dev/absent")


def test_an_unknown_model_is_named_with_the_likely_one(refusal):
    message = refusal(WHOLE.replace("voltonic_room", "voltonic_rom"))
    assert 'no meter model "voltonic_rom" (did you mean "voltonic_room"?)' in message


def test_an_unknown_line_is_named_with_the_likely_one(refusal):
    message = refusal(WHOLE.replace('line = "floor-1"', 'line = "floor-2"'))
    assert 'no [lines.floor-2] (did you mean "floor-1"?)' in message


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:5000", "http://localhost:5000", "http://[::1]:5000"]
)
def test_plain_http_reaches_this_machine(accepted, url):
    settings = accepted(WHOLE.replace("https://energy.example.org", url))
    assert settings.cloud_url == url


@pytest.mark.parametrize("url", ["http://energy.example.org", "ftp://x", "energy"])
def test_plain_http_to_elsewhere_is_refused(refusal, url):
    message = refusal(WHOLE.replace("https://energy.example.org", url))
    assert "cloud.url" in message
    assert "https" in message


def test_values_that_are_stale_before_the_next_poll_are_refused(refusal):
    message = refusal(WHOLE + "[poll]\ninterval_s = 600\n")
    assert "poll.max_age_s is shorter than poll.interval_s" in message


def test_a_device_polled_less_often_than_values_are_fresh_is_refused(refusal):
    message = refusal(WHOLE + "interval_s = 600\n")
    assert "interval_s: is longer than poll.max_age_s" in message


OWN_MODEL = """
title = "Own meter"
source = "its manual, page 3"
verified = true
checked = "read on site"
role = "main"
[[registers]]
quantity = "active_power_kw"
address = 16
"""


@pytest.fixture
def own_models(tmp_path):
    (tmp_path / "meters").mkdir()
    return tmp_path / "meters"


WITH_OWN = WHOLE.replace('"data"', '"data"\nmeters_dir = "meters"')


def test_a_site_adds_models_of_its_own(accepted, own_models):
    (own_models / "own.toml").write_text(OWN_MODEL)
    settings = accepted(WITH_OWN.replace("voltonic_room", "own"))
    assert settings.devices[0].entry.quantities == (Quantity.ACTIVE_POWER_KW,)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("address = 16", "address = 65536"), "address"),
        (("address = 16", "address = 65535"), "run past 65535"),
        (("active_power_kw", "active_power"), "quantity"),
        (("address", "adress"), 'did you mean "address"?'),
        (('role = "main"', 'role = "chief"'), "role"),
        (("address = 16", "address = "), "line 9"),
    ],
)
def test_a_bad_model_names_its_file_and_key(tmp_path, own_models, change, told):
    (own_models / "own.toml").write_text(OWN_MODEL.replace(*change))
    (tmp_path / "gateway.toml").write_text(WITH_OWN)
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "gateway.toml")
    assert str(own_models / "own.toml") in str(caught.value)
    assert told in str(caught.value)
    assert "registers: " not in str(caught.value)


def test_a_folder_of_models_that_is_not_there_is_named(refusal):
    assert "FILE: gateway.meters_dir: there is no folder" in refusal(WITH_OWN)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "gateway.toml").write_bytes(os.urandom(512) + b"\xff\xfe")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load(tmp_path / "gateway.toml")


RTU_TCP = LINE.replace("modbus_tcp", "modbus_rtu_tcp")


def test_a_serial_server_is_a_line_with_the_addresses_of_a_bus(accepted, refusal):
    settings = accepted(WHOLE.replace(LINE, RTU_TCP))
    assert settings.lines["floor-1"] == RtuTcpLine("floor-1", "127.0.0.1", 15021)
    told = refusal(WHOLE.replace(LINE, RTU_TCP).replace("unit = 1", "unit = 248"))
    assert "248 is out of range; a serial line has 1 to 247" in told


SUNSPEC = DEVICE.replace("voltonic_room", "sunspec_meter")


def test_several_of_a_kind_in_one_sunspec_device_are_told_by_their_number(accepted):
    second = SUNSPEC.replace('"meter"', '"second"') + "instance = 2\n"
    settings = accepted(GATEWAY + CLOUD + LINE + SUNSPEC + second)
    assert [device.place for device in settings.devices] == [1, 2]


def test_a_number_that_means_nothing_is_refused(refusal):
    told = refusal(WHOLE + "instance = 2\n")
    assert "instance: voltonic_room has no further ones; remove it" in told
    twice = GATEWAY + CLOUD + LINE + SUNSPEC + SUNSPEC.replace('"meter"', '"b"')
    assert "unit: 1 (sunspec_meter)" in refusal(twice)
