"""What gateways ask: to take uploads, and for configuration, weather and model."""

from time import time
from typing import Final, cast

from flask import Response, current_app, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.ingest.site_config import SiteConfigs
from cloud.ingest.upload import (
    MAX_BODY,
    EnvelopeError,
    Ingest,
    Sender,
    SupersededError,
    UnavailableError,
    UnknownSenderError,
)
from cloud.web.auth import public
from cloud.web.context import platform
from cloud.web.openapi import tag
from cloud.web.problem import ProblemError

bp = APIBlueprint(
    "gateways",
    __name__,
    url_prefix="/api/v1/gateways",
    abp_tags=[tag("gateways", "What gateways send and fetch, signed with their keys")],
)

CLOCK_TOLERANCE_MS: Final = 86_400_000
"""How old a signed question may be; gateways may have a wrong clock."""

_EXTENSION: Final = "voltonic_ingest"
_RETRY_S: Final = 5


class GatewayPath(BaseModel):
    """Which gateway."""

    slug: str = Field(max_length=63, json_schema_extra={"example": "physics"})


@bp.post("/<slug>/uploads")
@public
def uploads(path: GatewayPath) -> Response:
    """Take sealed batches; the receipt says what became of each, after the commit."""
    request.max_content_length = MAX_BODY
    body = request.get_data(cache=False)
    sender = _sender(path.slug, body)
    try:
        receipt = _ingest().receive(sender, body, _now_ms())
    except EnvelopeError as error:
        raise ProblemError(400, f"not an upload: {error}") from error
    except SupersededError as error:
        raise ProblemError(
            409, "a later start of this gateway replaced this one; stop sending"
        ) from error
    except UnavailableError as error:
        raise ProblemError(
            503,
            "the database can't take it now",
            headers={"Retry-After": str(_RETRY_S)},
        ) from error
    return Response(receipt.to_bytes(), content_type="application/json")


@bp.get("/<slug>/config")
@public
def config(path: GatewayPath) -> Response:
    """Return the site's time zone, free days and the timetables of the rooms."""
    return jsonify(_ingest().config(_asking(path.slug), _now_ms()).to_json())


@bp.get("/<slug>/weather")
@public
def weather(path: GatewayPath) -> Response:
    """Return what was measured of the weather at the site, and what is forecast."""
    known = _ingest().weather(_asking(path.slug), _now_ms())
    if known is None:
        raise ProblemError(404, f"no weather is known at the site of {path.slug}")
    return Response(known.to_bytes(), content_type="application/json")


@bp.get("/<slug>/model/manifest")
@public
def manifest(path: GatewayPath) -> Response:
    """Return what is promised of the gateway's forecast model, signed."""
    stored, _ = _model(path.slug)
    return Response(stored, content_type="application/octet-stream")


@bp.get("/<slug>/model/bundle")
@public
def bundle(path: GatewayPath) -> Response:
    """Return the gateway's forecast model as one file."""
    _, stored = _model(path.slug)
    return Response(stored, content_type="application/octet-stream")


def _model(slug: str) -> tuple[bytes, bytes]:
    found = _ingest().model(_asking(slug))
    if found is None:
        raise ProblemError(404, f"no model yet for {slug}")
    return found


def _asking(slug: str) -> Sender:
    """Return who signed this question, lately enough not to be a recording."""
    sent = request.headers.get("X-Voltonic-Time", "")
    sender = _sender(slug, f"GET {request.path} {sent}".encode())
    if not sent.isdecimal() or abs(int(sent) - _now_ms()) > CLOCK_TOLERANCE_MS:
        raise ProblemError(
            401, "X-Voltonic-Time: more than a day from the cloud's clock"
        )
    return sender


def _sender(slug: str, message: bytes) -> Sender:
    signature = request.headers.get("X-Voltonic-Signature", "")
    try:
        return _ingest().sender(slug, signature, message)
    except UnknownSenderError as error:
        raise ProblemError(
            401, f"{slug}: no such gateway, or not signed with its key"
        ) from error


def _ingest() -> Ingest:
    extensions = current_app.extensions
    if _EXTENSION not in extensions:
        made = Ingest(platform().database, SiteConfigs())
        extensions.setdefault(_EXTENSION, made)
    return cast(Ingest, extensions[_EXTENSION])


def _now_ms() -> int:
    return int(time() * 1000)
