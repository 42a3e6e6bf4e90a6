"""Contracts on paper: print, seal, send for signature, archive, lend and give back; and the register of all that."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from loanloom.services.errors import Refused
from loanloom.services.papers import contract_archive, contract_life, contract_pages, contract_register, signatures
from loanloom.web import inputs
from loanloom.web.access import requires
from loanloom.web.security import current_context
from loanloom.web.workspace.papers import file_answer

blueprint = Blueprint("contract_life", __name__, url_prefix="/contracts")
Answer = str | Response | tuple[str, int]


@blueprint.get("/register/")
@requires("contract.read")
def register() -> str:
    """What happened to contracts on paper: seals, prints, the archive."""
    kind = request.args.get("kind") or None
    page = contract_register.page(
        current_context(), kind=kind, query=request.args.get("q", ""), before=request.args.get("before", type=int)
    )
    return render_template("workspace/contracts/register.html", page=page, kind=kind, kinds=contract_register.KINDS)


@blueprint.post("/<int:contract_id>/documents/<int:document_id>/print")
@requires("contract.prepare")
def print_out(contract_id: int, document_id: int) -> Answer:
    """The file to print, counted."""
    form = request.form
    try:
        file = contract_life.print_out(
            current_context(), document_id, copies=form.get("copies", type=int) or 1, reason=form.get("reason", ""),
            idempotency_key=form.get("idempotency_key") or None,
        )  # fmt: skip
    except Refused as refused:
        return _again(contract_id, refused)
    return file_answer(file)


@blueprint.post("/<int:contract_id>/seal")
@requires("contract.seal")
def seal(contract_id: int) -> Answer:
    """Seal the package."""
    form = request.form
    try:
        number = contract_life.seal(
            current_context(), contract_id, form.get("seal", ""), version=_version(),
            copies=form.get("copies", type=int) or 1, words=form.get("words", ""),
            idempotency_key=form.get("idempotency_key") or None,
        )  # fmt: skip
    except Refused as refused:
        return _again(contract_id, refused)
    flash(_("Sealed; number %(number)s in the register.", number=number), "good")
    return _back(contract_id)


@blueprint.post("/<int:contract_id>/send")
@requires("contract.prepare")
def send(contract_id: int) -> Answer:
    """Send the package for signature."""
    return _done(
        contract_id,
        lambda: signatures.send(current_context(), contract_id, version=_version()),
        _("The package has been sent for signature."),
    )


@blueprint.post("/<int:contract_id>/archive")
@requires("contract.archive")
def archive(contract_id: int) -> Answer:
    """Put the originals away."""
    place = request.form.get("place", "")
    return _done(
        contract_id,
        lambda: contract_archive.archive(current_context(), contract_id, place, version=_version()),
        _("The originals are in the archive."),
    )


@blueprint.post("/<int:contract_id>/lend")
@requires("contract.archive")
def lend(contract_id: int) -> Answer:
    """Lend the originals out."""
    form = request.form

    def act() -> None:
        until = inputs.day(form.get("until"), "until")
        borrower, reason = form.get("lent_to", ""), form.get("reason", "")
        contract_archive.lend(current_context(), contract_id, borrower, until, reason, version=_version())

    return _done(contract_id, act, _("The originals have been lent out."))


@blueprint.post("/<int:contract_id>/return")
@requires("contract.archive")
def give_back(contract_id: int) -> Answer:
    """They are back."""
    words = request.form.get("words", "")
    return _done(
        contract_id,
        lambda: contract_archive.give_back(current_context(), contract_id, version=_version(), words=words),
        _("The originals are back in their place."),
    )


def _version() -> int:
    return request.form.get("version", type=int) or 0


def _done(contract_id: int, act: Callable[[], None], words: str) -> Answer:
    try:
        act()
    except Refused as refused:
        return _again(contract_id, refused)
    flash(words, "good")
    return _back(contract_id)


def _again(contract_id: int, refused: Refused) -> tuple[str, int]:
    page = contract_pages.read(current_context(), contract_id)
    return render_template("workspace/contracts/show.html", page=page, problems=refused.problems), 422


def _back(contract_id: int) -> Response:
    return redirect(url_for("contracts.show", contract_id=contract_id))
