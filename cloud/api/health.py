"""Whether the aggregator is well, for those who watch it."""

import logging
from typing import Final

from flask import Blueprint, Response, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from cloud.facts.health import node_count
from cloud.web.auth import public
from cloud.web.context import platform

_log: Final = logging.getLogger(__name__)

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@public
def healthz() -> tuple[Response, int]:
    """Return whether the database answers."""
    try:
        nodes = node_count(platform().database)
    except Exception:  # noqa: BLE001 whatever it is, the answer is the same
        _log.exception("the database does not answer")
        return jsonify(status="the database does not answer"), 503
    return jsonify(status="ok", nodes=nodes), 200


@bp.get("/metrics")
def metrics() -> Response:
    """Return the counts for Prometheus."""
    registry = platform().metrics.registry
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
