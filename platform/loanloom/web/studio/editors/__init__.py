"""The editors of definitions beside the sheet and the text: a table of views for each kind, and one for all kinds.

An editor is a `View`: `parts` says what its template needs. It changes nothing by itself: everything is a step of
`metadata.steps` that goes through `releases.drafts`, and it is shown only where the text has the shape of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext

from loanloom.services.definitions.bench import KINDS as TRIED
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.outline import outline
from loanloom.services.definitions.releases import drafts
from loanloom.web.security import csp_nonce, current_context
from loanloom.web.studio.editors import (
    bench,
    flow,
    form_designer,
    grids,
    plain,
    products_beside,
    score_bands,
    template_words,
)
from loanloom.web.studio.editors.views import Parts, View, changed_cells, joined, may_edit


def _whole(page: Page) -> dict[str, Any]:
    """Every part as the schema has it, with the text beside."""
    assert page.shown is not None, "asked only where it can be read"
    csp_nonce()
    source = drafts.text_of(current_context(), page.kind.key, page.key)
    return {"nodes": outline(page.shown, page.registry), "changes": changed_cells(page), "source": source, "found": ()}


WHOLE = View("whole", lazy_gettext("Form and text (advanced)"), _whole, "studio/editors/whole.html")
BY_KIND: Mapping[str, tuple[View, ...]] = {
    **dict.fromkeys(plain.KINDS, (plain.VIEW,)),
    "flow": (flow.VIEW,),
    "form": form_designer.VIEWS,
    **grids.VIEWS,
    "product": (products_beside.VIEW,),
    "scorecard": (score_bands.VIEW,),
    "indicator": (score_bands.INDICATOR,),
    "template": (template_words.VIEW,),
}


def views_of(kind: str) -> tuple[View, ...]:
    """The special editors of a kind, the test bench where it can be tried, then the one that every kind has."""
    return (*BY_KIND.get(kind, ()), *((bench.VIEW,) if kind in TRIED else ()), WHOLE)


def first_of(kind: str) -> str:
    """The view that a definition opens with: the special editor of its kind where people think in it."""
    if kind in grids.FIRST:
        return grids.TABLE.key
    return plain.VIEW.key if kind in plain.KINDS else _WORKED_IN.get(kind, "sheet")


_WORKED_IN = {"flow": flow.VIEW.key, "form": form_designer.VIEWS[0].key, "template": template_words.VIEW.key}
__all__ = [
    "BY_KIND", "WHOLE", "Parts", "View", "changed_cells", "first_of", "joined", "may_edit", "views_of",
]  # fmt: skip
