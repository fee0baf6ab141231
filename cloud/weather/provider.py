"""What a source of weather offers, and how it says no."""

from dataclasses import dataclass
from typing import Protocol

from cloud.domain.weather import Place, Weather


class WeatherError(Exception):
    """The source gave no weather that can be used; the message says why.

    Attributes:
        wait_s: How long it wants to be left alone, if it said so. [s]
    """

    def __init__(self, message: str, wait_s: int = 0) -> None:
        super().__init__(message)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Answer:
    """What a source says of one place.

    Attributes:
        over: Hours that were over when it was asked, as they were.
        ahead: Hours from the one in which it was asked, as forecast.
    """

    over: Weather
    ahead: Weather


@dataclass(frozen=True, slots=True)
class Past:
    """What a source says of long ago.

    Attributes:
        over: Hours as they were.
        day_before: The same hours, as they were forecast 24 hours before each.
    """

    over: Weather
    day_before: Weather


class Provider(Protocol):
    """A source of weather."""

    @property
    def source(self) -> str:
        """What it is called where its weather is kept."""

    def ask(self, place: Place, now_s: int, days_before: int) -> Answer:
        """Return the last days and the next three.

        Raises:
            WeatherError: It gave nothing that can be used.
        """

    def ask_past(self, place: Place, from_s: int, to_s: int) -> Past:
        """Return the hours that begin in ``[from_s, to_s)``.

        Raises:
            WeatherError: It gave nothing that can be used.
        """
