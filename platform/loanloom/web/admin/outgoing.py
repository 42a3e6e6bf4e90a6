"""What leaves the house, on screen: the addresses that webhooks go to, and what could not be delivered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.plugins import Connector
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.errors import NotFound, Refused
from loanloom.services.running import mail, mail_trial, subscribers, undelivered
from loanloom.services.running.plugged import plugged
from loanloom.services.running.webhooks import EVENTS
from loanloom.tasks import hints
from loanloom.web import inputs
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("outgoing", __name__, url_prefix="/admin/outgoing")
RIGHT = subscribers.RIGHT
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@requires(RIGHT)
def index() -> str:
    """The addresses and what was given up."""
    return _page()


@blueprint.post("/")
@requires(RIGHT)
def add() -> Answer:
    """One more address; its secret is shown this once."""
    wanted = _wanted()
    try:
        made = subscribers.add(current_context(), wanted, private=_private())
    except Refused as refused:
        return _page(entered=wanted, problems=refused.problems), 422
    return _page(made=made)


@blueprint.get("/<int:number>")
@requires(RIGHT)
def show(number: int) -> str:
    """One address, to change it."""
    return _one(number)


@blueprint.post("/<int:number>")
@requires(RIGHT)
def change(number: int) -> Answer:
    """Change it."""
    wanted = _wanted()
    try:
        subscribers.change(current_context(), number, wanted, expected_version=_version(), private=_private())
    except Refused as refused:
        return _one(number, entered=wanted, problems=refused.problems), 422
    flash(_("The address is changed."), "good")
    return redirect(url_for(".index"))


@blueprint.post("/<int:number>/secret")
@requires(RIGHT)
def renew(number: int) -> str:
    """Another secret, shown this once."""
    return _page(made=subscribers.renew_secret(current_context(), number, expected_version=_version()))


@blueprint.post("/<int:number>/<action>")
@requires(RIGHT)
def act(number: int, action: str) -> Response:
    """Try, stop, go on, remove."""
    do = _ACTIONS.get(action)
    if do is None:
        raise NotFound(subscribers.ADDRESS)
    ctx = current_context()
    do(ctx, number)
    hints.outbox_is_due(ctx.company.id)
    flash(_("Done."), "good")
    return redirect(url_for(".index"))


@blueprint.post("/again")
@requires(RIGHT)
def again_all() -> Response:
    """Send everything again that was given up."""
    ctx = current_context()
    count = undelivered.send_all_again(ctx)
    hints.outbox_is_due(ctx.company.id)
    flash(_("%(count)s are sent again.", count=count), "good")
    return redirect(url_for(".index"))


@blueprint.post("/messages/<int:number>/again")
@requires(RIGHT)
def again(number: int) -> Response:
    """Send one again."""
    ctx = current_context()
    undelivered.send_again(ctx, number)
    hints.outbox_is_due(ctx.company.id)
    flash(_("It is sent again."), "good")
    return redirect(url_for(".index"))


@blueprint.post("/mail")
@requires(RIGHT)
def try_mail() -> Answer:
    """Send a test mail at once, by the way that mails to customers go."""
    sender, own, to = _mailing(), _own_connector(), request.form.get("to", "").strip()
    if sender is None:
        raise NotFound()
    try:
        mail_trial.send(current_context(), own or sender, current_app.config["HOME"], to)
    except Refused as refused:
        return _page(problems=refused.problems), 422
    if own is None and not sender.place:
        flash(_("Written to a file in outgoing/mail: no mail server is set."), "notice")
    else:
        flash(_("The test mail to %(to)s has been taken.", to=to), "good")
    return redirect(url_for(".index"))


def _mailing() -> mail.Sender | None:
    """The mail server of the installation; None where the settings were not read."""
    return current_app.config.get("MAILING")


def _own_connector() -> Connector | None:
    """What a plugin puts in its place."""
    return plugged().parts("connector").get(mail.TOPIC)


_ACTIONS: Mapping[str, Callable[[Context, int], None]] = {
    "try": subscribers.try_out,
    "stop": lambda ctx, number: subscribers.stop(ctx, number, expected_version=_version()),
    "go_on": lambda ctx, number: subscribers.go_on(ctx, number, expected_version=_version()),
    "remove": lambda ctx, number: subscribers.remove(ctx, number, expected_version=_version()),
}


def _page(
    *,
    made: subscribers.Made | None = None,
    entered: subscribers.Wanted | None = None,
    problems: tuple[Problem, ...] = (),
) -> str:
    ctx = current_context()
    dead, following = undelivered.listing(ctx, after=request.args.get("after", type=int))
    return render_template(
        "admin/outgoing.html", addresses=subscribers.listing(ctx), dead=dead, following=following, made=made,
        counts=undelivered.counts(ctx), entered=entered, problems=problems,
        mailing=_mailing(), own_mailing=_own_connector() is not None, **_choices(ctx),
    )  # fmt: skip


def _one(number: int, *, entered: subscribers.Wanted | None = None, problems: tuple[Problem, ...] = ()) -> str:
    ctx = current_context()
    known = next((one for one in subscribers.listing(ctx) if one.id == number), None)
    if known is None:
        raise NotFound(subscribers.ADDRESS)
    shown = entered or known
    return render_template(
        "admin/outgoing_address.html", address=known, entered=shown, problems=problems, **_choices(ctx)
    )


def _choices(ctx: Context) -> dict[str, Any]:
    titles = {
        "case.started": _("A case begins"),
        "case.moved": _("A case moves"),
        "case.ended": _("A case ends"),
        "item.opened": _("Work waits for somebody"),
        "item.closed": _("Work is done, or no longer needed"),
    }
    flows = [(document.key, document.title) for document in ctx.registry.all("flow")]
    return {"events": [(name, titles[name]) for name in EVENTS], "flows": flows}


def _wanted() -> subscribers.Wanted:
    form = request.form
    return subscribers.Wanted(
        title=form.get("title", ""),
        url=form.get("url", ""),
        events=form.getlist("events"),
        flows=form.getlist("flows"),
    )


def _version() -> int:
    return inputs.whole(request.form.get("version"), "version")


def _private() -> bool:
    return bool(current_app.config.get("WEBHOOK_PRIVATE"))
