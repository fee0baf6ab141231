"""The OpenAPI 3.1 document, and a page to browse it that asks no outside host."""

from importlib.resources import files
from typing import Any, Final

from flask import Blueprint, Response, current_app, jsonify, send_from_directory
from flask_openapi3.models.info import Info
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel

from cloud.web.auth import public

_UI: Final = files("flask_openapi3_swagger") / "templates" / "swagger"

INFO: Final = Info(
    title="Voltonic",
    version="1",
    description=(
        "Campus energy: live load, history, savings, forecasts, fleet. Times are "
        "ISO 8601 with offset; power is in kW, energy in kWh; null is what nobody "
        "knows. Errors are problem+json (RFC 9457)."
    ),
)
SECURITY_SCHEMES: Final[dict[str, Any]] = {
    "session": {"type": "apiKey", "in": "cookie", "name": "voltonic_session"},
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "bearer": {"type": "http", "scheme": "bearer"},
}
SECURITY: Final[list[dict[str, list[str]]]] = [
    {"session": []},
    {"key": []},
    {"bearer": []},
]
_DAY_S: Final = 86_400
_PROBLEM_TYPE: Final = "application/problem+json"

_PAGE: Final = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>Voltonic API</title>
<link rel="icon" href="docs/images/swagger.svg">
<link rel="stylesheet" href="docs/css/swagger-ui.css"></head>
<body><div id="swagger-ui"></div>
<script src="docs/js/swagger-ui-bundle.js"></script>
<script src="docs-start.js"></script></body></html>"""

_START: Final = """window.ui = SwaggerUIBundle({
  url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null,
  requestInterceptor: (request) => {
    const token = sessionStorage.getItem("csrf");
    if (token) request.headers["X-CSRF-Token"] = token;
    return request;
  },
});"""


class FieldError(BaseModel):
    """One field that is wrong."""

    field: str
    message: str


class ProblemDetails(BaseModel):
    """An error, as RFC 9457 has it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | None = None


bp = Blueprint("openapi", __name__, url_prefix="/api/v1")


@bp.get("/openapi.json")
@public
def document() -> Response:
    """Return the OpenAPI document."""
    if not isinstance(current_app, OpenAPI) and not hasattr(current_app, "api_doc"):
        raise TypeError("this application has no OpenAPI document")
    return jsonify(current_app.api_doc)


@bp.get("/docs")
@public
def docs() -> Response:
    """Return the page to browse the API."""
    return Response(_PAGE, content_type="text/html; charset=utf-8")


@bp.get("/docs/<path:name>")
@public
def asset(name: str) -> Response:
    """Return a file of the page."""
    return send_from_directory(str(_UI), name, max_age=_DAY_S)


@bp.get("/docs-start.js")
@public
def start() -> Response:
    """Return the script that starts the page."""
    return Response(_START, content_type="text/javascript; charset=utf-8")


def complete(app: OpenAPI) -> None:
    """Say of every operation how it may be asked and how it fails."""
    spec = app.api_doc
    problem = {"$ref": "#/components/schemas/ProblemDetails"}
    content = {_PROBLEM_TYPE: {"schema": problem}}
    for path in spec["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = {
                "description": "What went wrong",
                "content": content,
            }
    spec["security"] = SECURITY


def tag(name: str, about: str) -> Tag:
    """Return the tag of a group of paths."""
    return Tag(name=name, description=about)
