"""Checks of names, entries and filters: what the words of a text stand for. Runs nothing."""

from __future__ import annotations

from dataclasses import replace

from .. import tree as t
from ..problems import did_you_mean
from ..text import syntax as s
from ..types import ANY, BOOLEAN, Type, dotted_names, dynamic, fits, list_of, named, optional, required
from .blame import unfit
from .calls import Calls
from .narrowing import certain
from .rules import member_type
from .scope import member_of, origin_of, settled_for


class Paths(Calls):
    """What the checker knows about names."""

    def name(self, node: s.Name) -> t.Node:
        found = self.scope.resolve(node.name, node)
        if found is not None:
            return self.scope.narrowed(found)
        if not self.strict and (function := self.builtin_named(node)) is not None:
            return function
        if self.library.get(node.name) is not None:
            return self.wrong(
                "feel.function_without_brackets",
                f"`{node.name}` is a function and needs brackets.",
                f"“{node.name}”是函数，需要加括号。",
                node,
            )
        known = [*self.scope.names(), *dotted_names(self.scope.facts)]
        return self.wrong(
            "feel.unknown_name",
            f"There is no `{node.name}` here.",
            f"此处没有“{node.name}”。",
            node,
            did_you_mean(node.name, known),
        )

    def input_mark(self, node: s.InputMark) -> t.Node:
        if self.scope.tested is None:
            return self.wrong("feel.no_input", "`?` has a meaning only inside a test.", "“?”只能用在检验条件中。", node)
        return self.scope.narrowed(self.scope.tested)

    def member(self, node: s.Member) -> t.Node:
        base = self.look(node.base)
        kind = base.type.kind
        if kind == "Null" or dynamic(base.type):
            return t.Member(base, node.name, type=ANY, syntax=node)
        item = base.type.item if kind == "list" else base.type
        if item is None or dynamic(item):
            return t.Member(base, node.name, type=list_of(ANY), syntax=node)
        type_ = member_type(item, node.name)
        if type_ is None:
            english, chinese = named(item)
            where = origin_of(base)
            en, zh = (f"`{where}`", f"“{where}”") if where else (english[:1].upper() + english[1:], chinese)
            return self.wrong(
                "feel.unknown_member",
                f"{en} has no `{node.name}`.",
                f"{zh}没有“{node.name}”。",
                replace(node, start=max(node.end - len(node.name), node.start)),
                did_you_mean(node.name, item.members),
                base=base,
            )
        if kind == "list":
            base, origin = settled_for(base, node.name), origin_of(base)
            listed = Type("list", nullable=base.type.nullable, item=optional(type_) if item.nullable else type_)
            return t.Member(base, node.name, f"{origin}.{node.name}" if origin else None, type=listed, syntax=node)
        return self.scope.narrowed(member_of(base, node.name, type_, node))

    def filter(self, node: s.Filter) -> t.Node:
        base = self.check(node.base)
        item_type = self._item(base, node)
        item = self.scope.local("item", item_type, node, origin_of(base))
        self.scope.bind_item(item)
        condition = self.check(node.condition)
        self.scope.release()
        kind = condition.type.kind
        if kind == "number" and not _uses(condition, item):
            return t.Index(base, condition, type=optional(item_type), syntax=node)
        if fits(condition.type, BOOLEAN) == "no" and (kind != "number" or self.strict):
            english, chinese = named(condition.type)
            self.report(
                "feel.not_a_condition",
                f"A filter is a condition or an index, not {english}.",
                f"筛选应为条件或序号，而不是{chinese}。",
                unfit(condition, BOOLEAN).syntax,
            )
        found = Type("list", nullable=base.type.nullable, item=_kept(condition, item))
        return t.Filter(base, item, condition, type=found if kind == "boolean" else ANY, syntax=node)

    def _item(self, base: t.Node, node: s.Filter) -> Type:
        """What is filtered: the items of a list; in standard mode also a single value."""
        if base.type.kind == "list":
            return base.type.item or ANY
        if base.type.kind == "Null" or dynamic(base.type):
            return ANY
        english, chinese = named(base.type)
        en, zh = f"Only a list can be filtered, this is {english}.", f"只有列表可以筛选，此处为{chinese}。"
        self.report("feel.not_a_list", en, zh, base.syntax)
        return required(base.type)


def _kept(condition: t.Node, item: t.Local) -> Type:
    """The items that a filter keeps: what its condition asks for is there in each of them."""
    there = certain(condition, "true")
    type_ = required(item.type) if (item.slot,) in there else item.type
    if type_.kind != "context":
        return type_
    fields = tuple((name, required(one) if (item.slot, name) in there else one) for name, one in type_.fields)
    return replace(type_, fields=fields)


def _uses(node: t.Node, local: t.Local) -> bool:
    return any(isinstance(one, t.Local) and one.slot == local.slot for one in t.walk(node))
