"""A definition of plain data as one ordinary form, with what borrowers will see beside it (services plain_form)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext

from loanloom.services.definitions import pictures, plain_form
from loanloom.services.definitions.catalogue import Page
from loanloom.services.parties import agreements
from loanloom.services.reading import public_pages
from loanloom.services.running import customer_notices
from loanloom.web.security import current_context
from loanloom.web.studio.editors.views import View

KINDS = ("company_profile", "agreement", "faq", "banners", "notification")
"""Kinds whose documents plain people fill in; this view is the first that they see of them."""


def _parts(page: Page) -> dict[str, Any]:
    document = page.shown
    assert document is not None, "asked only where it can be read"
    shown: dict[str, Any] = {"form": plain_form.form_of(document, page.registry)}
    if page.kind.key == "faq":
        shown["questions"] = public_pages.shown_questions(document)
    if page.kind.key == "agreement":
        shown["accepted"] = agreements.count(current_context(), document)
    if page.kind.key == "banners":
        pointed = (one.get("image") for one in document.spec.get("banners", ()))
        shown["lost"] = pictures.lost(current_context(), [one for one in pointed if one])
        shown["banners"] = public_pages.shown_banners(document, current_context().business_date)
    if page.kind.key == "notification":
        shown["heading"], shown["words"] = customer_notices.sample(current_context(), document)
    return shown


VIEW = View("plain", lazy_gettext("As a form"), _parts, "studio/editors/plain.html")
