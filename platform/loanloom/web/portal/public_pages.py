"""What the company shows of itself, to borrowers and to anybody at the door: profile, questions, agreements.

Public, for it is what the company publishes; nothing here belongs to a person.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, render_template, request

from loanloom.core.dates import written_day
from loanloom.metadata.registry import Registry
from loanloom.services.context import Company
from loanloom.services.definitions import releases
from loanloom.services.reading import public_pages
from loanloom.services.reading.public_progress import lenders
from loanloom.web.access import public
from loanloom.web.security import current_context, database, has_context

blueprint = Blueprint("public_pages", __name__)


@blueprint.get("/about/")
@public
def about() -> str:
    """Who the company is; public, as its sign at the door."""
    return _page("about", lambda registry: {"profile": public_pages.profile(registry)})


@blueprint.get("/help/")
@public
def questions() -> str:
    """Frequent questions with their answers; public, for whoever asks them is not a customer yet."""
    words = request.args.get("q", "").strip()[:100]

    def found(registry: Registry) -> dict[str, Any]:
        every = public_pages.questions(registry)
        fitting = [one for one in every if _holds(one, words.lower())] if words else every
        return {"questions": fitting, "words": words, "every": len(every)}

    return _page("questions", found)


@blueprint.get("/agreements/")
@public
def agreements() -> str:
    """The agreements; public, for one reads them before one is a customer."""
    return _page("agreements", lambda registry: {"agreements": public_pages.agreements(registry)})


@blueprint.get("/agreements/<key>/")
@public
def agreement(key: str) -> str:
    """One agreement; public like the others."""
    return _page("agreement", lambda registry: {"agreement": public_pages.agreement(registry, key)})


def _holds(question: Any, words: str) -> bool:
    said = " ".join((*question["question"].values(), *question["answer"].values())).lower()
    return all(word in said for word in words.split())


def _page(name: str, found: Any) -> str:
    """A page of the company one works with; of the one asked for, or the only one, without log-in."""
    if has_context():
        ctx = current_context()
        return render_template("public/page.html", part=name, lender=ctx.company, lenders=(), **found(ctx.registry))
    known = lenders(database())
    lender = _asked(known)
    if lender is None:
        return render_template("public/page.html", part="choose", lender=None, lenders=known)
    return render_template(
        "public/page.html", part=name, lender=lender, lenders=known, **found(releases.live(database(), lender))
    )


def _asked(known: tuple[Company, ...]) -> Company | None:
    if len(known) == 1:
        return known[0]
    return next((one for one in known if one.key == request.args.get("company")), None)


def paragraphs(words: str) -> list[str]:
    """A text as its paragraphs: what stands between empty lines."""
    return [one.strip() for one in words.replace("\r\n", "\n").split("\n\n") if one.strip()]


def todays_banners() -> list[Any]:
    """The banners of the company's day."""
    ctx = current_context()
    return list(public_pages.banners(ctx.registry, ctx.business_date))


@blueprint.record_once
def _install(state: Any) -> None:
    app: Flask = state.app
    app.jinja_env.filters["paragraphs"] = paragraphs
    app.jinja_env.filters["written_day"] = written_day
    app.jinja_env.globals["todays_banners"] = todays_banners
