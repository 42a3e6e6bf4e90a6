"""Finds the built files of the front end by their plain names and serves them: hashed, cached for ever, gzipped.

The build (web/frontend) writes static/dist with a manifest. Without a build the pages still work, unstyled.
"""

from __future__ import annotations

import json
from pathlib import Path

from flask import Blueprint, Flask, Response, g, request, send_from_directory

from loanloom.web.access import public

FOLDER = Path(__file__).parent / "static" / "dist"
PLACE = "/static/dist"
A_YEAR = 31_536_000
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

blueprint = Blueprint("assets", __name__)


class Manifest:
    """Plain name -> hashed file name, read again when a new build has been written."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "manifest.json"
        self._read_at = 0.0
        self._names: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        try:
            written = self._file.stat().st_mtime
        except FileNotFoundError:
            return name
        if written != self._read_at:
            self._names = json.loads(self._file.read_text(encoding="utf-8"))
            self._read_at = written
        return self._names.get(name, name)


manifest = Manifest(FOLDER)


def asset(name: str) -> str:
    """The address of a built file, such as `styles.css`; looked up once a request, for every icon asks."""
    known: dict[str, str] = g.setdefault("assets", {})
    if name not in known:
        known[name] = f"{request.script_root}{PLACE}/{manifest[name]}"
    return known[name]


@blueprint.get(f"{PLACE}/<path:path>")
@public
def file(path: str) -> Response:
    """A built file; names carry a hash, so browsers may keep them."""
    suffix = Path(path).suffix
    zipped = f"{path}.gz"
    if suffix in TYPES and "gzip" in request.headers.get("Accept-Encoding", "") and (FOLDER / zipped).is_file():
        answer = send_from_directory(FOLDER, zipped, mimetype=TYPES[suffix], max_age=A_YEAR, conditional=True)
        answer.headers["Content-Encoding"] = "gzip"
    else:
        answer = send_from_directory(FOLDER, path, mimetype=TYPES.get(suffix), max_age=A_YEAR, conditional=True)
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return answer


def install(app: Flask) -> None:
    """Serve built files and give templates `asset(name)`."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = asset
