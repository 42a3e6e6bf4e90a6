"""Screens of flows as BPMN drawings: download one, bring one in and see what was not understood."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from loanloom.problems import Problem
from loanloom.services.definitions import flow_drawings
from loanloom.services.definitions.flow_drawings import BroughtIn
from loanloom.services.errors import Conflict, Refused
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("bpmn", __name__, url_prefix="/studio/bpmn")


@blueprint.get("/<key>.bpmn")
@requires("definition.read")
def download(key: str) -> Response:
    """The drawing of a flow, its definition inside."""
    text = flow_drawings.export(current_context(), key, language())
    headers = {"Content-Disposition": f'attachment; filename="{key}.bpmn"'}
    return Response(text, mimetype="application/xml", headers=headers)


@blueprint.get("/")
@requires("definition.edit")
def upload() -> str:
    """Choose a file."""
    return _page()


@blueprint.post("/")
@requires("definition.edit")
def bring_in() -> str | tuple[str, int]:
    """Make a draft of a file."""
    file, form = request.files.get("drawing"), request.form
    try:
        done = flow_drawings.bring_in(
            current_context(), file.stream.read() if file else b"",
            key=form.get("key", "").strip() or None, process=form.get("process", "").strip() or None,
        )  # fmt: skip
    except (Refused, Conflict) as refused:
        return _page(refused.problems), 422
    return _page(done=done)


def _page(problems: tuple[Problem, ...] = (), done: BroughtIn | None = None) -> str:
    return render_template("studio/bpmn.html", problems=problems, done=done, typed=request.form)
