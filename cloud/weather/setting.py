"""Whom to ask for weather, as the settings say."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cloud.weather.open_meteo import OpenMeteo
from cloud.weather.provider import Provider

OPEN_METEO: Final = "https://api.open-meteo.com"
OPEN_METEO_PAST: Final = "https://previous-runs-api.open-meteo.com"


class WeatherSource(StrEnum):
    """Whom to ask."""

    NONE = "none"
    OPEN_METEO = "open_meteo"
    SIMULATOR = "simulator"


@dataclass(frozen=True, slots=True)
class WeatherSettings:
    """Whom to ask, and how often.

    Attributes:
        url, past_url: Addresses, empty for the source's own.
        every_s: How long a place is left alone after a question. [s]
    """

    source: WeatherSource
    url: str
    past_url: str
    key: str = field(repr=False)
    every_s: int

    @property
    def provider(self) -> Provider | None:
        """Whom to ask; None if nobody is asked."""
        if self.source is WeatherSource.NONE:
            return None
        past_url = self.past_url or self.url or OPEN_METEO_PAST
        url = self.url or OPEN_METEO
        return OpenMeteo(self.source.value, url, past_url, self.key)
