"""What a request may ask of the application it came to."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, cast

from flask import Flask, current_app

from cloud.analytics.savings import Prices
from cloud.store.database import Database
from cloud.web.broadcast import Broadcast
from cloud.web.metrics import Metrics

_NAME: Final = "voltonic"


@dataclass(frozen=True, slots=True)
class Platform:
    """The parts behind the endpoints, given to the application at its start.

    Attributes:
        secret: Keys the CSRF tokens.
        is_development: Whether the debug paths exist.
        live: The present figures of the campus, as they change.
    """

    database: Database
    prices: Prices
    secret: bytes
    live: Broadcast
    metrics: Metrics
    is_development: bool = False


def bind(app: Flask, bound: Platform) -> None:
    """Make `bound` what the requests of `app` ask."""
    app.extensions[_NAME] = bound


def platform() -> Platform:
    """Return the parts behind the current application."""
    return cast(Platform, current_app.extensions[_NAME])


def now() -> datetime:
    """Return the present instant, UTC."""
    return datetime.now(UTC)


def now_s() -> int:
    """Return the present instant in whole seconds since 1970 UTC."""
    return int(now().timestamp())
