"""The weather at a site: measured and forecast."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.weather import weather_facts
from cloud.web.context import now, platform
from cloud.web.openapi import tag

bp = APIBlueprint("weather", __name__, abp_tags=[tag("weather", "Weather")])


class WeatherQuery(BaseModel):
    """Which site."""

    node: str | None = Field(
        None,
        max_length=200,
        description="A node of the site; by default the main site.",
        json_schema_extra={"example": "campus"},
    )


class PlaceAnswer(BaseModel):
    """Where the site is, in degrees north and east."""

    latitude: float
    longitude: float


class WeatherHour(BaseModel):
    """Means over one hour; irradiance is global, facing the sun, and of the sky."""

    start: str
    temperature_c: float | None
    wind_10m_ms: float | None
    wind_80m_ms: float | None
    global_w_m2: float | None
    direct_w_m2: float | None
    diffuse_w_m2: float | None
    cloud_percent: float | None
    humidity_percent: float | None
    temperature_spread_c: float | None = Field(
        description="Standard deviation of what is usual; null for a forecast."
    )


class WeatherAnswer(BaseModel):
    """The hour that runs and those after it, two days in all."""

    node: str
    place: PlaceAnswer | None
    source: str | None
    attribution: str | None = Field(description="To be shown beside the weather.")
    issued: str | None
    is_climatology: bool = Field(
        description="No forecast is fresh: these are means of this time of year."
    )
    why_none: str | None
    why_not_newer: str | None
    now: WeatherHour | None
    hours: list[WeatherHour]


@bp.get("/api/v1/weather", responses={200: WeatherAnswer})
def weather(query: WeatherQuery) -> Response:
    """What the weather at a site is now and in the next 48 hours."""
    return jsonify(weather_facts(platform().database, now(), query.node))
