"""Changing a source text by touching only the place meant, so that comments, order and style survive: values set and
taken out, items of lists put in, moved and copied, members renamed.

Every edit is read back and compared with what it should give; one that would say something else is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom.metadata import canonical
from loanloom.metadata.pointers import MISSING, after_insertion, child, is_index, is_list, parent, resolve, split
from loanloom.metadata.text_edit import TextEdit
from loanloom.metadata.tree import read_tree
from loanloom.problems import Problem, text


@dataclass(frozen=True, slots=True)
class Edited:
    """The text after the edit; unchanged when there are problems."""

    text: str
    problems: tuple[Problem, ...] = ()


def replace_values(source: str, values: Mapping[str, Any]) -> Edited:
    """Set each pointer to its value: replaced where something stands, else added. `/items/-` appends to a list."""
    edited = source
    for pointer, value in values.items():
        step = _applied(edited, pointer, value)
        if step.problems:
            return Edited(source, step.problems)
        edited = step.text
    return Edited(edited)


def remove_value(source: str, pointer: str) -> Edited:
    """Take a member or an item out."""
    return _applied(source, pointer, MISSING)


def insert_item(source: str, pointer: str, value: Any) -> Edited:
    """Put an item before the one at `pointer`; the pointer behind the last one, or one that ends in -, appends."""
    above, token = parent(pointer), split(pointer)[-1]
    holder = _list_at(source, above)
    if token == "-" or (is_index(token) and int(token) == len(holder)):  # noqa: S105 - the end of a list, no secret
        return replace_values(source, {child(above, "-"): value})
    if not is_index(token) or int(token) > len(holder):
        return Edited(source, (_refused(pointer),))
    index = int(token)
    return _arranged(source, above, lambda items: [*items[:index], value, *items[index:]],
                     lambda edit: edit.insert(above, index, value))  # fmt: skip


def move_item(source: str, pointer: str, to: int) -> Edited:
    """Move an item of a list to another place of it (counted as the list is afterwards), with its comments."""
    above, token = parent(pointer), split(pointer)[-1]
    count = len(_list_at(source, above))
    if not is_index(token) or not (int(token) < count and 0 <= to < count):
        return Edited(source, (_refused(pointer),))
    order = [index for index in range(count) if index != int(token)]
    order.insert(to, int(token))
    return _arranged(
        source, above, lambda items: [items[index] for index in order], lambda edit: edit.move(above, order)
    )


def copy_item(source: str, pointer: str, values: Mapping[str, Any]) -> Edited:
    """Put a copy of an item behind it; `values` (pointers into the item) are what is different in the copy."""
    above, token = parent(pointer), split(pointer)[-1]
    if not is_index(token) or int(token) >= len(_list_at(source, above)):
        return Edited(source, (_refused(pointer),))
    index = int(token)
    copied = _arranged(source, above, lambda items: [*items[: index + 1], *items[index:]],
                       lambda edit: edit.copy(above, index))  # fmt: skip
    if copied.problems:
        return copied
    changed = replace_values(copied.text, {f"{child(above, index + 1)}{inner}": one for inner, one in values.items()})
    return Edited(source, changed.problems) if changed.problems else changed


def transfer_item(source: str, pointer: str, to: str) -> Edited:
    """Move an item to another list, before the one at `to` (behind the last where that ends in -), with its comments.

    Both pointers are those of the text as it is; neither list lies within the other's item.
    """
    above, place, goal, token = parent(pointer), split(pointer)[-1], parent(to), split(to)[-1]
    mine, others = _list_at(source, above), _list_at(source, goal)
    index = len(others) if token == "-" else int(token) if is_index(token) else -1  # noqa: S105 - no secret
    inside = goal == above or goal.startswith(f"{pointer}/")
    if inside or not is_index(place) or int(place) >= len(mine) or not 0 <= index <= len(others):
        return Edited(source, (_refused(pointer),))

    def meant(whole: Any) -> Any:
        taken = _changed_below(whole, split(above), lambda items: [*items[: int(place)], *items[int(place) + 1 :]])
        return _changed_below(taken, split(goal), lambda items: [*items[:index], mine[int(place)], *items[index:]])

    moved = _done(source, pointer, meant, lambda edit: edit.transfer(pointer, goal, index))
    if not moved.problems:
        return moved
    put = insert_item(source, child(goal, index), mine[int(place)])
    return put if put.problems else remove_value(put.text, after_insertion(pointer, goal, index))


def rename_key(source: str, pointer: str, name: str) -> Edited:
    """Give a member of a mapping another name; it keeps its place."""
    above, token = parent(pointer), split(pointer)[-1]

    def renamed(holder: Any) -> Any:
        if not isinstance(holder, dict) or token not in holder or name in holder:
            return MISSING
        return {name if key == token else key: item for key, item in holder.items()}

    return _done(source, pointer, lambda value: _changed_below(value, split(above), renamed),
                 lambda edit: edit.rename(pointer, name))  # fmt: skip


def _list_at(source: str, pointer: str) -> list[Any]:
    found = resolve(read_tree(source).value, pointer)
    return list(found) if is_list(found) else []


def _arranged(
    source: str, above: str, wanted: Callable[[list[Any]], list[Any]], change: Callable[[TextEdit], str | None]
) -> Edited:
    def arranged(holder: Any) -> Any:
        return wanted(list(holder)) if is_list(holder) else MISSING

    return _done(source, above, lambda value: _changed_below(value, split(above), arranged), change)


def _changed_below(value: Any, tokens: tuple[str, ...], change: Callable[[Any], Any]) -> Any:
    """What the whole becomes when the value at a place is changed; MISSING where that cannot be."""
    if not tokens:
        return change(value)
    at = resolve(value, child("", tokens[0]))
    below = MISSING if at is MISSING else _changed_below(at, tokens[1:], change)
    if below is MISSING:
        return MISSING
    if isinstance(value, dict):
        return {**value, tokens[0]: below}
    return [*value[: int(tokens[0])], below, *value[int(tokens[0]) + 1 :]]


def _applied(source: str, pointer: str, value: Any) -> Edited:
    def change(edit: TextEdit) -> str | None:
        return edit.remove(pointer) if value is MISSING else edit.set(pointer, value)

    return _done(source, pointer, lambda whole: _change_value(whole, split(pointer), value), change)


def _done(source: str, pointer: str, meant: Callable[[Any], Any], change: Callable[[TextEdit], str | None]) -> Edited:
    """The text after a change, read back and compared with what it should say."""
    source = source.removeprefix("\ufeff")
    tree = read_tree(source)
    if tree.problems:
        return Edited(source, tree.problems)
    wanted = meant(canonical.thaw(tree.value))
    if wanted is MISSING:
        return Edited(source, (_refused(pointer),))
    result = change(TextEdit(source, tree))
    check = read_tree(result) if result is not None else None
    if check is None or check.problems or canonical.to_json(check.value) != canonical.to_json(wanted):
        return Edited(source, (_refused(pointer),))
    return Edited(result or source)


def _refused(pointer: str) -> Problem:
    return Problem(
        code="metadata.edit_refused",
        pointer=pointer,
        message=text("This place cannot be changed here.", "此处无法直接修改。"),
        hint=text("Change it in the text view.", "请在文本视图中修改。"),
    )


def _change_value(value: Any, tokens: tuple[str, ...], new: Any) -> Any:
    """What the whole value becomes; MISSING when the pointer leads nowhere."""
    if not tokens:
        return new
    token, rest = tokens[0], tokens[1:]
    if value is None and token != "-":  # noqa: S105 - a list's end, no secret
        value = {}
    if isinstance(value, dict):
        below = _change_value(value.get(token), rest, new)
        if below is MISSING and (rest or token not in value):
            return MISSING
        return {
            **{key: item for key, item in value.items() if key != token or below is not MISSING},
            **({} if below is MISSING else {token: below}),
        }
    if value is None or is_list(value):
        return _change_list(list(value or []), token, rest, new)
    return MISSING


def _change_list(items: list[Any], token: str, rest: tuple[str, ...], new: Any) -> Any:
    if token == "-":  # noqa: S105 - the end of a list, no secret
        return [*items, _change_value(None, rest, new)]
    if not is_index(token) or int(token) > len(items) - (new is MISSING):
        return MISSING
    index = int(token)
    below = _change_value(items[index] if index < len(items) else None, rest, new)
    if below is MISSING:
        return MISSING if rest else [*items[:index], *items[index + 1 :]]
    return [*items[:index], below, *items[index + 1 :]]
