"""What happens now, once or as it changes."""

from flask import Response, jsonify
from flask_openapi3.blueprint import APIBlueprint
from pydantic import BaseModel, Field

from cloud.facts.live import live_node
from cloud.web.answers import Live
from cloud.web.broadcast import TooManyListenersError
from cloud.web.context import now, platform
from cloud.web.openapi import tag
from cloud.web.problem import ProblemError

bp = APIBlueprint("live", __name__, abp_tags=[tag("live", "What happens now")])


class NodePath(BaseModel):
    """Which node: its path, its slug where unique, or its integer id."""

    node: str = Field(
        max_length=200, json_schema_extra={"example": "campus/science/physics"}
    )


@bp.get("/api/v1/live/nodes/<path:node>", responses={200: Live})
def node(path: NodePath) -> Response:
    """The present figures of any node."""
    at = platform()
    return jsonify(live_node(at.database, path.node, at.prices, now()))


@bp.get(
    "/api/v1/live/stream",
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
def stream() -> Response:
    """The campus, as server-sent events called `live`, every few seconds."""
    try:
        events = platform().live.events()
    except TooManyListenersError as error:
        wait = {"Retry-After": "30"}
        raise ProblemError(503, "too many are watching", headers=wait) from error
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(events, headers=headers, content_type="text/event-stream")
