import pytest
from click.testing import CliRunner

from gateway.commands.pin import pin
from gateway.status_page.pin import is_right

CONFIG = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "gateway.toml"
    path.write_text(CONFIG)
    return path


def asked(config, given):
    return CliRunner().invoke(pin, ["--config", str(config)], input=given)


def test_it_asks_for_the_pin_twice_and_keeps_it(config, tmp_path):
    result = asked(config, "271828\n271828\n")
    assert result.exit_code == 0, result.output
    assert "271828" not in result.output
    assert is_right(tmp_path / "data" / "status_page.pin", "271828")


def test_another_file_may_be_named(config, tmp_path):
    config.write_text(CONFIG + '[status_page]\npin_file = "own.pin"\n')
    assert asked(config, "271828\n271828\n").exit_code == 0
    assert is_right(tmp_path / "own.pin", "271828")


def test_a_short_pin_is_refused(config):
    result = asked(config, "123\n123\n")
    assert result.exit_code == 1
    assert "a PIN has 6 to 64 characters" in result.output


@pytest.mark.parametrize(
    ("written", "why"),
    [("port = 70000", "less than or equal to 65535"), ("prot = 1", 'mean "port"')],
)
def test_a_wrong_setting_of_the_page_is_told(config, written, why):
    config.write_text(f"{CONFIG}[status_page]\n{written}\n")
    result = asked(config, "271828\n271828\n")
    assert result.exit_code == 1
    assert why in result.output
