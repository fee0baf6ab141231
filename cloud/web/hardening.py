"""What every answer carries and no request may exceed."""

from typing import Any, Final

from flask import Flask, Response, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from cloud.web.problem import ProblemError

MAX_BODY: Final = 1024 * 1024
"""Largest body of a request, unless its endpoint allows more. [bytes]"""

_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class StrictJson(DefaultJSONProvider):
    """JSON without NaN and Infinity, in either direction."""

    sort_keys = False
    compact = True

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """Return `obj` as JSON.

        Raises:
            ValueError: A number in it is not finite.
        """
        return super().dumps(obj, allow_nan=False, **kwargs)

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """Return what the JSON `s` says.

        Raises:
            ValueError: Not JSON, nested too deeply, or a number is not finite.
        """
        try:
            return super().loads(s, parse_constant=_refuse, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def register_hardening(app: Flask) -> None:
    """Harden every answer of `app` and refuse what is too large or not JSON."""
    app.json = StrictJson(app)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY
    app.after_request(_harden)
    app.before_request(_parse)


def _parse() -> None:
    if not request.is_json or not request.content_length:
        return
    try:
        request.get_json()  # 400 here rather than "not an object" later
    except RequestEntityTooLarge:
        raise
    except BadRequest as error:
        why = f": {error.__cause__ or error.__context__ or 'it cannot be read'}"
        raise ProblemError(400, f"the body is not JSON{why}") from error


def _harden(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _refuse(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")
