import pytest

from gateway.config import ConfigError, load

HEAD = """
[gateway]
name = "house"
node = "site"
data_dir = "data"
[cloud]
url = "https://energy.example.org"
[lines.garage]
type = "ocpp"
"""
DEVICE = """
[[devices]]
name = "charger"
line = "garage"
role = "sub"
charge_point = "CP1"
quantities = ["active_power_kw"]
"""


@pytest.fixture
def loaded(tmp_path):
    def write(text):
        path = tmp_path / "gateway.toml"
        path.write_text(text)
        return load(path)

    return write


def test_a_charge_point_needs_little(loaded):
    settings = loaded(HEAD + DEVICE)
    assert str(settings.lines["garage"]) == "ws://0.0.0.0:9000/"
    [device] = settings.devices
    assert (device.place.charge_point, device.place.connector) == ("CP1", 1)
    assert device.control is None


def test_a_greatest_current_makes_it_writable(loaded):
    [device] = loaded(HEAD + DEVICE + "max_current_a = 16").devices
    [limit] = device.control.setpoints
    assert (limit.quantity, limit.low, limit.high) == ("current_limit_a", 0, 16)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('charge_point = "CP1"', "", "charge_point"),
        ('"CP1"', '"a/b"', "no charge point id"),
        ('["active_power_kw"]', '["co2_ppm"]', "no charge point tells co2_ppm"),
        ('["active_power_kw"]', '["current_limit_a"]', "set max_current_a"),
        ("[[devices]]", "password_file = 'x'\n[[devices]]", "write it from / on"),
        (
            'role = "sub"',
            'role = "sub"\nprofile = "ChargePointMaxProfile"',
            "set connector to 0",
        ),
    ],
)
def test_a_mistake_is_told_in_words(loaded, old, new, words):
    with pytest.raises(ConfigError, match=words):
        loaded(HEAD + DEVICE.replace(old, new))


def test_a_connector_is_one_device_only(loaded):
    twice = DEVICE + DEVICE.replace('"charger"', '"other"')
    with pytest.raises(ConfigError, match="connector: 1 of CP1 is taken"):
        loaded(HEAD + twice)
