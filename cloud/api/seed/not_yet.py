"""Paths of parts that are not built yet: they answer 501 and name the part."""

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response

from cloud.domain.role import Role
from cloud.web.auth import requires
from cloud.web.context import platform
from cloud.web.problem import ProblemError

_DEBUG: Final = "the debug paths"

NOT_YET: Final = (
    ("GET", "/api/debug/test-hardware", _DEBUG),
    ("GET", "/api/debug/voltage-demo", _DEBUG),
    ("GET", "/api/energy/consumption/<asset>", "consumption by asset"),
    ("POST", "/api/energy/consumption", "typed-in readings"),
    ("PUT", "/api/energy/consumption/<id>", "typed-in readings"),
    ("GET", "/api/energy/efficiency/<asset>", "efficiency by asset"),
    ("POST", "/api/energy/efficiency/calculate", "efficiency by asset"),
    ("GET", "/api/energy/efficiency/benchmarks", "benchmarks"),
    ("GET", "/api/energy/carbon/<asset>", "carbon accounting"),
    ("POST", "/api/energy/carbon/calculate", "carbon accounting"),
    ("GET", "/api/energy/carbon/report", "carbon accounting"),
    ("POST", "/api/energy/optimise/<asset>", "the optimiser"),
    ("GET", "/api/energy/optimise/status/<job>", "the optimiser"),
    ("POST", "/api/energy/optimise/controls", "control"),
    ("GET", "/ws/energy/consumption/<asset>", "live updates by WebSocket"),
    ("GET", "/ws/energy/alerts", "alerts"),
    ("GET", "/ws/energy/optimisation-status", "the optimiser"),
    ("POST", "/api/engineering/meter-reading", "the energy market"),
    ("GET", "/api/engineering/meter-summary", "the energy market"),
)
"""Method, path and the part it waits for."""

_WRITERS: Final = frozenset({"POST", "PUT"})

bp = Blueprint("not_yet", __name__)


def _answer(part: str) -> Callable[..., Response]:
    def view(**_: str) -> Response:
        if part == _DEBUG and not platform().is_development:
            raise ProblemError(404, "there are debug paths in development only")
        raise ProblemError(501, f"{part} is not part of this version", part=part)

    return view


for _place, (_method, _path, _part) in enumerate(NOT_YET):
    _role = Role.OPERATOR if _method in _WRITERS else Role.VIEWER
    bp.add_url_rule(
        _path,
        f"not_yet_{_place}",
        requires(_role)(_answer(_part)),
        methods=[_method],
    )
