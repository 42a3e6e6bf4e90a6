"""What an editor of a definition is: one more way to look at it, a tab; and what every editor says of a draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from loanloom.metadata.diff import Change, document_diff
from loanloom.problems import Text, say
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.releases.policy import drafts_allowed
from loanloom.services.definitions.saying import said_at
from loanloom.web.language import language
from loanloom.web.security import current_context

Parts = Callable[[Page], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class View:
    """One more way to look at a definition. `parts` says what its template needs."""

    key: str
    title: Any  # a lazy text of flask-babel
    parts: Parts
    template: str


def may_edit(page: Page) -> bool:
    """Whether whoever looks may change the definition here."""
    allowed = current_context().actor.may("definition.edit") and drafts_allowed()
    return allowed and not page.builtin and not (page.draft and page.draft.retire)


def changed_cells(page: Page) -> dict[str, Change]:
    """The cells in which the draft differs from what is live, by pointer."""
    if page.live is None or page.draft is None or page.shown is None:
        return {}
    found = document_diff(page.live, page.shown, page.registry, page.registry, said_at)
    return {change.pointer.removeprefix("/spec"): change for change in found}


def joined(who: Text) -> str:
    """That somebody else changed other places meanwhile."""
    return _("%(name)s changed other places meanwhile. Both changes are kept.", name=say(who, language()))
