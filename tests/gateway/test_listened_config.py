"""Lines on which telegrams come by themselves, as they are configured."""

import pytest

from contract.inventory import Role
from contract.quantity import Quantity
from gateway.config import ConfigError, load
from gateway.lines import ListenLine

WHOLE = """
[gateway]
name = "physics"
node = "campus/physics"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
[lines.p1]
type = "dsmr"
port = "/dev/ttyUSB0"
[[devices]]
name = "gas"
line = "p1"
role = "sub"
meter_id = "G1"
quantities = ["gas_m3"]
"""


@pytest.fixture
def loaded(tmp_path):
    def settings(text):
        path = tmp_path / "gateway.toml"
        path.write_text(text)
        return load(path)

    return settings


def test_a_port_that_is_listened_to_and_a_device_heard_there(loaded):
    settings = loaded(WHOLE)
    assert settings.lines["p1"] == ListenLine("p1", "/dev/ttyUSB0", "dsmr", 115_200)
    (device,) = settings.devices
    assert device.meter_id == "G1"
    assert device.entry.model == "dsmr"
    assert device.entry.role is Role.SUB
    assert device.entry.quantities == (Quantity.GAS_M3,)


def test_columns_and_speed_of_a_board_may_be_told(loaded):
    text = WHOLE.replace(
        'type = "dsmr"',
        'type = "text_line"\nbaudrate = 57600\ncolumns = ["voltage", "current"]',
    )
    line = loaded(text).lines["p1"]
    assert line.baudrate == 57_600
    assert line.columns == ("voltage", "current")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('quantities = ["gas_m3"]', "", "quantities: is missing"),
        ('["gas_m3"]', '["gas_m3", "gas_m3"]', "quantities: one is there twice"),
        ('["gas_m3"]', '["gas"]', "quantities"),
        ('role = "sub"', "", "role: is missing; write what the device is"),
        ('name = "gas"', 'name = "gas"\nunit = 1', "unit: has no meaning"),
        ('name = "gas"', 'name = "gas"\nmodel = "pzem_004t"', "model: has no meaning"),
        ('type = "dsmr"', 'type = "modbus_rtu"', "unit: is missing; add it"),
        ('type = "dsmr"', 'type = "modbus_rtu"', "model: is missing; add it"),
        ('type = "dsmr"', 'type = "modbus_rtu"', "meter_id: has no meaning here"),
        ('line = "p1"', 'line = "p2"', "line: there is no [lines.p2]"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(loaded, old, new, why):
    with pytest.raises(ConfigError) as caught:
        loaded(WHOLE.replace(old, new))
    assert why in str(caught.value)
