"""The page of a flow: drawn with its problems at their steps, one step in words, and a play with a sample case.

What is played stands in the address alone, so a link shows it to a colleague and going back undoes the last thing.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.engines import flows
from loanloom.engines.flows.drawing import by_node, sketch
from loanloom.engines.flows.model import Flow, Node
from loanloom.problems import Problem, errors
from loanloom.services.definitions import catalogue as definitions
from loanloom.services.definitions import flow_editing, flow_samples, flow_titles, flow_trial
from loanloom.services.definitions.flow_trial_shapes import Done, Trial
from loanloom.services.errors import Refused
from loanloom.web.access import requires
from loanloom.web.language import language
from loanloom.web.security import current_context

blueprint = Blueprint("flow_page", __name__, url_prefix="/studio/flows")
FACT = "fact."


@blueprint.get("/<key>/")
@requires("definition.read")
def show(key: str) -> str | Response:
    """One flow: live, or its draft where there is one."""
    if request.args.get("do"):
        return redirect(_with_the_new())
    ctx = current_context()
    page = definitions.page(ctx, "flow", key)
    document = page.shown
    if document is None or page.kind.compiled.faults(document.spec):
        return redirect(url_for("studio.definition", kind="flow", key=key))
    found = flow_editing.told(ctx, page)
    file = page.kind.file_of(key)
    compiled = flows.compile_flow(document, page.registry)
    found = _each_once((*found, *compiled.problems))
    at = by_node(document, found, document.file or file) | by_node(document, found, file)
    drawn = sketch(document, page.registry)
    chosen = request.args.get("step", "")
    shown: dict[str, Any] = {"page": page, "found": found, "at": at, "trial": None, "step": None, "asks": _asks()}
    if drawn is not None:
        diagram = flows.diagram(drawn, language(), titles=flow_titles.titles(page.registry), problems=at)
        links = {one: f"{url_for('.show', key=key, step=one)}#step" for one in drawn.nodes}
        shown |= {"diagram": diagram.linked(links), "step": _step(drawn, chosen)}
    shown["not_taken"], number = (), request.args.get("case", "").strip()
    if compiled.flow is not None and not errors(compiled.problems):
        if number:
            try:
                return redirect(_with_case(flow_samples.of_case(ctx, document, page.registry, compiled.flow, number)))
            except Refused as refused:
                shown["not_taken"] = refused.problems
        shown["trial"] = _played(page, compiled.flow)
    return render_template("studio/flow.html", **shown)


def _each_once(found: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple({(one.code, one.pointer, str(one.message)): one for one in found}.values())


def _step(drawn: Flow, chosen: str) -> Node | None:
    return drawn.nodes.get(chosen)


def _played(page: definitions.Page, flow: Flow) -> Trial:
    assert page.shown is not None, "looked at before"
    given = {name.removeprefix(FACT): value for name, value in request.args.items() if name.startswith(FACT)}
    return flow_trial.play(
        current_context(), page.shown, page.registry, flow,
        given=given, starter=request.args.get("starter"), done=request.args.getlist("did"), language=language(),
    )  # fmt: skip


def _with_the_new() -> str:
    """The address with the thing that was pressed last among what was done."""
    pressed, kept = request.args["do"], ("starter", "did", "step")
    if "~" not in pressed:
        goal = request.args.get("to", "") if pressed == "return" else ""
        hours = max(request.args.get("hours", default=0, type=int), 0)
        node, by = request.args.get("node", ""), request.args.get("by", "")
        pressed = str(Done(do=pressed, node=node, by=by, to=goal, hours=hours))
    said = [(name, value) for name, value in request.args.items(multi=True) if name in kept or name.startswith(FACT)]
    return f"{request.path}?{urlencode([*said, ('did', pressed)])}#play"


def _with_case(sample: flow_samples.Sample) -> str:
    """The address of a play that begins with what a case says."""
    starter = [("starter", sample.starter)] if sample.starter is not None else []
    facts = [(f"{FACT}{path}", value) for path, value in sample.facts.items()]
    return f"{request.path}?{urlencode([*starter, *facts])}#play"


def _asks() -> dict[str, str]:
    """What each thing that may be done is called."""
    return {
        "approve": _("Approve"), "refuse": _("Refuse"), "return": _("Return"), "abstain": _("Abstain"),
        "resubmit": _("Submit"), "record_minutes": _("Write the minutes"), "event": _("It happens"),
        "answer": _("The service answers"), "fail": _("The service fails"), "sub": _("The sub-flow ends"),
        "time": _("Let the term run out"),
    }  # fmt: skip
