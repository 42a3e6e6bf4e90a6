"""The view of a definition on the test bench: the facts it reads, of a case or as typed, what comes out and why."""

from __future__ import annotations

from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext

from loanloom import feel
from loanloom.engines import labels
from loanloom.services.definitions import bench, working
from loanloom.services.definitions.catalogue import Page
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.studio.editors.views import View

FACT: Final = "fact."


def _parts(page: Page) -> dict[str, Any]:
    assert page.shown is not None, "asked only where it can be read"
    ctx = current_context()
    registry = working.registry_of(ctx) if page.draft else ctx.registry
    shown = registry.get(page.kind.key, page.key) or page.shown
    case = _case()
    sent = {name.removeprefix(FACT): value for name, value in request.args.items() if name.startswith(FACT)}
    typed = sent if sent and request.args.get("of", "") == case else None
    own = [one for part in ("parameters", "steps") for one in shown.spec.get(part, ()) if "title" in one]
    known = {**labels.labels(registry), **{str(one["key"]): one["title"] for one in own}}

    def said(one: feel.Explanation) -> str:
        return one.in_words(language(), known)

    return {
        "bench": bench.bench(ctx, shown, registry, page.live, case, typed if case else sent),
        "begun": bool(case or sent), "case": case, "examples": bench.examples(registry, shown), "said": said,
        "below": below,
    }  # fmt: skip


def _case() -> str:
    """The case that is asked for: of two given, the one that was not there before."""
    before = request.args.get("of", "")
    given = [request.args.get(name, "").strip() for name in ("case", "example")]
    fresh = next((one for one in given if one and one != before), "")
    return fresh or (before if before in given else "")


def below(one: feel.Explanation) -> list[feel.Explanation]:
    """The parts of an explanation that have parts themselves: facts and figures stand in its own line already."""
    return [part for part in one.parts if part.parts]


VIEW = View("try", lazy_gettext("Try it"), _parts, "studio/editors/bench.html")
