"""Weather over HTTP in the words of Open-Meteo's API, `GET /v1/forecast`.

Source: open-meteo.com, documentation of the Weather Forecast and the Previous Runs API.
"""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from aiohttp import web

from firmware_sim.draws import Floats
from firmware_sim.weather import HOUR_S, UNITS, Instants
from firmware_sim.weather_forecast import Forecaster

PATH: Final = "/v1/forecast"

_DAY_S: Final = 24 * HOUR_S
_MOST_DAYS: Final = 400
_NEAR_DEG: Final = 1.0
_DAY_BEFORE: Final = "_previous_day1"


class QueryError(ValueError):
    """The question can't be answered; the message says why."""


class WeatherServer:
    """Answers for one place, by the wall clock."""

    def __init__(self, forecaster: Forecaster) -> None:
        self._forecaster = forecaster

    def register(self, app: web.Application) -> None:
        """Answer at `PATH` of `app`."""
        app.router.add_get(PATH, self._get)

    async def _get(self, request: web.Request) -> web.Response:
        try:
            told = await asyncio.to_thread(self.told, request.query, int(time.time()))
        except QueryError as error:
            return web.json_response({"error": True, "reason": str(error)}, status=400)
        return web.json_response(told)

    def told(self, query: Mapping[str, str], now_s: int) -> dict[str, object]:
        """Return the answer to `query`.

        Raises:
            QueryError: A parameter is missing, unknown or out of range.
        """
        weather = self._forecaster.weather
        for name, here in (
            ("latitude", weather.latitude),
            ("longitude", weather.longitude),
        ):
            if abs(_number(query, name) - here) > _NEAR_DEG:
                raise QueryError(f"{name}: the simulated weather is at {here:g}°")
        names = query.get("hourly", "").split(",")
        for name in names:
            if name.removesuffix(_DAY_BEFORE) not in UNITS:
                raise QueryError(f"hourly: there is no variable {name!r}")
        if query.get("wind_speed_unit", "kmh") != "ms":
            raise QueryError("wind_speed_unit: only ms is told here")
        at_s = _hours(query, now_s)
        units = {name: UNITS[name.removesuffix(_DAY_BEFORE)] for name in names}
        time_unit, stamps = _stamps(query, at_s)
        return {
            "latitude": weather.latitude,
            "longitude": weather.longitude,
            "utc_offset_seconds": 0,
            "timezone": "GMT",
            "hourly_units": {"time": time_unit, **units},
            "hourly": {"time": stamps, **self._columns(names, at_s, now_s)},
        }

    def _columns(
        self, names: list[str], at_s: Instants, now_s: int
    ) -> dict[str, list[float | None]]:
        told = self._forecaster.told(at_s, now_s)
        before: Mapping[str, Floats] = {}
        if any(name.endswith(_DAY_BEFORE) for name in names):
            before = self._forecaster.told_before(at_s, now_s, _DAY_S)
        columns = {}
        for name in names:
            plain = name.removesuffix(_DAY_BEFORE)
            values = told[plain] if plain == name else before[plain]
            known = np.isfinite(values).tolist()
            columns[name] = [
                round(value, 2) if there else None
                for value, there in zip(values.tolist(), known, strict=True)
            ]
        return columns


def _hours(query: Mapping[str, str], now_s: int) -> Instants:
    today = datetime.fromtimestamp(now_s, UTC).date()
    if "start_date" in query or "end_date" in query:
        first, last = _date(query, "start_date"), _date(query, "end_date")
    else:
        first = today - timedelta(days=_whole(query, "past_days", 0))
        last = today + timedelta(days=_whole(query, "forecast_days", 7) - 1)
    days = (last - first).days + 1
    if not 1 <= days <= _MOST_DAYS:
        raise QueryError(f"start_date to end_date: not 1 to {_MOST_DAYS} days")
    midnight = datetime(first.year, first.month, first.day, tzinfo=UTC)
    return int(midnight.timestamp()) + HOUR_S * np.arange(24 * days)


def _stamps(query: Mapping[str, str], at_s: Instants) -> tuple[str, list[object]]:
    if query.get("timeformat") == "unixtime":
        return "unixtime", list(at_s.tolist())
    stamps = (datetime.fromtimestamp(at, UTC) for at in at_s.tolist())
    return "iso8601", [f"{at:%Y-%m-%dT%H:%M}" for at in stamps]


def _number(query: Mapping[str, str], name: str) -> float:
    try:
        return float(query[name])
    except (KeyError, ValueError) as error:
        raise QueryError(f"{name}: a number is wanted") from error


def _whole(query: Mapping[str, str], name: str, usual: int) -> int:
    raw = query.get(name, str(usual))
    if not (raw.isascii() and raw.isdigit() and int(raw[:4]) <= _MOST_DAYS):
        raise QueryError(f"{name}: a number of 0 to {_MOST_DAYS} is wanted")
    return int(raw)


def _date(query: Mapping[str, str], name: str) -> date:
    try:
        return date.fromisoformat(query[name])
    except (KeyError, ValueError) as error:
        raise QueryError(f"{name}: a date like 2026-03-01 is wanted") from error
