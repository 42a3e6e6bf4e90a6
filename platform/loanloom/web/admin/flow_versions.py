"""Running cases of older versions, on screen: look at a move to the live one, do it, take it back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.problems import Problem, text
from loanloom.services.errors import NotFound, Refused, ServiceError
from loanloom.services.flows import migrations, versions
from loanloom.services.running import work
from loanloom.tasks import hints
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("flow_versions", __name__, url_prefix="/admin/flow-versions")
RIGHT = "flow.repair"
SHOWN = 200


@blueprint.get("/")
@requires(RIGHT)
def index() -> str:
    """Where cases are behind, and the moves so far."""
    return _index()


def _index(problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    runs = [run for run in work.recent(ctx, kind="flow_migration", limit=5) if run["state"] in ("due", "running")]
    return render_template(
        "admin/flow_versions.html", behind=versions.behind(ctx), past=versions.past(ctx), runs=runs, problems=problems
    )


def _plan(flow_key: str, release_id: int, given: dict[str, str]) -> migrations.Plan:
    nodes = {name.removeprefix("to-"): value for name, value in given.items() if name.startswith("to-") and value}
    renamed = {old: new for old, new in nodes.items() if old != new}
    return versions.plan_of(current_context(), flow_key, release_id, renamed, keep=given.get("keep") == "yes")


@blueprint.get("/<flow_key>/<int:release_id>")
@requires(RIGHT)
def look(flow_key: str, release_id: int) -> str | tuple[str, int]:
    """What would become of each case; the steps can be matched by hand."""
    return _look(flow_key, release_id, request.args.to_dict())


def _look(
    flow_key: str, release_id: int, given: dict[str, str], problems: tuple[Problem, ...] = ()
) -> str | tuple[str, int]:
    ctx = current_context()
    plan = _plan(flow_key, release_id, given)
    try:
        foreseen = migrations.dry_run(ctx, plan)
    except Refused as refused:
        return _index(refused.problems), refused.status
    places = versions.places(ctx, plan, foreseen)
    return render_template(
        "admin/flow_version.html", plan=plan, problems=problems,
        flow=ctx.registry.require("flow", flow_key).title, places=places, stood={one.key: one.title for one in places},
        fits=sum(1 for one in foreseen if not one.problems), foreseen=foreseen, shown=foreseen[:SHOWN],
        titles={node["key"]: node.get("title") for node in ctx.registry.require("flow", flow_key).spec["nodes"]},
    )  # fmt: skip


@blueprint.post("/<flow_key>/<int:release_id>")
@requires(RIGHT)
def move(flow_key: str, release_id: int) -> Response | str | tuple[str, int]:
    """Move them all; a worker does it, and whoever asked is told when it is done."""
    ctx, given = current_context(), request.form.to_dict()
    plan, reason = _plan(flow_key, release_id, given), given.get("reason", "").strip()
    if not reason:
        words = text("Say why.", "请说明原因。")
        shown = _look(
            flow_key, release_id, given, (Problem(code="flow.reason_missing", field="reason", message=words),)
        )
        return shown if isinstance(shown, tuple) else (shown, 422)
    title = ctx.registry.require("flow", flow_key).title
    said = {"en": f"Moving cases: {title.get('en', flow_key)}", "zh": f"业务迁移：{title.get('zh', flow_key)}"}
    arguments = {
        "flow_key": flow_key, "from_release": plan.from_release, "to_release": plan.to_release,
        "nodes": dict(plan.nodes), "keep": plan.keep, "reason": reason,
    }  # fmt: skip
    with ctx.transaction() as connection:
        key = given.get("idempotency_key") or None
        run = work.begin(
            ctx, connection, "flow_migration", said, arguments, key=key, url=url_for("flow_versions.index")
        )
    hints.work_is_due(ctx.company.id, run)
    flash(_("The cases are being moved."), "good")
    return redirect(url_for("flow_versions.index"))


@blueprint.post("/<int:migration>/take-back")
@requires(RIGHT)
def take_back(migration: int) -> Response | tuple[str, int]:
    """Bring back what has not gone on since."""
    try:
        back, left = migrations.take_back(current_context(), migration, reason=request.form.get("reason", ""))
    except NotFound:
        raise
    except ServiceError as refused:
        return _index(refused.problems), refused.status
    flash(_("%(back)s cases are back; %(left)s went on and stay.", back=back, left=left), "good")
    return redirect(url_for("flow_versions.index"))
