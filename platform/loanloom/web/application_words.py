"""How an application's progress is told to the borrower, in the portal, without log-in and over REST: the state in
plain words, what happens next, the steps.

Words only; where an application stands is services/reading/portal.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from loanloom.services.reading.portal import Standing
from loanloom.web import formats


@dataclass(frozen=True, slots=True)
class Told:
    """The state in words, its tone (good, notice, bad, calm or none), and what happens next."""

    words: str
    tone: str
    then: str


def of(standing: Standing) -> Told:
    """What the borrower is told about an application."""
    if standing.stage in ("draft", "returned", "handed_over", "submitted"):
        return _being_made(standing)
    until = formats.day(standing.sanction.expires_on) if standing.sanction is not None else ""
    match standing.stage:
        case "approved":
            return Told(_("Approved"), "good", _("We prepare your contract. Please sign it by %(day)s.", day=until))
        case "to_sign":
            then = _("Your contract is ready. Please come to sign it by %(day)s.", day=until)
            return Told(_("Contract to sign"), "notice", then)
        case "signed":
            return Told(_("Contract signed"), "good", _("The money is paid out next. Your loan then appears here."))
        case "paid_out":
            return Told(_("Paid out"), "good", _("Your loan runs. Please pay each instalment by its day."))
        case "settled":
            return Told(_("Repaid in full"), "good", _("Nothing is left to pay. Thank you."))
        case "refused":
            then = _("We cannot lend on this application. The reasons are stated; you may ask us about them.")
            return Told(_("Refused"), "bad", then)
        case "lapsed":
            return Told(_("Approval expired"), "notice", _("No contract was made in time. You may apply again."))
        case _:
            return Told(_("Withdrawn"), "", _("This application was withdrawn. You may apply again at any time."))


def _being_made(standing: Standing) -> Told:
    """Until it is decided. What one fills in oneself in the portal is for oneself to go on with."""
    match standing.stage:
        case "draft" if standing.own:
            return Told(_("Not handed in yet"), "notice", _("Go on where you left off, and hand it in."))
        case "returned" if standing.own:
            return Told(_("Something is missing"), "notice", _("Change what is asked for and hand it in again."))
        case "draft":
            then = _("Your account manager is filling in the form and collecting your papers.")
            return Told(_("Being prepared"), "", then)
        case "returned":
            then = _("Your account manager will contact you about what is needed.")
            return Told(_("Something is missing"), "notice", then)
        case "handed_over":
            then = _("Your part is handed in. Your account manager may visit you, completes the form and hands it on.")
            return Told(_("With your account manager"), "calm", then)
        case _:
            then = _("We check what you gave us and decide. You get a message here.")
            return Told(_("Being looked at"), "calm", then)


def without_log_in(standing: Standing) -> dict[str, Any]:
    """What is told to one who asks by number and proof: the state, what comes next, the way."""
    told = of(standing)
    following = _("We check what you gave us and decide.") if standing.stage == "submitted" else told.then
    return {"told": told, "following": following, "steps": steps(standing)}


def steps(standing: Standing) -> list[dict[str, Any]]:
    """The way from application to money as entries of a timeline; steps still ahead are quiet."""
    row, stage = standing.application, standing.stage
    contract, loan, given = standing.contract, standing.loan, standing.sanction
    entries = [_entry(_("Application handed in"), row.applied_on if stage != "draft" else None, stage == "draft")]
    if stage in ("refused", "withdrawn"):
        title = _("Refused") if stage == "refused" else _("Withdrawn")
        decided = row.decided_at.date() if row.decided_at else None
        return [*entries, {"title": title, "meta": formats.day(decided), "tone": "bad" if stage == "refused" else None}]
    if stage == "handed_over":
        entries.append(_entry(_("Completed by your account manager"), None, True))
    entries.append(
        _entry(
            _("Checked and decided"),
            given.sanctioned_on if given is not None else None,
            stage in ("submitted", "returned"),
        )
    )
    if stage == "lapsed":
        return [*entries, {"title": _("Approval expired"), "meta": formats.day(given.expires_on) if given else ""}]
    signed_on = contract.signed_on if contract is not None else None
    entries.append(_entry(_("Contract signed"), signed_on, stage in ("approved", "to_sign")))
    entries.append(_entry(_("Money paid out"), loan.disbursed_on if loan is not None else None, stage == "signed"))
    if loan is not None and loan.settled_on is not None:
        entries.append(_entry(_("Repaid in full"), loan.settled_on, False))
    return entries


def _entry(title: str, on: Any, is_now: bool) -> dict[str, Any]:
    if on is not None:
        return {"title": title, "meta": formats.day(on), "tone": "good"}
    return {"title": title, "meta": _("now") if is_now else _("later"), "tone": "open" if is_now else None}
