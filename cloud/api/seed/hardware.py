"""The paths by which devices post their readings themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    JsonValue,
    RootModel,
    Tag,
    field_validator,
)

from cloud.device_posts import ConflictError, Post, take
from cloud.facts.hardware import all_status, device_config, device_status, latest
from cloud.web.auth import device_id, for_devices
from cloud.web.context import now, platform
from cloud.web.openapi import tag
from cloud.web.params import check_instant
from cloud.web.problem import ProblemError
from contract.interval import from_ms, to_ms

_MOST_POSTS: Final = 1000
_AHEAD_S: Final = 300
_EXAMPLE: Final[dict[str, JsonValue]] = {
    "energy_produced": 0.0,
    "energy_consumed": 0.31,
    "current_load": 35.8,
    "voltage": 229.4,
    "timestamp": 1772440200,
}

bp = APIBlueprint(
    "hardware", __name__, abp_tags=[tag("hardware", "Devices without a gateway")]
)

Energy = Annotated[float, Field(ge=0, le=1e12, strict=True, allow_inf_nan=False)]
Current = Annotated[
    float, Field(ge=-10_000, le=10_000, strict=True, allow_inf_nan=False)
]


class Reading(BaseModel):
    """What a device has measured; energy in kWh since its last post.

    Energy is the counter's own value for a device that is registered as counter.
    """

    model_config = ConfigDict(json_schema_extra={"example": {**_EXAMPLE}})

    energy_produced: Energy
    energy_consumed: Energy
    current_load: float = Field(ge=0, le=400, strict=True, allow_inf_nan=False)
    voltage: float | None = Field(None, ge=0, le=1500, strict=True, allow_inf_nan=False)
    current: Current | None = None
    current1: Current | None = None
    current2: Current | None = None
    current3: Current | None = None
    frequency: float | None = Field(
        None, ge=10, le=100, strict=True, allow_inf_nan=False
    )
    power_factor: float | None = Field(
        None, ge=-1, le=1, strict=True, allow_inf_nan=False
    )
    facility_id: int | None = Field(None, ge=0, le=2**31)
    timestamp: AwareDatetime | None = Field(
        None, description="Seconds since 1970 UTC, or ISO 8601 with offset"
    )

    @field_validator("timestamp", mode="before")
    @classmethod
    def _seconds(cls, raw: Any) -> Any:
        if isinstance(raw, int | float) and not isinstance(raw, bool):
            if not 0 <= raw < 10_000_000_000:
                raise ValueError("not seconds since 1970")
            return from_ms(round(raw * 1000))
        return raw

    @field_validator("timestamp")
    @classmethod
    def _plausible(cls, at: datetime | None) -> datetime | None:
        if at is not None and (check_instant(at) - now()).total_seconds() > _AHEAD_S:
            raise ValueError("lies in the future")
        return at


def _shape(raw: object) -> str:
    return "many" if isinstance(raw, list) else "one"


class Readings(
    RootModel[
        Annotated[
            Annotated[Reading, Tag("one")]
            | Annotated[
                list[Reading], Field(min_length=1, max_length=_MOST_POSTS), Tag("many")
            ],
            Discriminator(_shape),
        ]
    ]
):
    """One reading, or a list of them."""

    def all(self) -> Sequence[Reading]:
        """Return the readings."""
        return self.root if isinstance(self.root, list) else [self.root]


class IdempotencyHeader(BaseModel):
    """Makes a repeated request count once."""

    idempotency_key: str | None = Field(
        None, alias="Idempotency-Key", min_length=1, max_length=80
    )


class Taken(BaseModel):
    """What became of a post."""

    status: Literal["success"]
    message: str
    accepted: int
    known: int
    server_time: int


@bp.post("/api/hardware/data", responses={201: Taken, 200: Taken})
@for_devices
def data(header: IdempotencyHeader, body: Readings) -> tuple[Response, int]:
    """Take in readings; with a timestamp or Idempotency-Key each counts once."""
    received, readings = now(), body.all()
    posts = [
        _post(reading, header.idempotency_key, place, received)
        for place, reading in enumerate(readings)
    ]
    try:
        accepted = take(platform().database, device_id(), posts, to_ms(received))
    except ConflictError as error:
        raise ProblemError(409, str(error)) from error
    known = len(posts) - accepted
    answer = jsonify(
        status="success",
        message=f"{accepted} taken, {known} known before",
        accepted=accepted,
        known=known,
        server_time=int(received.timestamp()),
    )
    return answer, 201 if accepted else 200


@bp.get("/api/hardware/status")
@for_devices
def status() -> Response:
    """Is the device fresh: heard within max(60 s, 2 × its interval)."""
    return jsonify(device_status(platform().database, device_id(), now()))


@bp.get("/api/hardware/config")
@for_devices
def config() -> Response:
    """How often the device should report, its voltage bands, and the time."""
    return jsonify(device_config(platform().database, device_id(), now()))


@bp.get("/api/latest-hardware-data")
def latest_data() -> Response:
    """The newest values; empty when no device is fresh."""
    return jsonify(latest(platform().database, now()))


@bp.get("/api/hardware-status-check")
def status_check() -> Response:
    """Which devices are fresh."""
    return jsonify(all_status(platform().database, now()))


def _post(reading: Reading, key: str | None, place: int, received: datetime) -> Post:
    known = None if key is None else f"key:{key}:{place}"
    if reading.timestamp is not None:  # says more than a retry's header
        known = f"at:{to_ms(reading.timestamp)}"
    values = reading.model_dump(exclude_none=True, exclude={"timestamp"})
    return Post(to_ms(reading.timestamp or received), known, values)
