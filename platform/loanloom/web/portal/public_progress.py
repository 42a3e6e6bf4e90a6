"""The page on which an applicant asks how an application stands, without log-in: its number and the end of the identity
number. What is told is in web/application_words.py."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, render_template, request

from loanloom.services.reading import public_progress
from loanloom.services.reading.public_progress import TooMany, Unknown
from loanloom.web import application_words
from loanloom.web.access import public
from loanloom.web.security import database

blueprint = Blueprint("public_progress", __name__, url_prefix="/progress")


@blueprint.get("/")
@public
def show() -> str:
    """The question; public, for it tells nothing."""
    return _page()


@blueprint.post("/")
@public
def ask() -> tuple[str, int]:
    """The answer; public, for whoever asks proves to be the applicant."""
    form = request.form
    try:
        found = public_progress.ask(
            database(), form.get("company"), form.get("number", ""), form.get("proof", ""), ip=request.remote_addr
        )
    except TooMany as refused:
        return _page(minutes=_minutes(refused.until)), 429
    except Unknown:
        return _page(unknown=True), 404
    return _page(found=found, **application_words.without_log_in(found.standing)), 200


def _minutes(until: datetime) -> int:
    return int((until - datetime.now(UTC)).total_seconds() // 60) + 1


def _page(**shown: Any) -> str:
    asked = {name: request.form.get(name, "") for name in ("company", "number")}
    return render_template(
        "portal/public_progress.html",
        lenders=[(one.key, one.name) for one in public_progress.lenders(database())],
        asked=asked,
        proof=public_progress.PROOF,
        **{"found": None, "unknown": False, "minutes": 0, **shown},
    )
