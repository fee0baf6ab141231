"""Settings of the cloud, from the environment and the command line."""

import os
import re
from pathlib import Path
from secrets import token_hex
from typing import Annotated, Any, Final, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cloud.identity.signing_key import FILE_NAME
from cloud.weather.setting import WeatherSettings, WeatherSource

DEFAULT_DATA: Final = Path("/var/lib/voltonic-cloud")

_SECRET_FILE: Final = "session.secret"  # noqa: S105 a file's name
_SHORTEST_SECRET: Final = 32
_ADDRESS: Final = re.compile(r"https?://[^\s/?#]+[^\s?#]*")


class ConfigError(ValueError):
    """A setting is wrong; the message names the variable and the remedy."""


class Settings(BaseSettings):
    """What the cloud is told; each field is an environment variable in capitals.

    Attributes:
        data: Directory of the SQLite database and the session secret.
        database_url: SQLite in `data` unless given, e.g. postgresql://user@host/name.
        session_secret: Made once and kept in `data` unless given.
        signing_key: File of the key that models are signed with; `signing.key` in
            `data` unless given.
        cost_per_kwh: What a kilowatt-hour costs, in `currency`.
        co2_kg_per_kwh: Carbon dioxide of a kilowatt-hour. [kg]
        flask_env: "development" opens the debug paths.
        weather_provider: Whom to ask for weather: none, open_meteo or simulator.
        weather_url: Where the provider is, unless it is Open-Meteo's own server.
        weather_past_url: Where earlier forecasts are, if elsewhere.
        weather_key: Key of a customer of Open-Meteo.
        weather_minutes: How long a place is left alone after a question. [min]
    """

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    data: Path = Field(DEFAULT_DATA, validation_alias="VOLTONIC_DATA")
    database_url: str = ""
    session_secret: str = ""
    signing_key: Path | None = Field(None, validation_alias="VOLTONIC_SIGNING_KEY")
    cost_per_kwh: Annotated[float, Field(ge=0)] = 8.0
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "INR"
    co2_kg_per_kwh: Annotated[float, Field(ge=0)] = 0.82
    flask_env: str = "production"
    weather_provider: WeatherSource = WeatherSource.NONE
    weather_url: str = ""
    weather_past_url: str = ""
    weather_key: str = ""
    weather_minutes: Annotated[int, Field(ge=1, le=1440)] = 30

    @field_validator("session_secret")
    @classmethod
    def _long_enough(cls, value: str) -> str:
        if value and len(value) < _SHORTEST_SECRET:
            raise ValueError(f"at least {_SHORTEST_SECRET} characters are wanted")
        return value

    @field_validator("weather_url", "weather_past_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not _ADDRESS.fullmatch(value):
            raise ValueError("an address like https://host is wanted, without a query")
        return value

    @model_validator(mode="after")
    def _simulated(self) -> Self:
        if self.weather_provider is WeatherSource.SIMULATOR and not self.weather_url:
            raise ValueError("WEATHER_PROVIDER=simulator needs WEATHER_URL")
        return self

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.database_url:
            url = f"sqlite:///{self.data.resolve()}/voltonic.db"
            object.__setattr__(self, "database_url", url)
        return self

    @property
    def signing_key_file(self) -> Path:
        """Where the key is that models are signed with."""
        return self.signing_key or self.data / FILE_NAME

    @property
    def weather(self) -> WeatherSettings:
        """Whom to ask for weather, and how often."""
        return WeatherSettings(
            self.weather_provider,
            self.weather_url.rstrip("/"),
            self.weather_past_url.rstrip("/"),
            self.weather_key,
            self.weather_minutes * 60,
        )

    @property
    def is_development(self) -> bool:
        """Whether the debug paths exist."""
        return self.flask_env == "development"


def load(data: Path | None = None) -> Settings:
    """Return the settings; what is missing in the data directory is made.

    Args:
        data: Data directory, before `VOLTONIC_DATA`.

    Raises:
        ConfigError: A variable is wrong, or the directory can't be written.
    """
    told: dict[str, Any] = {} if data is None else {"VOLTONIC_DATA": data}
    try:
        settings = Settings(**told)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False)[0]
        name = ".".join(map(str, found["loc"])).upper() or "settings"
        raise ConfigError(f"{name}: {found['msg']}") from error
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        if settings.session_secret:
            return settings
        return settings.model_copy(
            update={"session_secret": _secret(settings.data / _SECRET_FILE)}
        )
    except OSError as error:
        raise ConfigError(
            f"{settings.data}: {error.strerror}; choose a directory with --data"
        ) from error


def _secret(path: Path) -> str:
    """Return the secret kept at `path`, made once even when two processes start."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(token_hex(32) + "\n")
    return path.read_text().strip()
