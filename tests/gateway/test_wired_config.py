"""Lines of M-Bus and IEC 62056-21 meters and of pulses, as they are configured."""

import pytest
from click.testing import CliRunner

from contract.inventory import Role
from contract.quantity import Quantity
from gateway.commands.check import check
from gateway.config import ConfigError, load
from gateway.drivers.iec62056.line import IecLine
from gateway.drivers.mbus.line import MbusLine
from gateway.drivers.pulse.line import GpioPin, PulseLine, PulsePlace
from gateway.wire import SerialPort, TcpPort

HEAD = """
[gateway]
name = "physics"
node = "campus/physics"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
"""
MBUS = """
[lines.cellar]
type = "mbus"
port = "/dev/ttyUSB0"
[[devices]]
name = "heat"
line = "cellar"
role = "main"
unit = 5
quantities = ["heat_kwh", "flow_temperature_c"]
[[devices]]
name = "water"
line = "cellar"
role = "sub"
meter_id = "01234567"
quantities = ["water_m3"]
"""
IEC = """
[lines.head]
type = "iec62056"
port = "/dev/ttyUSB1"
[[devices]]
name = "main"
line = "head"
role = "main"
quantities = ["energy_import_kwh"]
"""
PULSE = """
[lines.gas]
type = "pulse"
gpiochip = "/dev/gpiochip0"
gpio = 17
[[devices]]
name = "gas"
line = "gas"
role = "main"
pulses_per_unit = 100
start = 4711.25
quantities = ["gas_m3"]
"""
SECOND = PULSE[PULSE.index("[[devices]]") :].replace('"gas"', '"more"', 1)
BY_TCP = 'host = "10.0.0.7"\nport = 10001'


@pytest.fixture
def loaded(tmp_path):
    def settings(text):
        path = tmp_path / "gateway.toml"
        path.write_text(HEAD + text)
        return load(path)

    return settings


def test_meters_on_an_m_bus_by_address_and_by_number(loaded):
    settings = loaded(MBUS)
    place = SerialPort("/dev/ttyUSB0", 2400, 8, "E")
    assert settings.lines["cellar"] == MbusLine("cellar", place, 2400)
    heat, water = settings.devices
    assert (heat.unit, heat.meter_id) == (5, "")
    assert (water.unit, water.meter_id) == (0, "01234567")
    assert heat.entry.model == "mbus"
    assert heat.entry.role is Role.MAIN
    assert water.entry.quantities == (Quantity.WATER_M3,)


def test_an_m_bus_behind_a_converter(loaded):
    line = loaded(MBUS.replace('port = "/dev/ttyUSB0"', BY_TCP)).lines["cellar"]
    assert line.place == TcpPort("10.0.0.7", 10_001)
    assert str(line) == "10.0.0.7:10001"


def test_an_infrared_head_begins_at_300_baud_and_goes_up(loaded):
    settings = loaded(IEC)
    place = SerialPort("/dev/ttyUSB1", 300, 7, "E")
    assert settings.lines["head"] == IecLine("head", place)
    assert settings.devices[0].meter_id == ""


def test_speed_and_parity_of_a_head_may_be_told(loaded):
    text = IEC.replace("[[dev", 'baudrate_fixed = 9600\nparity = "none"\n[[dev')
    line = loaded(text).lines["head"]
    assert line.place == SerialPort("/dev/ttyUSB1", 9600, 8, "N")
    assert line.baudrate_fixed == 9600
    by_tcp = loaded(IEC.replace('port = "/dev/ttyUSB1"', BY_TCP)).lines["head"]
    assert by_tcp.baudrate_fixed == 300


def test_pulses_on_a_pin_or_on_a_serial_port(loaded):
    settings = loaded(PULSE)
    assert settings.lines["gas"] == PulseLine("gas", GpioPin("/dev/gpiochip0", 17))
    assert settings.devices[0].place == PulsePlace(100, 4711.25)
    pin = 'gpiochip = "/dev/gpiochip0"\ngpio = 17'
    line = loaded(PULSE.replace(pin, 'port = "/dev/ttyUSB2"')).lines["gas"]
    assert line.place == SerialPort("/dev/ttyUSB2", 300)


@pytest.mark.parametrize(
    ("text", "old", "new", "why"),
    [
        (MBUS, "unit = 5", "", "either unit, its primary address 0 to 250, or meter"),
        (MBUS, "unit = 5", 'unit = 5\nmeter_id = "12345678"', "either unit"),
        (MBUS, "unit = 5", "unit = 251", "250"),
        (MBUS, "01234567", "1234567", "is not the 8 digits on the meter"),
        (MBUS, "01234567", "0123456F", "is not the 8 digits on the meter"),
        (MBUS, "unit = 5", 'meter_id = "01234567"', "meter_id: 01234567 is taken"),
        (MBUS, 'quantities = ["water_m3"]', "", "from its data, as voltonic-gateway"),
        (MBUS, '"/dev/ttyUSB0"', "10001", "a TCP port needs host beside it"),
        (MBUS, 'port = "/dev', 'host = "h"\nport = "/dev', "beside host, write a TCP"),
        (MBUS, "[[", "baudrate = 100\n[[", "baudrate"),
        (IEC, "[[", "baudrate_fixed = 1000\n[[", "1000 is no speed of the standard"),
        (IEC, "role", 'meter_id = "a!"\nrole', "meter_id"),
        (PULSE, "gpio = 17", "", "write either gpiochip and gpio"),
        (PULSE, "gpio = 17", 'gpio = 17\nport = "/dev/x"', "write either gpiochip"),
        (PULSE, "pulses_per_unit = 100", "", "pulses_per_unit: is missing"),
        (PULSE, "= 100", "= 0", "pulses_per_unit"),
        (PULSE, '["gas_m3"]', '["voltage_v"]', "list the one that its pulses count"),
        (PULSE, '["gas_m3"]', '["gas_m3", "water_m3"]', "list the one that its pulses"),
        (PULSE, '["gas_m3"]', '["gas_m3", "active_power_kw"]', "cannot be told from"),
        (PULSE, '["gas_m3"]\n', '["gas_m3"]\n' + SECOND, "line: its input is taken"),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(loaded, text, old, new, why):
    assert old in text
    with pytest.raises(ConfigError) as refused:
        loaded(text.replace(old, new, 1))
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (MBUS, "lines.cellar.port: serial port /dev/ttyUSB0 does not exist"),
        (IEC, "lines.head.port: serial port /dev/ttyUSB1 does not exist"),
        (PULSE, "lines.gas.gpiochip: GPIO controller /dev/gpiochip0 does not exist"),
    ],
)
def test_a_port_or_pin_that_is_not_there_is_named(tmp_path, text, why):
    path = tmp_path / "gateway.toml"
    path.write_text(HEAD + text)
    result = CliRunner().invoke(check, ["--config", str(path)])
    assert result.exit_code == 1
    assert why in result.output


def test_a_converter_needs_no_port_of_this_machine(tmp_path):
    path = tmp_path / "gateway.toml"
    path.write_text(HEAD + MBUS.replace('port = "/dev/ttyUSB0"', BY_TCP))
    assert CliRunner().invoke(check, ["--config", str(path)]).exit_code == 0
