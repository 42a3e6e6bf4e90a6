"""HTML and script in every text of a definition of every kind: on the screens of the studio it is words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from flask.testing import FlaskClient
from tests.web.pages import page

from loanloom.metadata.document import Document
from loanloom.metadata.pointers import child
from loanloom.services.context import Context
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.releases.known import kinds
from loanloom.web.studio import editors

from .test_hostile_texts import MARK, WORDS, check

ADMIN = "business-administrator"


def texts(value: Any, pointer: str) -> Iterator[str]:
    """Where words for people stand: in either language, or in Chinese alone."""
    if isinstance(value, str) and (re.search(r"[\u4e00-\u9fff]", value) or pointer.endswith(("/en", "/zh"))):
        yield pointer
    below = value.items() if hasattr(value, "items") else enumerate(value) if isinstance(value, (list, tuple)) else ()
    for key, one in below:
        yield from texts(one, child(pointer, key))


def written_in(ctx: Context, kind: str) -> Document:
    """A definition of a kind in which something is written, and not much, so that its pages are soon drawn."""
    counted = {one.key: len(list(texts(one.spec, ""))) for one in ctx.registry.all(kind)}
    return min(ctx.registry.all(kind), key=lambda one: (counted[one.key] < 3, counted[one.key], one.key))


def test_no_text_of_a_definition_becomes_markup(
    person: Callable[..., FlaskClient], model_company: Context, acting: Callable[..., Context]
) -> None:
    admin, ctx = person(ADMIN, language="en"), acting(model_company, ADMIN)
    for kind in [one.key for one in kinds()]:
        found = written_in(model_company, kind)
        places = ["/title/en", "/title/zh", *texts(found.spec, "/spec")]
        drafts.change_values(ctx, kind, found.key, dict.fromkeys(places, MARK), None)
        here = f"/studio/definitions/{kind}/"
        for view in sorted({one.key for one in editors.views_of(kind)} | {"sheet"}):
            shown = page(admin, f"{here}{found.key}/?view={view}")
            check(shown, f"{kind}/{found.key} {view}")
            assert WORDS in shown, (kind, view)
    for address in (here, "/studio/", "/studio/changes/"):
        check(page(admin, address), address)
