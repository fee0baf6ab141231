"""CSRF: what a session changes needs a token that only our own pages can know."""

import hmac
from typing import Final

from flask import Flask, g, request

from cloud.web.context import platform
from cloud.web.problem import ProblemError

HEADER: Final = "X-CSRF-Token"

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_token(session: str) -> str:
    """Return the token that belongs to the session with this hash."""
    return hmac.digest(platform().secret, session.encode(), "sha256").hex()


def register_csrf(app: Flask) -> None:
    """Check the token on every request that changes something by a session."""
    app.before_request(_check)


def _check() -> None:
    principal = g.get("principal")
    if request.method in _SAFE or principal is None or principal.session is None:
        return
    sent = request.headers.get(HEADER, "").encode()
    if not hmac.compare_digest(sent, csrf_token(principal.session).encode()):
        raise ProblemError(403, f"{HEADER} is missing or not this session's")
