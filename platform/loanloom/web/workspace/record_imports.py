"""Records in and out by Excel, on screen: an empty sheet, one with what is there, bringing one in, what came of it."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from loanloom.problems import Problem, say, text
from loanloom.services.errors import Refused
from loanloom.services.records import columns, exporting, importing, kept
from loanloom.tasks.hints import work_is_due
from loanloom.web import excel
from loanloom.web.access import requires, staff
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("record_imports", __name__, url_prefix="/records")
MOST_SHOWN = 200
Answer = str | AnyResponse | tuple[str, int]


@blueprint.get("/<entity>/sheet.xlsx")
@staff
def sheet(entity: str) -> Response:
    """The sheet to fill in; with `filled`, the records that are there."""
    ctx = current_context()
    content = exporting.sheet(ctx, entity, language(), filled=request.args.get("filled") == "yes")
    return excel.answer(content, f"{entity}-{ctx.business_date.isoformat()}.xlsx")


@blueprint.get("/<entity>/import")
@requires("import.run")
def index(entity: str) -> str:
    """The file to choose, and what was brought in before."""
    return _index(entity)


def _index(entity: str, problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    register = kept.register(ctx, entity, "write")
    return render_template(
        "workspace/records/import.html", register=register, runs=importing.recent(ctx, entity), problems=problems,
        left_out=columns.left_out(ctx, register),
    )  # fmt: skip


@blueprint.post("/<entity>/import")
@requires("import.run")
def begin(entity: str) -> Answer:
    """Take the file in and go on in the background."""
    ctx, file = current_context(), request.files.get("file")
    kept.register(ctx, entity, "write")
    if file is None or not file.filename:
        missing = Problem(code="records.no_file", message=text("Choose a file.", "请选择文件。"), field="file")
        return _index(entity, (missing,)), 422
    try:
        run_id, job = importing.begin(ctx, entity, file.filename, file.read())
    except Refused as refused:
        return _index(entity, refused.problems), 422
    work_is_due(ctx.company.id, job)
    return redirect(url_for(".show", entity=entity, run_id=run_id))


@blueprint.get("/<entity>/import/<int:run_id>")
@requires("import.run")
def show(entity: str, run_id: int) -> str | Response:
    """How far it is, or what came of it; whoever asks how far, when it is done, is given the page anew."""
    ctx = current_context()
    row = importing.read(ctx, entity, run_id)
    asks_how_far = bool(request.headers.get("HX-Request"))
    if asks_how_far and row.state != "running":
        return Response(headers={"HX-Refresh": "true"})
    template = "_import.html" if asks_how_far else "import_run.html"
    register = kept.register(ctx, entity, "write")
    return render_template(f"workspace/records/{template}", register=register, row=row, shown=row.problems[:MOST_SHOWN])


@blueprint.get("/<entity>/import/<int:run_id>/errors.xlsx")
@requires("import.run")
def errors(entity: str, run_id: int) -> Response:
    """The lines that did not come in, to mend and bring again."""
    ctx = current_context()
    content = importing.errors_file(ctx, entity, run_id, language())
    name = say(kept.register(ctx, entity, "write").label, "en").lower().replace(" ", "-")
    return excel.answer(content, f"{name}-{run_id}-to-mend.xlsx")
