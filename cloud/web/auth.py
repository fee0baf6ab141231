"""Authentication at the edge: a session cookie, or a key in one of two headers."""

from collections.abc import Callable
from typing import Final, TypeVar

from flask import Flask, current_app, g, request

from cloud.domain.role import Role
from cloud.identity.keys import key_principal
from cloud.identity.principal import Principal
from cloud.identity.sessions import session_principal
from cloud.web.context import now_s, platform
from cloud.web.problem import ProblemError

COOKIE: Final = "voltonic_session"

_PUBLIC: Final = "voltonic_is_public"
_ROLE: Final = "voltonic_role"
_DEVICE: Final = "voltonic_takes_devices"
_CHALLENGE: Final = {"WWW-Authenticate": 'Bearer realm="voltonic"'}

View = TypeVar("View", bound=Callable[..., object])


def public(view: View) -> View:
    """Let strangers use this endpoint (or it checks them itself)."""
    setattr(view, _PUBLIC, True)
    return view


def requires(role: Role) -> Callable[[View], View]:
    """Let only people and programs of at least `role` use this endpoint."""

    def mark(view: View) -> View:
        setattr(view, _ROLE, role)
        return view

    return mark


def for_devices(view: View) -> View:
    """Let devices use this endpoint, with their own key, and nobody else."""
    setattr(view, _DEVICE, True)
    return view


def principal() -> Principal:
    """Return who makes the current request."""
    known: Principal = g.principal
    return known


def device_id() -> int:
    """Return the device that makes the current request."""
    known = principal().device_id
    if known is None:
        raise ProblemError(403, "only a device, with its own key, may do this")
    return known


def register_auth(app: Flask) -> None:
    """Let nobody past without a session or key, except where it says so."""
    app.before_request(_authenticate)


def _authenticate() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or getattr(view, _PUBLIC, False) or request.method == "OPTIONS":
        return
    found = _principal()
    if found is None:
        raise ProblemError(
            401, "sign in, or send a valid key in X-API-Key", headers=_CHALLENGE
        )
    g.principal = found
    if getattr(view, _DEVICE, False):
        if found.device_id is None:
            raise ProblemError(403, "only a device, with its own key, may do this")
        return
    role: Role = getattr(view, _ROLE, Role.VIEWER)
    if not found.may(role):
        raise ProblemError(403, f"this needs the role {role}")


def _principal() -> Principal | None:
    database, second = platform().database, now_s()
    key = _key()
    if key is not None:
        return key_principal(database, key, second)
    token = request.cookies.get(COOKIE)
    return session_principal(database, token, second) if token else None


def _key() -> str | None:
    """Return the key of the request; a key sent counts, also beside a cookie."""
    key = request.headers.get("X-API-Key")
    if key is not None:
        return key
    scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
    return bearer.strip() if scheme.lower() == "bearer" else None
