"""The editors of definitions beside the sheet and the text: a table of views for each kind, and one for all kinds.

An editor is a `View`: `parts` says what its template needs. It changes nothing by itself: everything is a step of
`metadata.steps` that goes through `releases.drafts`, and it is shown only where the text has the shape of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from loanloom.metadata.diff import Change, document_diff
from loanloom.problems import Text, say
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.outline import outline
from loanloom.services.definitions.releases import drafts
from loanloom.web.language import language
from loanloom.web.security import csp_nonce, current_context

Parts = Callable[[Page], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class View:
    """One more way to look at a definition: a tab."""

    key: str
    title: Any  # a lazy text of flask-babel
    parts: Parts
    template: str


def _whole(page: Page) -> dict[str, Any]:
    """Every part as the schema has it, with the text beside."""
    assert page.shown is not None, "asked only where it can be read"
    csp_nonce()
    source = drafts.text_of(current_context(), page.kind.key, page.key)
    return {"nodes": outline(page.shown, page.registry), "changes": changed_cells(page), "source": source, "found": ()}


WHOLE = View("whole", lazy_gettext("Form and text (advanced)"), _whole, "studio/editors/whole.html")
BY_KIND: Mapping[str, tuple[View, ...]] = {}


def views_of(kind: str) -> tuple[View, ...]:
    """The special editors of a kind, then the one that every kind has."""
    return (*BY_KIND.get(kind, ()), WHOLE)


def changed_cells(page: Page) -> dict[str, Change]:
    """The cells in which the draft differs from what is live, by pointer."""
    if page.live is None or page.draft is None or page.shown is None:
        return {}
    found = document_diff(page.live, page.shown, page.registry, page.registry)
    return {change.pointer.removeprefix("/spec"): change for change in found}


def joined(who: Text) -> str:
    """That somebody else changed other places meanwhile."""
    return _("%(name)s changed other places meanwhile. Both changes are kept.", name=say(who, language()))
