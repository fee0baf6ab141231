"""Requests and answers, and which handler takes which path."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request.

    Attributes:
        path: Decoded, without the query.
        query: As it came, without the question mark.
        headers: By their names in lower case; repeated ones joined by commas.
        peer: Address of the client.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    peer: str


@dataclass(frozen=True, slots=True)
class Response:
    """An answer.

    Attributes:
        headers: Beside those of its length and type.
    """

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Request], Awaitable[Response]]


class ProblemError(Exception):
    """Ends a request with an answer that says what is wrong, in words."""

    def __init__(
        self, status: int, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}


def json_response(value: object, status: int = 200) -> Response:
    """Return `value` as JSON."""
    return Response(status, json.dumps(value).encode())


def problem(
    status: int, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an error as RFC 9457 has it."""
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(status, json.dumps(body).encode(), PROBLEM, headers or {})


class Routes:
    """Finds the handler of a path.

    A route is written as `GET /path`; `GET /path/*` takes all paths below. GET
    answers HEAD too.
    """

    def __init__(self, routes: Mapping[str, Handler]) -> None:
        self._by_path: dict[str, dict[str, Handler]] = {}
        for route, handler in routes.items():
            method, _, path = route.partition(" ")
            self._by_path.setdefault(path, {})[method] = handler

    def handler(self, method: str, path: str) -> Handler:
        """Return the handler for a request.

        Raises:
            ProblemError: There is no such path, or not by this method.
        """
        methods = next(
            (self._by_path[each] for each in _patterns(path) if each in self._by_path),
            None,
        )
        if methods is None:
            raise ProblemError(404, "there is nothing at this path")
        handler = methods.get("GET" if method == "HEAD" else method)
        if handler is None:
            known = {*methods, "HEAD"} if "GET" in methods else set(methods)
            allowed = ", ".join(sorted(known))
            detail = f"this path takes {allowed}"
            raise ProblemError(405, detail, {"Allow": allowed})
        return handler


def _patterns(path: str) -> Iterator[str]:
    """Yield the path, then what takes all below, nearest first."""
    yield path
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path + "/*"
