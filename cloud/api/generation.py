"""What arrays and turbines will make."""

from typing import Literal

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.generation import generation_facts
from cloud.web.context import now, platform
from cloud.web.openapi import tag

bp = APIBlueprint("generation", __name__, abp_tags=[tag("forecast", "Forecasts")])


class GenerationQuery(BaseModel):
    """Whose generators."""

    node: str | None = Field(
        None,
        max_length=200,
        description="A node; what stands there and below it. By default the main site.",
        json_schema_extra={"example": "engineering-complex"},
    )


class GenerationHour(BaseModel):
    """Mean power of one hour, and its quantiles."""

    start: str
    mean_kw: float
    p10_kw: float
    p50_kw: float
    p90_kw: float


class GeneratorAnswer(BaseModel):
    """One generator; the source is that of the weather its forecast rests on."""

    node: str
    slug: str
    kind: Literal["solar", "wind"]
    capacity_kw: float
    source: str | None
    issued: str | None
    hours: list[GenerationHour]


class GenerationAnswer(BaseModel):
    """The next 24 hours of all generators together, and of each."""

    node: str
    why_none: str | None
    hours: list[GenerationHour]
    generators: list[GeneratorAnswer]


@bp.get("/api/v1/forecast/generation", responses={200: GenerationAnswer})
def generation(query: GenerationQuery) -> Response:
    """What the arrays and turbines of a node will make in the next 24 hours."""
    return jsonify(generation_facts(platform().database, now(), query.node))
