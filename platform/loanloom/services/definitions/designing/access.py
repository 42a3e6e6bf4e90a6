"""Who may see and fill in what of a form, as a grid: roles beside its sections and fields, at all steps or at one.

What one sets holds exactly where one set it, whatever earlier rules said; rules that no longer decide anything go. The
form's rules stay the only truth: the grid is worked out from them by the engine, and changed rules are tried by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

from loanloom.engines import forms
from loanloom.engines.forms.access import worked_out
from loanloom.metadata import canonical, steps
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.metadata.steps import Step
from loanloom.problems import Problem, Text, text
from loanloom.services.definitions.arranging import GONE
from loanloom.services.definitions.designing.previewing import without_empty
from loanloom.services.errors import Refused

MODES: tuple[forms.Mode, ...] = get_args(forms.Mode)
Rule = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the grid: the whole form, a section or a field, with what each role may do there; None where that
    differs within it."""

    target: str
    title: Text
    depth: int
    modes: Mapping[str, forms.Mode | None]


def grid(document: Document, registry: Registry, roles: Sequence[str], node: str | None) -> tuple[Line, ...]:
    """Every part of the form with what these roles may do at a step (None: at all steps that have no rule of their
    own)."""
    form = _compiled(document, registry)
    may = {role: worked_out(form, (role,), node) for role in roles}

    def line(target: str, title: Text, depth: int, paths: Iterable[str]) -> Line:
        among = list(paths)
        found = {role: {may[role][path] for path in among} for role in roles}
        return Line(target, title, depth, {one: next(iter(m)) if len(m) == 1 else None for one, m in found.items()})

    lines = [line("", text("Whole form", "整张表单"), 0, form.by_path)]
    for section in form.sections:
        lines.append(line(f"s:{section.key}", section.title, 1, (one.path for one in section.fields)))
        lines += [line(f"f:{one.path}", one.title, 2, (one.path,)) for one in section.fields]
    return tuple(lines)


def named(document: Document) -> frozenset[str]:
    """The roles that the form's rules name."""
    return frozenset(role for one in document.spec.get("access", ()) for role in one["roles"])


def step(document: Document, registry: Registry, role: str, node: str | None, target: str, mode: str) -> Step:
    """What a role may do at a part of the form, from now on."""
    form = _compiled(document, registry)
    if mode not in MODES or registry.get("role", role) is None:
        raise Refused(GONE)
    rule: Rule = {"roles": [role]} | ({"node": node} if node else {}) | _scope(form, target) | {"mode": mode}
    old: list[Rule] = list(canonical.thaw(document.spec.get("access", ())))
    return _written(old, _tidied(form, [*old, rule], role))


def _scope(form: forms.Form, target: str) -> Rule:
    kind, _, name = target.partition(":")
    if not target:
        return {}
    if kind == "s" and name in {one.key for one in form.sections}:
        return {"sections": [name]}
    if kind == "f" and name in form.by_path:
        return {"fields": [name]}
    raise Refused(GONE)


def _tidied(form: forms.Form, rules: list[Rule], role: str) -> list[Rule]:
    """The rules without what decides nothing any more for this role, the new one joined to one of its like."""
    wanted = _decided(form, rules)
    kept = [dict(one) for one in rules]
    for at in (*range(len(kept) - 1), *range(len(kept) - 1, -1, -1)):
        if role in kept[at]["roles"]:
            without = {**kept[at], "roles": [one for one in kept[at]["roles"] if one != role]}
            tried = [*kept[:at], without, *kept[at + 1 :]]
            if _decided(form, tried) == wanted:
                kept = tried
    for at, one in enumerate(kept[:-1]):
        alike = {**one, "roles": 0} == {**kept[-1], "roles": 0}
        tried = [*kept[:at], {**one, "roles": [*one["roles"], role]}, *kept[at + 1 : -1]]
        if alike and kept[-1]["roles"] == [role] and role not in one["roles"] and _decided(form, tried) == wanted:
            return [each for each in tried if each["roles"]]
    return [one for one in kept if one["roles"]]


def _decided(form: forms.Form, rules: Sequence[Rule]) -> dict[tuple[str, str | None], Mapping[str, forms.Mode]]:
    """What every role that is named may do at every step that is named, and at the others."""
    compiled = tuple(_access(form, one) for one in rules if one["roles"])
    tried = replace(form, access=compiled)
    roles = {role for one in (*form.access, *compiled) for role in one.roles}
    nodes = {one.node for one in (*form.access, *compiled)} | {None}
    return {(role, node): worked_out(tried, (role,), node) for role in roles for node in nodes}


def _access(form: forms.Form, rule: Rule) -> forms.Access:
    within = {one.key: one for one in form.sections}
    paths = {path for key in rule.get("sections", ()) if key in within for path in _paths(within[key].fields)}
    paths |= set(rule.get("fields", ()))
    limited = "sections" in rule or "fields" in rule
    return forms.Access(frozenset(rule["roles"]), rule["mode"], rule.get("node"), frozenset(paths) if limited else None)


def _paths(fields: Iterable[forms.FormField]) -> Iterable[str]:
    for one in fields:
        yield one.path
        yield from (f"{one.path}.{column.path}" for column in (one.group.columns if one.group else ()))


def _written(old: list[Rule], new: list[Rule]) -> Step:
    """The least change of the text: rules that stay are left alone, with their comments."""
    if not new:
        return steps.remove("/spec/access") if old else steps.in_turn()
    changes: list[Step] = []
    place, rest = 0, list(new)
    gone: list[int] = []
    for at, one in enumerate(old):
        like = next((each for each in rest if _same_but_roles(one, each)), None)
        if like is None:
            gone.append(at)
            continue
        rest.remove(like)
        place += 1
        if like["roles"] != one["roles"]:
            changes.append(steps.set_values({f"/spec/access/{at}/roles": like["roles"]}))
    changes += [steps.remove(f"/spec/access/{at}") for at in reversed(gone)]
    changes += [steps.add_item("/spec/access/-", one) for one in rest]
    return steps.in_turn(*changes)


def _same_but_roles(one: Rule, other: Rule) -> bool:
    return {**one, "roles": 0} == {**other, "roles": 0} and bool(set(one["roles"]) & set(other["roles"]))


def _compiled(document: Document, registry: Registry) -> forms.Form:
    found = forms.compile_form(without_empty(document), registry)
    if found.form is None:
        message = text("The form has mistakes that must be mended first.", "请先修正表单中的问题。")
        raise Refused(found.problems or (Problem(code="form.broken", message=message),))
    return found.form
