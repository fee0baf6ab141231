"""Errors as RFC 9457 problem+json, all of them, with the field that is wrong."""

import logging
from http import HTTPStatus

from flask import Flask, Response, json, request
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

_log = logging.getLogger(__name__)


class ProblemError(Exception):
    """An answer that is an error, as the client will see it.

    Attributes:
        detail: What is wrong and what to do, for a person.
        fields: What else the client may need, e.g. `errors`.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        **fields: object,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = headers or {}
        self.fields = fields


def problem_response(problem: ProblemError) -> Response:
    """Return `problem` as application/problem+json."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
        **problem.fields,
    }
    response = Response(
        json.dumps(body), problem.status, content_type="application/problem+json"
    )
    response.headers.extend(problem.headers)
    return response


def validation_response(error: ValidationError) -> Response:
    """Return what pydantic found as 422, each finding with the name of its field."""
    if _is_no_json():
        return problem_response(
            ProblemError(415, "send JSON, with Content-Type: application/json")
        )
    errors = [
        {
            "field": _field(found["loc"]),
            "message": found["msg"].removeprefix("Value error, "),
        }
        for found in error.errors(
            include_url=False, include_context=False, include_input=False
        )
    ]
    first = f"{errors[0]['field']}: {errors[0]['message']}"
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return problem_response(ProblemError(422, first + more, errors=errors))


def register_problems(app: Flask) -> None:
    """Make every error of `app` a problem."""
    app.register_error_handler(ProblemError, problem_response)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _unforeseen)


def _field(place: tuple[int | str, ...]) -> str:
    """Return the name of a field, without the tag that tells one from many."""
    tagged = place[:1] in (("one",), ("many",))
    return ".".join(map(str, place[tagged:])) or "body"


def _is_no_json() -> bool:
    return bool(request.content_length) and not request.is_json


def _http_problem(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]  # aborted with an answer
    status = error.code or 500
    answer = problem_response(ProblemError(status, _detail(status, error)))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            answer.headers[name] = value
    return answer


def _detail(status: int, error: HTTPException) -> str:
    """Return what is wrong, with the limit or the remedy where there is one."""
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and request.max_content_length:
        return f"the body is larger than {request.max_content_length} bytes"
    if status == HTTPStatus.METHOD_NOT_ALLOWED and isinstance(error, MethodNotAllowed):
        wanted = ", ".join(sorted(error.valid_methods or ()))
        return f"{request.path} answers {wanted}, not {request.method}"
    return error.description or error.name


def _unforeseen(error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.path, exc_info=error)
    return problem_response(
        ProblemError(500, "something went wrong here; the log says what")
    )
