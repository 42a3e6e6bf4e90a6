"""The way to a new product in four steps, for somebody who has read nothing: similar, name, what differs, review.

Every step is a page of its own that works without script; the last one is the change form, as for any change.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from loanloom.problems import Problem, errors, text
from loanloom.services.definitions import catalogue, new_product, plain_form, product_trial, releases
from loanloom.services.definitions.releases import drafts
from loanloom.services.errors import Conflict, NotFound, Refused
from loanloom.web.access import requires
from loanloom.web.security import current_context

blueprint = Blueprint("new_product", __name__, url_prefix="/studio/new-product")
Answer = str | Response | tuple[str, int]


@blueprint.get("/")
@requires("definition.edit")
def choose() -> str:
    """Step 1: which product is it most like? And the new products that are not finished."""
    ctx, words = current_context(), request.args.get("q", "").strip()
    begun = [
        one
        for one in drafts.listing(ctx)
        if one.kind == "product" and not one.put_up and not ctx.registry.get("product", one.key)
    ]
    return render_template(
        "studio/new_product/choose.html", similar=new_product.similar(ctx, words), words=words, begun=begun, step=1
    )


@blueprint.get("/like/<key>/")
@requires("definition.edit")
def name(key: str) -> str:
    """Step 2: what is it called?"""
    return _name(key)


def _name(key: str, problems: tuple[Problem, ...] = ()) -> str:
    like = current_context().registry.get("product", key)
    if like is None:
        raise NotFound(text("product", "产品"))
    return render_template("studio/new_product/name.html", like=like, problems=problems, typed=request.form, step=2)


@blueprint.post("/like/<key>/")
@requires("definition.edit")
def begin(key: str) -> Answer:
    """Make the draft."""
    form = request.form
    title = {"zh": form.get("title_zh", ""), "en": form.get("title_en", "")}
    try:
        made = new_product.begin(current_context(), key, title, form.get("key", ""))
    except Refused as refused:
        return _name(key, refused.problems), 422
    return redirect(url_for(".terms", key=made.key, like=key))


@blueprint.get("/<key>/terms")
@requires("definition.edit")
def terms(key: str) -> str:
    """Step 3: what differs? With the schedule beside it."""
    return _terms(key)


def _page(key: str) -> catalogue.Page:
    page = catalogue.page(current_context(), "product", key)
    if page.draft is None or page.shown is None:
        raise NotFound(drafts.DEFINITION)
    return page


def _terms(key: str, problems: tuple[Problem, ...] = ()) -> str:
    ctx, page = current_context(), _page(key)
    assert page.shown is not None
    return render_template(
        "studio/new_product/terms.html", page=page, groups=new_product.terms(page), like=request.values.get("like", ""),
        problems=problems, typed=request.form if problems else None, step=3,
        trial=product_trial.try_product(ctx, page.shown, page.registry, request.args),
    )  # fmt: skip


@blueprint.post("/<key>/trial")
@requires("definition.edit")
def trial(key: str) -> str:
    """The schedule with what is typed by now; keeps nothing."""
    page = _page(key)
    tried = new_product.tried(current_context(), page, request.form, request.form)
    return render_template("studio/_trial.html", page=page, trial=tried, within="terms")


@blueprint.post("/<key>/terms")
@requires("definition.edit")
def keep(key: str) -> Answer:
    """Keep the terms and go on to the check."""
    ctx, page, form = current_context(), _page(key), request.form
    lines = new_product.lines_of(new_product.terms(page))
    try:
        plain_form.save(ctx, page, lines, form, form.get("version", type=int))
    except (Refused, Conflict) as refused:
        return _terms(key, refused.problems), refused.status
    return redirect(url_for(".review", key=key, like=form.get("like", "")))


@blueprint.get("/<key>/review")
@requires("definition.edit")
def review(key: str) -> str:
    """Step 4: what differs in words, what the check says, and putting it up for review."""
    ctx, page = current_context(), _page(key)
    like = request.args.get("like", "")
    shown: dict[str, Any] = {"plan": None, "found": ()}
    if ctx.actor.may("release.propose"):
        plan = releases.plan_drafts(ctx, [("product", key)])
        shown = {"plan": plan, "found": plan.problems}
    else:
        shown["found"] = catalogue.check(ctx, "product", key)
    return render_template(
        "studio/new_product/review.html", page=page, like=ctx.registry.get("product", like), step=4,
        changes=new_product.differences(ctx, page, like), bad=errors(shown["found"]), **shown,
    )  # fmt: skip
