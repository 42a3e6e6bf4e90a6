"""The plain answers of a field's or a section's rules, and its check: yes, no, or nothing said."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.metadata import steps
from loanloom.metadata.document import Document
from loanloom.metadata.pointers import MISSING, resolve
from loanloom.metadata.steps import Step
from loanloom.problems import Problem, text
from loanloom.services.definitions.arranging import GONE
from loanloom.services.definitions.designing.changing import both
from loanloom.services.errors import Refused

UNSAID: Mapping[str, bool] = {"required": False, "visible": True, "read_only": False}
"""The rules that are answered with yes, no or a condition, and what holds where nothing is said."""


def answer(document: Document, at: str, rule: str, yes: bool) -> Step:
    """A rule answered plainly; what holds anyway is not written down."""
    pointer = f"{at}/{rule}"
    if rule not in UNSAID or resolve(document.spec, at) is MISSING:
        raise Refused(GONE)
    said = resolve(document.spec, pointer) is not MISSING
    if yes is UNSAID[rule]:
        return steps.remove(f"/spec{pointer}") if said else steps.in_turn()
    return steps.set_values({f"/spec{pointer}": yes})


def check(document: Document, at: str, rule: str, message: Mapping[str, str]) -> Step:
    """What must hold of a field and what is said where it does not; taken away where nothing is typed."""
    pointer = f"{at}/check"
    if resolve(document.spec, at) is MISSING:
        raise Refused(GONE)
    said = resolve(document.spec, pointer) is not MISSING
    if not rule.strip() and not any(one.strip() for one in message.values()):
        return steps.remove(f"/spec{pointer}") if said else steps.in_turn()
    if not rule.strip():
        asked = text("Say what must hold.", "请填写必须成立的条件。")
        raise Refused(Problem(code="form.no_rule", message=asked, field="rule"))
    return steps.set_values({f"/spec{pointer}": {"rule": rule.strip(), "message": both(message)}})
