"""Serves the built dashboard, and its page for every address that is not the API's."""

from pathlib import Path
from typing import Final

from flask import Blueprint, Response, abort, request, send_from_directory

from cloud.web.auth import public

BUILT: Final = Path(__file__).parents[1] / "dashboard" / "dist"

_MISSING: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<title>Voltonic</title>
<h1>The dashboard has not been built</h1>
<p>The API works: <a href="/api/v1/docs">browse it</a>.</p>
<p>In a clone, run <code>make setup</code>, which builds the dashboard into
<code>cloud/dashboard/dist</code> (or <code>npm ci &amp;&amp; npm run build</code> in
<code>cloud/dashboard</code>). An installed wheel carries it.</p></html>"""
_YEAR_S: Final = 31_536_000
_HASHED: Final = "assets/"

bp = Blueprint("dashboard", __name__)


@bp.get("/")
@bp.get("/<path:name>")
@public
def page(name: str = "") -> Response:
    """Return the file called `name`, else the page that finds its way by itself."""
    if name.startswith("api/") or name == "api":
        abort(404, f"there is no {request.path}")
    if not (BUILT / "index.html").is_file():
        return Response(_MISSING, 503, content_type="text/html; charset=utf-8")
    if name and (BUILT / name).is_file():
        kept_s = _YEAR_S if name.startswith(_HASHED) else 0
        return send_from_directory(BUILT, name, max_age=kept_s)
    if name.startswith(_HASHED):
        abort(404, f"there is no {request.path}")
    return send_from_directory(BUILT, "index.html", max_age=0)
