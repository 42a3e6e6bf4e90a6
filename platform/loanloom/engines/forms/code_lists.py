"""What must hold of code lists with levels and of look-ups: parents that exist, no circle, not too deep. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loanloom.engines.forms.types.levels import INPUTS
from loanloom.metadata.document import Document
from loanloom.metadata.fields import field_from
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, text

TARGETS = ("customer", "party", "application", "contract", "loan", "user", "department")
"""What a look-up may name besides the records that entity documents declare."""


def check(registry: Registry) -> Iterator[Problem]:
    """Everything wrong with levels and look-ups."""
    for document in registry.all("code_list"):
        yield from _levels(document)
    for document in registry.all("entity"):
        yield from _targets(document, registry)


def _levels(document: Document) -> Iterator[Problem]:
    parents: Mapping[str, str | None] = {str(item["key"]): item.get("parent") for item in document.spec["items"]}
    for at, item in enumerate(document.spec["items"]):
        pointer = f"/items/{at}/parent"
        key, above = str(item["key"]), item.get("parent")
        if above is None:
            continue
        if above not in parents:
            yield document.problem(
                "code_list.unknown_parent",
                text(f"There is no code “{above}”.", f"没有代码“{above}”。"),
                pointer,
                hint=nearest_hint(above, parents),
            )
            continue
        way = [key]
        while above is not None and above not in way:
            way.append(above)
            above = parents.get(above)
        if above == key:
            yield document.problem(
                "code_list.circle",
                text(f"“{key}” lies below itself.", f"“{key}”的上级代码形成循环。"),
                pointer,
            )
        elif above is None and len(way) > len(INPUTS):
            yield document.problem(
                "code_list.too_deep",
                text(f"At most {len(INPUTS)} levels.", f"最多{len(INPUTS)}级。"),
                pointer,
            )


def _targets(document: Document, registry: Registry) -> Iterator[Problem]:
    known = (*TARGETS, *(one for one in registry.records if one not in TARGETS))
    for at, declared in enumerate(document.spec["fields"]):
        field = field_from(declared, added=registry.kinds.field_types)
        if field.target is not None and field.target not in known:
            yield document.problem(
                "entity.unknown_target",
                text(f"Nothing is called “{field.target}” here.", f"没有名为“{field.target}”的对象。"),
                f"/fields/{at}/target",
                hint=nearest_hint(field.target, known),
            )
