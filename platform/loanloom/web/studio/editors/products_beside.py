"""The view of a product beside another one, or beside another version of itself."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from loanloom.problems import say
from loanloom.services.definitions import products_beside
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.products_beside import Beside
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.studio.comparing import named
from loanloom.web.studio.editors.views import View


def _parts(page: Page) -> dict[str, Any]:
    """Both sheets, the loan tried on both, and how what is left of it falls."""
    found = products_beside.beside(current_context(), page, request.args.get("with", ""), request.args)
    if found is None:
        return {"beside": None}
    names = _names(page, found)
    only = request.args.get("all") != "yes"
    return {"beside": found, "names": names, "only_differences": only, "chart": _chart(found, names)}


def _names(page: Page, found: Beside) -> tuple[str, str]:
    """What both are called: versions of one product by their version."""
    what, _sep, name = found.other.partition(":")
    if what == "version":
        version = next(one for one in found.versions if one.name == name)
        return _("Draft") if page.draft else _("Live"), named(version)
    return say(page.title, language()), say(found.sides[1].document.title, language())


def _chart(found: Beside, names: tuple[str, str]) -> dict[str, Any]:
    """What is left of the principal from due day to due day, as a picture."""
    paid = [[row[side] for row in found.payments] for side in (0, 1)]
    days = sorted({one.due_on for own in paid for one in own if one is not None})
    series = []
    for side, name in enumerate(names):
        trial = found.sides[side].trial
        left, values = int(trial.amount) if trial else 0, []
        falls = {one.due_on: int(one.left) for one in paid[side] if one is not None}
        for day in days:
            left = falls.get(day, left)
            values.append(left)
        series.append({"title": name, "values": values})
    return {"kind": "line", "labels": [day.isoformat() for day in days], "series": series}


VIEW = View("beside", lazy_gettext("Compare"), _parts, "studio/editors/products_beside.html")
