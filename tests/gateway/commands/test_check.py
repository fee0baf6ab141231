import pytest
from click.testing import CliRunner

from gateway.commands.check import check

CONFIG = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
[lines.bus]
type = "modbus_rtu"
port = "/dev/null"
[[devices]]
name = "meter"
line = "bus"
unit = 1
model = "eastron_sdm120"
"""


@pytest.fixture
def checked(tmp_path):
    def run(text):
        path = tmp_path / "gateway.toml"
        path.write_text(text)
        return CliRunner().invoke(check, ["--config", str(path)])

    return run


def test_a_correct_configuration_is_called_so(checked):
    result = checked(CONFIG)
    assert result.exit_code == 0
    assert "correct; 1 devices on 1 lines" in result.output


def test_a_serial_port_that_does_not_exist_is_named(checked):
    result = checked(CONFIG.replace("/dev/null", "/dev/ttyUSB99"))
    assert result.exit_code == 1
    assert "lines.bus.port: serial port /dev/ttyUSB99 does not exist" in result.output


def test_a_file_of_a_broker_that_cannot_be_read_is_named(checked):
    broker = '[lines.b]\ntype = "mqtt"\nhost = "127.0.0.1"\nca_file = "/no/ca.pem"\n'
    result = checked(CONFIG.replace("[lines.bus]", broker + "[lines.bus]"))
    assert result.exit_code == 1
    assert "lines.b.ca_file: /no/ca.pem cannot be read" in result.output


def test_a_certificate_file_that_does_not_exist_is_named(checked):
    result = checked(CONFIG.replace("[lines", 'ca_file = "own.pem"\n[lines', 1))
    assert result.exit_code == 1
    assert "own.pem cannot be read: No such file or directory" in result.output


def test_a_certificate_file_that_holds_none_is_named(checked):
    result = checked(CONFIG.replace("[lines", 'ca_file = "gateway.toml"\n[lines', 1))
    assert result.exit_code == 1
    assert "gateway.toml holds no certificate in PEM form" in result.output


def test_a_data_folder_that_cannot_be_written_is_named(checked):
    result = checked(CONFIG.replace('"data"', '"gateway.toml/data"'))
    assert result.exit_code == 1
    assert "gateway.data_dir: " in result.output
    assert "cannot be written" in result.output


def test_a_fault_is_told_without_a_traceback(checked):
    result = checked(CONFIG.replace("unit", "unitt"))
    assert result.exit_code == 1
    assert 'devices[1] ("meter").unitt: unknown key (did you mean "unit"?)' in (
        result.output
    )
    assert "Traceback" not in result.output
