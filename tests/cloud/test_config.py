import pytest

from cloud import config
from cloud.config import ConfigError
from cloud.weather.setting import OPEN_METEO, OPEN_METEO_PAST


def test_nobody_is_asked_for_weather_unless_it_is_said(tmp_path, monkeypatch):
    monkeypatch.delenv("WEATHER_PROVIDER", raising=False)
    assert config.load(tmp_path).weather.provider is None


def test_open_meteo_is_asked_at_its_own_servers(tmp_path, monkeypatch):
    monkeypatch.setenv("WEATHER_PROVIDER", "open_meteo")
    settings = config.load(tmp_path).weather
    assert settings.every_s == 1800
    assert settings.provider.source == "open_meteo"
    assert settings.provider.url == OPEN_METEO
    assert settings.provider.past_url == OPEN_METEO_PAST


def test_another_server_is_asked_for_both_forecasts_and_past(tmp_path, monkeypatch):
    monkeypatch.setenv("WEATHER_PROVIDER", "simulator")
    monkeypatch.setenv("WEATHER_URL", "http://127.0.0.1:8080/")
    monkeypatch.setenv("WEATHER_MINUTES", "5")
    settings = config.load(tmp_path).weather
    assert (
        settings.provider.url == settings.provider.past_url == "http://127.0.0.1:8080"
    )
    assert settings.every_s == 300


def test_a_key_is_not_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("WEATHER_PROVIDER", "open_meteo")
    monkeypatch.setenv("WEATHER_KEY", "hidden-1")
    settings = config.load(tmp_path).weather
    assert settings.provider.key == "hidden-1"
    assert "hidden-1" not in repr(settings) + repr(settings.provider)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("WEATHER_PROVIDER", "crystal_ball", "WEATHER_PROVIDER"),
        ("WEATHER_PROVIDER", "simulator", "needs WEATHER_URL"),
        ("WEATHER_URL", "file:///etc/passwd", "WEATHER_URL"),
        ("WEATHER_URL", "https://host/?q=1", "WEATHER_URL"),
        ("WEATHER_MINUTES", "0", "WEATHER_MINUTES"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, monkeypatch, name, value, words):
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError, match=words):
        config.load(tmp_path)
