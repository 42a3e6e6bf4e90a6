"""A renaming in the studio: planned over what is live with all drafts, kept as drafts in one transaction."""

from __future__ import annotations

import hashlib

from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, errors, text
from loanloom.services.context import Context
from loanloom.services.definitions import renaming, working
from loanloom.services.definitions.releases import drafts
from loanloom.services.definitions.renaming import Renaming
from loanloom.services.errors import Conflict, Refused

WHAT = ("field", "code", "indicator")


def plan(ctx: Context, what: str, old: str, new: str, code_list: str = "") -> Renaming:
    """What would change; nothing is written."""
    ctx.require("definition.read")
    registry = working.registry_of(ctx)
    if what == "code":
        return renaming.code(registry, code_list, old, new)
    if what == "indicator":
        return renaming.indicator(registry, old, new)
    if what == "field":
        return renaming.field(registry, old, new)
    raise Refused(Problem(code="rename.what", message=text("Rename what?", "要改名的是什么？"), field="what"))


def digest(found: Renaming) -> str:
    """What a person has seen and agrees to."""
    whole = "\0".join(f"{one.identity}\0{one.before}\0{one.after}" for one in found.documents)
    return hashlib.sha256(whole.encode()).hexdigest()


def carry_out(ctx: Context, what: str, old: str, new: str, seen: str, code_list: str = "") -> Renaming:
    """Keep every text of the plan as a draft; refused where the definitions moved since it was shown."""
    ctx.require("definition.edit")
    found = plan(ctx, what, old, new, code_list)
    if errors(found.problems):
        raise Refused(found.problems)
    if digest(found) != seen:
        raise Conflict(_moved())
    texts = {(one.identity[0], one.key or one.identity[1]): one.after for one in found.documents}
    drafts.save_together(ctx, texts, found.retired)
    return found


def candidates(registry: Registry, what: str, code_list: str = "") -> tuple[str, ...]:
    """What can be renamed: the company's own fields, codes or indicators."""
    if what == "indicator":
        return tuple(one.key for one in registry.all("indicator"))
    if what == "code":
        own = registry.get("code_list", code_list)
        return tuple(str(one["key"]) for one in own.spec["items"]) if own is not None else ()
    return renaming.own_fields(registry)


def _moved() -> Problem:
    return Problem(
        code="rename.moved",
        message=text("The definitions have changed since this was shown.", "显示之后配置已有变化。"),
        hint=text("Look at the changes again.", "请重新查看变更。"),
    )
