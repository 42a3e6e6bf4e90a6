"""Taking over loans on screen: two files in, what they bring with every problem, then booked by whose
role allows it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from loanloom.problems import Problem, text
from loanloom.services.errors import NotFound, Refused
from loanloom.services.money import takeover
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("takeover", __name__, url_prefix="/loans/take-over")
EMPTY = {"loans": takeover.LOAN_COLUMNS, "schedule": takeover.ROW_COLUMNS}
MOST_SHOWN = 200


@blueprint.get("/")
@requires(*takeover.MAY_LOOK)
def index() -> str:
    """The two files to choose, and what was taken over before."""
    return _index()


def _index(problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    kinds = takeover.kind_titles(ctx, language())
    return render_template("workspace/takeover/index.html", runs=takeover.runs(ctx), problems=problems, kinds=kinds)


@blueprint.get("/<name>.csv")
@requires("loan.take_over")
def empty(name: str) -> Response:
    """A file with the headings alone, to be filled."""
    if name not in EMPTY:
        raise NotFound()
    content = "\ufeff" + takeover.empty_file(EMPTY[name], language())
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(content, mimetype="text/csv", headers=headers)


@blueprint.post("/")
@requires("loan.take_over")
def read() -> AnyResponse | tuple[str, int]:
    """Keep the two files and show what they bring."""
    given = []
    for name in ("loans", "schedule"):
        file = request.files.get(name)
        if file is None or not file.filename:
            missing = Problem(
                code="takeover.no_file", message=text("Choose both files.", "请选择两个文件。"), field=name
            )
            return _index((missing,)), 422
        given.append((file.filename, file.read()))
    try:
        run_id = takeover.read(current_context(), given[0], given[1])
    except Refused as refused:
        return _index(refused.problems), 422
    return redirect(url_for("takeover.show", run_id=run_id))


@blueprint.get("/<int:run_id>")
@requires(*takeover.MAY_LOOK)
def show(run_id: int) -> str:
    """What the files bring, or brought."""
    found = takeover.opened(current_context(), run_id)
    shown = found.judged.problems[:MOST_SHOWN] if found.judged else ()
    return render_template(
        "workspace/takeover/show.html", row=found.row, judged=found.judged, shown=shown, refusal=found.refusal
    )


@blueprint.post("/<int:run_id>/book")
@requires(*takeover.MAY_LOOK)
def book(run_id: int) -> AnyResponse:
    """Book every loan that is sound."""
    done = takeover.book(current_context(), run_id)
    flash(ngettext("%(num)s loan was taken over.", "%(num)s loans were taken over.", done.booked), "good")
    if done.problems:
        flash(_("Some lines were left out; they are listed below."), "notice")
    return redirect(url_for("takeover.show", run_id=run_id))
