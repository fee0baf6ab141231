"""Signing in and out, and the first administrator."""

from typing import Annotated, Final

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.identity.first_administrator import set_up
from cloud.identity.passwords import MAX_LENGTH, MIN_LENGTH
from cloud.identity.principal import Principal
from cloud.identity.sessions import LIFETIME, open_session, sign_in, sign_out
from cloud.web.auth import COOKIE, principal, public
from cloud.web.context import now_s, platform
from cloud.web.csrf import csrf_token
from cloud.web.limits import SIGN_IN, limiter
from cloud.web.openapi import tag
from cloud.web.problem import ProblemError

_EMAIL: Final = r"^[^@\s]{1,64}@[^@\s]{1,189}$"

Email = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=_EMAIL, max_length=254)
]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
]

bp = APIBlueprint("identity", __name__, abp_tags=[tag("identity", "Who may come in")])


class Setup(BaseModel):
    """The first administrator, with the token of the one-time link."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(max_length=200)
    email: Email = Field(examples=["engineer@example.edu"])
    name: Name = Field(examples=["Campus Engineer"])
    password: str = Field(min_length=MIN_LENGTH, max_length=MAX_LENGTH)


class Credentials(BaseModel):
    """What one signs in with."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(max_length=254, examples=["engineer@example.edu"])
    password: str = Field(max_length=MAX_LENGTH)


class Me(BaseModel):
    """Who is signed in.

    Attributes:
        csrf_token: Goes back as `X-CSRF-Token` with whatever changes something.
    """

    name: str
    email: str | None
    role: str | None
    csrf_token: str | None


@bp.post("/api/v1/identity/setup", responses={201: Me}, security=[])
@public
@limiter.limit(SIGN_IN)
def setup(body: Setup) -> Response:
    """Make the first administrator by the one-time link, and sign them in."""
    database = platform().database
    person = set_up(
        database,
        body.token,
        email=body.email,
        name=body.name,
        password=body.password,
        now_s=now_s(),
    )
    if person is None:
        raise ProblemError(403, "this link has been used, replaced or is too old")
    return _signed_in(*open_session(database, person, now_s()))


@bp.post("/api/v1/identity/session", responses={201: Me}, security=[])
@public
@limiter.limit(SIGN_IN)
def start_session(body: Credentials) -> Response:
    """Sign in."""
    found = sign_in(platform().database, body.email, body.password, now_s())
    if found is None:
        raise ProblemError(401, "no such e-mail address and password")
    return _signed_in(*found)


@bp.delete("/api/v1/identity/session", responses={204: None})
def end_session() -> Response:
    """Sign out."""
    session = principal().session
    if session is not None:
        sign_out(platform().database, session)
    response = Response(status=204)
    response.delete_cookie(COOKIE)
    return response


@bp.get("/api/v1/identity/me", responses={200: Me})
def me() -> Response:
    """Who is signed in, with the token that their changes must carry."""
    return jsonify(_me(principal()))


def _signed_in(token: str, person: Principal) -> Response:
    response = jsonify(_me(person))
    response.status_code = 201
    response.set_cookie(
        COOKIE,
        token,
        max_age=LIFETIME,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
    )
    return response


def _me(person: Principal) -> dict[str, object]:
    answer = Me(
        name=person.name,
        email=person.email,
        role=person.role.value if person.role else None,
        csrf_token=csrf_token(person.session) if person.session else None,
    )
    return answer.model_dump()
