"""A form as somebody would see it: as a role, at a step, with a real case or with answers made up. Reads only.

The one evaluator settles and judges it, as on every page; nothing that is typed is kept. Of a real case nobody sees
more than the live form shows them, and nothing that is kept encrypted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from loanloom.engines import flows, forms
from loanloom.engines.forms.model import ROW_ENTITIES
from loanloom.metadata import canonical
from loanloom.metadata.document import Document
from loanloom.metadata.field_types import empty
from loanloom.metadata.registry import Registry
from loanloom.metadata.uses import references_of
from loanloom.problems import Problem, Text
from loanloom.services import facts
from loanloom.services.context import Context
from loanloom.services.definitions import compiled
from loanloom.services.definitions.catalogue import Page
from loanloom.services.definitions.designing import sampling
from loanloom.services.errors import Forbidden, NotFound, Refused

NOBODY = ("-",)
"""A role that no rule of a form names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """As whom, at which step, with which case one wants to see a form."""

    role: str = ""
    node: str = ""
    case: str = ""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A flow in which the form is met, with its steps."""

    title: Text
    nodes: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Scene:
    """The form ready to be described; `form` is None where it cannot be compiled yet, `problems` say why not."""

    form: forms.Form | None
    facts: Mapping[str, Any]
    roles: tuple[str, ...]
    node: str | None
    problems: tuple[Problem, ...] = ()
    not_taken: tuple[Problem, ...] = ()

    def view(
        self, raw: Mapping[str, Any] | None = None, telling: forms.Telling = "none", *, read_only: bool = False
    ) -> forms.FormView | None:
        """The form as it is drawn now."""
        if self.form is None:
            return None
        return forms.describe(
            self.form, self.facts, self.roles, self.node, raw=raw, telling=telling, read_only=read_only
        )


def roles(registry: Registry) -> Mapping[str, Text]:
    """Everybody whom a form may be shown to."""
    return {one.key: one.title for one in registry.all("role")}


def stages(document: Document, registry: Registry) -> tuple[Stage, ...]:
    """The flows that meet the form: those with a step that fills it in, and those of products that ask with it."""
    found: dict[str, Document] = {}
    for use in registry.used_by("form", document.key):
        user = registry.get(use.kind, use.key)
        if user is None:
            continue
        for (kind, key), _ in references_of(user, registry.kinds.require(use.kind)):
            flow = registry.get("flow", key) if kind == "flow" else None
            if flow is not None:
                found[key] = flow
        if use.kind == "flow":
            found[use.key] = user
    listed = tuple(Stage(one.title, _nodes(one)) for _, one in sorted(found.items()))
    named = {node for stage in listed for node in stage.nodes}
    others = {str(one["node"]) for one in document.spec.get("access", ()) if "node" in one} - named
    return (*listed, *((Stage({}, {one: {"en": one, "zh": one} for one in sorted(others)}),) if others else ()))


def _nodes(flow: Document) -> Mapping[str, Text]:
    people = [one for one in flow.spec["nodes"] if one.get("type") not in ("start", "end")]
    return {str(one["key"]): one.get("title") or {"en": one["key"], "zh": one["key"]} for one in people}


def scene(ctx: Context, page: Page, asked: Asked) -> Scene:
    """What is asked for."""
    ctx.require("definition.read")
    assert page.shown is not None, "asked only where it can be read"
    registry, wanted = page.registry, (asked.role,) if asked.role in roles(page.registry) else NOBODY
    compiled_form = forms.compile_form(without_empty(page.shown), registry)
    product = _product(page.shown, registry)
    known, not_taken = empty_facts(ctx, page.shown, registry, product), tuple[Problem, ...]()
    form = compiled_form.form
    if form is None:
        return Scene(None, known, wanted, asked.node or None, compiled_form.problems)
    form = _at_step(_narrowed(form, registry, product), page.shown, registry, wanted, asked.node)
    if asked.case:
        try:
            known = {**known, **sampling.of_number(ctx, page.shown, registry, asked.case, _mine(ctx, form))}
        except (Refused, NotFound, Forbidden):
            not_taken = (sampling.unknown(asked.case),)
    elif asked.sample:
        known = {**known, **sampling.made_up(form, registry, ctx.business_date)}
    return Scene(form, known, wanted, asked.node or None, (), not_taken)


def _mine(ctx: Context, form: forms.Form) -> Mapping[str, forms.Mode]:
    """What the viewer may see by the live form; by the draft where there is none live."""
    live = ctx.registry.get("form", form.key)
    found = forms.compile_form(live, ctx.registry).form if live is not None else None
    return forms.modes(found or form, ctx.actor.roles or NOBODY, None)


def without_empty(document: Document) -> Document:
    """The form without sections that ask for nothing yet, which could not go live."""
    spec = canonical.thaw(document.spec)
    kept = [one for one in spec["sections"] if one["fields"]] or spec["sections"]
    return replace(document, spec=canonical.freeze({**spec, "sections": kept}))


def _product(document: Document, registry: Registry) -> str | None:
    """A product that asks with this form."""
    used = (use.key for use in registry.used_by("form", document.key) if use.kind == "product")
    return next(used, None)


def _narrowed(form: forms.Form, registry: Registry, product: str | None) -> forms.Form:
    if product is None:
        return form
    try:
        sold = compiled.offer(registry, product)
    except Refused:
        return form
    taken = {"application.guarantee_mode": sold.guarantee_modes, "application.method": sold.methods}
    return forms.narrowed(form, taken)


def _at_step(form: forms.Form, document: Document, registry: Registry, who: tuple[str, ...], node: str) -> forms.Form:
    """A step that fills the form in lets change only what it says."""
    for flow in registry.all("flow"):
        for one in flow.spec["nodes"]:
            if one["key"] == node and one.get("form") == document.key and one.get("may_change"):
                record = str(document.spec["record"])
                names = {path.replace(f"{flows.REQUEST}.", f"{record}.", 1) for path in one["may_change"]}
                shut = {each.path for each in forms.writable(form, who, node)} - names
                reading = forms.Access(roles=frozenset(who), mode="read", node=node, paths=frozenset(shut))
                return replace(form, access=(*form.access, reading))
    return form


def empty_facts(ctx: Context, document: Document, registry: Registry, product: str | None) -> dict[str, Any]:
    """What the rules of the form see before anybody has answered: every declared field with nothing in it."""
    record = str(document.spec["record"])
    known: dict[str, Any] = {"company": facts.of_company(ctx, registry), "as_of": ctx.business_date}
    known |= {one: [] for one in ROW_ENTITIES}
    for one in dict.fromkeys(("customer", "application", record)):
        known[one] = {field.key: empty(field.shape) for field in registry.entity_fields(one)}
    known[flows.REQUEST] = known[record]
    if product is not None:
        known |= dict(_of_product(registry, product))
    return known


def _of_product(registry: Registry, product: str) -> Iterator[tuple[str, Any]]:
    try:
        yield "product", facts.of_product(registry, product)
    except Refused:
        return
