"""Cases that do not go well, on screen: by what is wrong with them, each with its repair."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused, ServiceError
from loanloom.services.flows import cases, monitor, repairs
from loanloom.tasks import hints
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("flow_monitor", __name__, url_prefix="/admin/flows")
SHOWN = "flow.repair"


def _titles() -> dict[str, str]:
    return {
        "stuck": _("Stand still"),
        "call": _("Failed calls"),
        "timer": _("Could not happen"),
        "nobody": _("Nobody may"),
        "overdue": _("Overdue"),
    }


@blueprint.get("/")
@requires(SHOWN)
def index() -> str:
    """What is wrong, the oldest first; of the first kind of which there is something."""
    return _page(request.args.get("kind", ""))


def _page(kind: str, problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    counts = monitor.counts(ctx)
    chosen = kind if kind in counts else next((one for one, count in counts.items() if count), "stuck")
    return render_template(
        "admin/flow_monitor.html", kind=chosen, counts=counts, titles=_titles(), problems=problems,
        troubles=monitor.troubles(ctx, chosen), page=monitor.PAGE,
        people=repairs.people(ctx) if chosen in ("nobody", "overdue") else (),
    )  # fmt: skip


@blueprint.post("/<kind>/<int:number>/<action>")
@requires(SHOWN)
def repair(kind: str, number: int, action: str) -> Response | tuple[str, int]:
    """Do one repair and go back to the list; or the list with what refused it."""
    do = _REPAIRS.get((kind, action)) or _REPAIRS.get(("", action))
    if do is None:
        raise NotFound(text("repair", "处理方式"))
    ctx = current_context()
    try:
        do(ctx, number, request.form)
    except NotFound:
        raise
    except ServiceError as refused:
        return _page(kind, refused.problems), refused.status
    hints.flows_are_due(ctx.company.id)
    flash(_("Done."), "good")
    return redirect(url_for("flow_monitor.index", kind=kind))


def _reason(form: Mapping[str, str]) -> str:
    return form.get("reason", "")


def _whole(form: Mapping[str, str], name: str) -> int:
    written = form.get(name, "")
    if not written.isdecimal() or len(written) > 15:
        raise Refused(Problem(code="web.number", field=name, message=text("Choose one.", "请选择。")))
    return int(written)


def _give(ctx: Context, number: int, form: Mapping[str, str]) -> None:
    cases.act(ctx, number, "give", {"to": _whole(form, "to"), "reason": _reason(form)})


def _end(ctx: Context, number: int, form: Mapping[str, str]) -> None:
    version = _whole(form, "version")
    cases.act(ctx, number, "terminate", {"reason": _reason(form)}, expected_version=version)


def _enter(ctx: Context, number: int, form: Mapping[str, str]) -> None:
    token, version = _whole(form, "token"), _whole(form, "version")
    repairs.enter_again(ctx, number, token, expected_version=version, reason=_reason(form))


def _answer(ctx: Context, number: int, form: Mapping[str, str]) -> None:
    repairs.answer_by_hand(ctx, number, _values(form.get("answer", "")), reason=_reason(form))


def _values(written: str) -> dict[str, Any]:
    """`name: value`, one a line; numbers stay text, as somebody wrote them."""
    found: dict[str, Any] = {}
    for line in filter(None, (one.strip() for one in written[:4000].splitlines())):
        name, colon, value = line.replace("：", ":").partition(":")
        if not colon or not name.strip():
            words = text("Write one 'name: value' a line.", "请每行填写一个“名称: 值”。")
            raise Refused(Problem(code="web.values", field="answer", message=words))
        found[name.strip()] = value.strip()
    return found


_REPAIRS: Mapping[tuple[str, str], Callable[[Context, int, Mapping[str, str]], object]] = {
    ("call", "again"): lambda ctx, number, form: repairs.call_again(ctx, number, reason=_reason(form)),
    ("call", "answer"): _answer,
    ("call", "drop"): lambda ctx, number, form: repairs.drop_call(ctx, number, reason=_reason(form)),
    ("timer", "again"): lambda ctx, number, form: repairs.let_happen(ctx, number, reason=_reason(form)),
    ("timer", "drop"): lambda ctx, number, form: repairs.drop_timer(ctx, number, reason=_reason(form)),
    ("overdue", "remind"): lambda ctx, number, form: repairs.remind(ctx, number),
    ("overdue", "give"): _give,
    ("nobody", "give"): _give,
    ("stuck", "enter"): _enter,
    ("", "end"): _end,
}
