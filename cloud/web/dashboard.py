"""Serves the built dashboard, and its page for every address that is not the API's."""

import gzip
from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    request,
    send_from_directory,
)
from werkzeug.exceptions import MethodNotAllowed

from cloud.web.auth import public

BUILT: Final = Path(__file__).parents[1] / "dashboard" / "dist"

_MISSING: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<title>Voltonic</title>
<h1>The dashboard has not been built</h1>
<p>The API works: <a href="/api/v1/docs">browse it</a>.</p>
<p>In a clone, run <code>make setup</code>, which builds the dashboard into
<code>cloud/dashboard/dist</code> (or <code>npm ci &amp;&amp; npm run build</code> in
<code>cloud/dashboard</code>). An installed wheel carries it.</p></html>"""
_METHODS: Final = ("DELETE", "GET", "PATCH", "POST", "PUT")
_YEAR_S: Final = 31_536_000
_HASHED: Final = "assets/"
_TEXT: Final = (".css", ".html", ".js", ".svg")

bp = Blueprint("dashboard", __name__)


@bp.route("/api", methods=_METHODS)
@bp.route("/api/<path:name>", methods=_METHODS)
@public
def no_endpoint(name: str = "") -> Response:
    """Refuse a path that the API has not, or not for this method."""
    del name
    adapter = current_app.url_map.bind_to_environ(request.environ)
    known = [m for m in _METHODS if adapter.match(method=m)[0] != request.endpoint]
    if known:
        raise MethodNotAllowed(known)
    abort(404, f"there is no {request.path}; /api/v1/docs shows what there is")


@bp.get("/")
@bp.get("/<path:name>")
@public
def page(name: str = "") -> Response:
    """Return the file called `name`, else the page that finds its way by itself."""
    if not (BUILT / "index.html").is_file():
        return Response(_MISSING, 503, content_type="text/html; charset=utf-8")
    if name and (BUILT / name).is_file():
        kept_s = _YEAR_S if name.startswith(_HASHED) else 0
        return _file(name, kept_s)
    if name.startswith(_HASHED):
        abort(404, f"there is no {request.path}")
    return _file("index.html", 0)


def _file(name: str, kept_s: int) -> Response:
    response = send_from_directory(BUILT, name, max_age=kept_s)
    if not name.endswith(_TEXT):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == 200 and request.accept_encodings.quality("gzip"):
        path = BUILT / name
        response.close()
        response.direct_passthrough = False
        response.set_data(_compressed(path, path.stat().st_mtime_ns))
        response.content_encoding = "gzip"
        response.set_etag(response.get_etag()[0] or "", weak=True)
    return response


@lru_cache(maxsize=64)
def _compressed(path: Path, changed_ns: int) -> bytes:
    del changed_ns  # a built file that changed is compressed anew
    return gzip.compress(path.read_bytes(), mtime=0)
