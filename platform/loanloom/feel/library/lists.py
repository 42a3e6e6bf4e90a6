"""Functions over lists and contexts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from ..problems import Fault
from ..running import operations
from ..running.budget import Budget, checked_list, pay_all
from ..running.values import compare, kind_of, same
from .signatures import Library

LISTS = Library()
declare = LISTS.declare
_HASHABLE = ("number", "string", "boolean", "date")


@declare("list contains", "list: list<T>, element: T? -> boolean", budget=True)
def _contains(budget: Budget | None, items: Sequence[Any], element: Any) -> bool:
    _pay_for_comparing(budget, items, element)
    return any(same(one, element) for one in items)


@declare("all", "list: list<boolean> -> boolean?", "b...: boolean? -> boolean?")
def _all(items: Sequence[Any]) -> bool | None:
    if any(one is False for one in items):
        return False
    return None if any(one is None for one in items) else True


@declare("any", "list: list<boolean> -> boolean?", "b...: boolean? -> boolean?")
def _any(items: Sequence[Any]) -> bool | None:
    if any(one is True for one in items):
        return True
    return None if any(one is None for one in items) else False


@declare("sublist", "list: list<T>, start position: number, length?: number -> list<T>")
def _sublist(items: Sequence[Any], start: Decimal, length: Decimal | None = None) -> list[Any]:
    if start == 0 or abs(start) > len(items) or (length is not None and length < 1):
        raise _outside()
    begin = int(start) - 1 if start > 0 else len(items) + int(start)
    return list(items[begin:] if length is None else items[begin : begin + min(int(length), len(items))])


def _outside() -> Fault:
    return Fault("feel.arguments", "The position lies outside the list.", "位置超出列表。")


@declare("append", "list: list<T>, item...: T? -> list<T>")
def _append(items: Sequence[Any], added: Sequence[Any]) -> list[Any]:
    return checked_list([*items, *added])


@declare("concatenate", "list...: list<T> -> list<T>")
def _concatenate(lists: Sequence[Sequence[Any]]) -> Any:
    return None if any(one is None for one in lists) else _chained(lists)


def _chained(lists: Sequence[Sequence[Any]]) -> list[Any]:
    result: list[Any] = []
    for one in lists:
        checked_list(result).extend(one)
    return checked_list(result)


def _place(items: Sequence[Any], position: Decimal) -> int:
    if position == 0 or abs(position) > len(items) or position != int(position):
        raise _outside()
    return int(position) - 1 if position > 0 else len(items) + int(position)


@declare("insert before", "list: list<T>, position: number, newItem: T? -> list<T>")
def _insert(items: Sequence[Any], position: Decimal, item: Any) -> list[Any]:
    place = _place(items, position)
    return checked_list([*items[:place], item, *items[place:]])


@declare("remove", "list: list<T>, position: number -> list<T>")
def _remove(items: Sequence[Any], position: Decimal) -> list[Any]:
    place = _place(items, position)
    return [*items[:place], *items[place + 1 :]]


@declare("list replace", "list: list<T>, position: number, newItem: T? -> list<T>")
def _replace(items: Sequence[Any], position: Decimal, item: Any) -> list[Any]:
    place = _place(items, position)
    return [*items[:place], item, *items[place + 1 :]]


@declare("list replace", "list: list<T>, match: function, newItem: T? -> list<T>", budget=True)
def _replace_matching(budget: Budget, items: Sequence[Any], match: Any, item: Any) -> list[Any]:
    result = []
    for one in items:
        found = operations.call(match, [one, item], budget)
        if not isinstance(found, bool):
            raise Fault("feel.wrong_type", "The function must give true or false.", "该函数应返回是或否。")
        result.append(item if found else one)
    return result


@declare("reverse", "list: list<T> -> list<T>")
def _reverse(items: Sequence[Any]) -> list[Any]:
    return list(reversed(items))


def _pay_for_comparing(budget: Budget | None, items: Sequence[Any], value: Any) -> None:
    if budget is not None and kind_of(value) in ("list", "context"):
        pay_all(budget, items)


@declare("index of", "list: list<T>, match: T? -> list<number>", budget=True)
def _index_of(budget: Budget | None, items: Sequence[Any], match: Any) -> list[Decimal]:
    _pay_for_comparing(budget, items, match)
    return [Decimal(place) for place, one in enumerate(items, 1) if same(one, match)]


@declare("distinct values", "list: list<T> -> list<T>", budget=True)
def _distinct(budget: Budget, items: Sequence[Any]) -> list[Any]:
    result: list[Any] = []
    seen: set[tuple[str, Any]] = set()
    for one in items:
        kind = kind_of(one)
        if kind in _HASHABLE:
            if (kind, one) in seen:
                continue
            seen.add((kind, one))
        else:
            budget.spend(len(result) * (1 + pay_all(budget, one)))
            if any(same(one, other) for other in result):
                continue
        result.append(one)
    return result


@declare("union", "list...: list<T> -> list<T>", budget=True)
def _union(budget: Budget, lists: Sequence[Sequence[Any]]) -> Any:
    return None if any(one is None for one in lists) else _distinct(budget, _chained(lists))


@declare("duplicate values", "list: list<T> -> list<T>", budget=True)
def _duplicates(budget: Budget, items: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    seen: list[Any] = []
    for one in items:
        budget.spend(len(seen) * (1 + pay_all(budget, one)))
        (found if any(same(one, other) for other in seen) else seen).append(one)
    return _distinct(budget, found)


@declare("flatten", "list: list -> list", budget=True)
def _flatten(budget: Budget, items: Sequence[Any]) -> list[Any]:
    result: list[Any] = []
    todo = [iter(items)]
    while todo:
        for one in todo[-1]:
            budget.spend()
            if kind_of(one) == "list":
                todo.append(iter(one))
                break
            checked_list(result).append(one)
        else:
            todo.pop()
    return result


@declare("sort", "list: list<C> -> list<C>?", budget=True)
def _sort(budget: Budget, items: Sequence[Any]) -> Any:
    kinds = {kind_of(one) for one in items}
    if "Null" in kinds:
        return None
    if kinds <= {"number"} or kinds <= {"string"} or kinds <= {"date"}:
        return sorted(items)
    budget.spend(len(items) * len(items).bit_length())
    return sorted(items, key=cmp_to_key(lambda one, other: compare(one, other) or 0))


@declare("sort", "list: list<T>, precedes: function -> list<T>", budget=True)
def _sort_by(budget: Budget, items: Sequence[Any], precedes: Any) -> list[Any]:
    def order(first: Any, second: Any) -> int:
        if operations.call(precedes, [first, second], budget) is True:
            return -1
        return 1 if operations.call(precedes, [second, first], budget) is True else 0

    ordered: list[Any] = sorted(items, key=cmp_to_key(order))
    return ordered


@declare("get value", "m: context, key: string -> Any")
def _get_value(entries: Any, key: str) -> Any:
    return entries.get(key)


@declare("get value", "context: context, keys: list<string> -> Any")
def _get_value_path(entries: Any, keys: Sequence[str]) -> Any:
    value = entries
    for key in keys:
        if kind_of(value) != "context":
            return None
        value = value.get(key)
    return value if keys else None


@declare("get entries", "m: context -> list<Any>")
def _get_entries(entries: Any) -> list[Any]:
    return [{"key": key, "value": value} for key, value in entries.items()]


@declare("context", "entries: list<context> -> context")
def _context(entries: Sequence[Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for one in entries:
        if one is None or not isinstance(one.get("key"), str) or "value" not in one or one["key"] in result:
            raise Fault(
                "feel.arguments",
                "Each entry needs a `key` of its own and a `value`.",
                "每一项都需要不重复的 key 和 value。",
            )
        result[one["key"]] = one["value"]
    return result


@declare("context put", "context: context, key: string, value: Any? -> context")
def _put(entries: Any, key: str, value: Any) -> dict[str, Any]:
    return {**entries, key: value}


@declare("context put", "context: context, keys: list<string>, value: Any? -> context")
def _put_path(entries: Any, keys: Sequence[str], value: Any) -> dict[str, Any]:
    if not keys or len(keys) > 50 or keys[0] is None:
        raise Fault("feel.arguments", "The path of keys is empty.", "键路径为空。")
    if len(keys) == 1:
        return {**entries, keys[0]: value}
    inner = entries.get(keys[0])
    if kind_of(inner) != "context":
        raise Fault("feel.arguments", f"There is no context under `{keys[0]}`.", f"“{keys[0]}”下没有记录。")
    return {**entries, keys[0]: _put_path(inner, keys[1:], value)}


@declare("context merge", "contexts: list<context> -> context")
def _merge(contexts: Sequence[Any]) -> Any:
    result: dict[str, Any] = {}
    for one in contexts:
        if one is None:
            return None
        result.update(one)
    return result
