"""The view of a template as one writes it: block by block, fields put in from a list, the paper it becomes beside."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from itertools import groupby
from typing import Any

from flask import request
from flask_babel import lazy_gettext

from loanloom.engines import documents as engine
from loanloom.engines.documents.formatting import FORMATS
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import slug
from loanloom.problems import Problem
from loanloom.services.context import Context
from loanloom.services.definitions import template_fields, template_sample, template_words, working
from loanloom.services.definitions.catalogue import Page
from loanloom.services.errors import Refused
from loanloom.services.papers.rendering import pdf
from loanloom.web.security import current_context
from loanloom.web.studio.editors.views import View


def paper_of(ctx: Context, document: Document, number: str) -> dict[str, Any]:
    """The paper that a template becomes, as pictures; or why it becomes none, each with the place it is about."""
    found = template_sample.tried(ctx, document, working.registry_of(ctx), number)
    problems, pages = found.problems, []
    if found.paper is not None:
        missing = pdf.missing_font(found.paper)
        problems = problems if missing is None else (*problems, missing)
        pages = [] if missing else [b64encode(one).decode() for one in pdf.pictures(found.paper)]
    return {"paper_problems": problems, "pages": pages, "case": number, "slug_of": slug_of}


def slug_of(problem: Problem) -> str | None:
    """The id of the place that a problem is about."""
    pointer = (problem.pointer or "").removeprefix("/spec")
    return f"w-{slug(pointer)}" if pointer.startswith("/blocks/") else None


def case_asked() -> str:
    """The number of the contract or loan that somebody wants to see."""
    return request.values.get("case", "").strip()[:60]


def _parts(page: Page) -> dict[str, Any]:
    assert page.shown is not None, "asked only where it can be read"
    ctx = current_context()
    registry = working.registry_of(ctx)
    typed: Mapping[str, str] = request.form
    found: dict[str, list[Problem]] = {}
    for problem in engine.compile_template(page.shown, registry).problems:
        found.setdefault((problem.pointer or "").removeprefix("/spec"), []).append(problem)
    wanted = request.args.get("find", "").strip().lower()
    listed = template_fields.fields(page.shown, registry)
    fitting = [one for one in listed if all(word in one.found_by for word in wanted.split())]
    return {
        "blocks": template_words.blocks(page.shown), "kinds": template_words.KINDS, "formats": FORMATS,
        "wrong": found, "typed": typed, "find": wanted,
        "groups": [(group, list(those)) for group, those in groupby(fitting, key=lambda one: one.group)],
        "named": {one.path: one for one in listed},
        **paper_of(ctx, page.shown, case_asked()),
    }  # fmt: skip


def shown_or_refused(page: Page) -> Document:
    """The template as it stands; refused where it has not the shape of one."""
    if page.shown is None or page.kind.compiled.faults(page.shown.spec):
        raise Refused(page.problems or (template_words.GONE,))
    return page.shown


VIEW = View("words", lazy_gettext("Write and look"), _parts, "studio/editors/template_words.html")
