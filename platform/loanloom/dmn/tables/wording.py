"""The sentences of the analysis, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from loanloom.dmn.tables.compiled import Column
from loanloom.feel import to_text
from loanloom.feel import tree as t
from loanloom.feel.problems import Words, words

Said = tuple[Words, Words | None]


def zh(one: Words) -> str:
    """The Chinese words, or what there is."""
    return one.get("zh") or one["en"]


def in_both(given: Words) -> Words:
    """Words as somebody gave them, perhaps in one language alone, for sentences in both."""
    known = given.get("en") or next((said for said in given.values() if said), "")
    return {**given, "en": known, "zh": given.get("zh") or known}


def listed(names: Sequence[Words]) -> Words:
    """Names in a row, the first ten of them."""
    more = ["..."] if len(names) > 10 else []
    return words(
        ", ".join([*(one["en"] for one in names[:10]), *more]), "、".join([*(zh(one) for one in names[:10]), *more])
    )


def example(named: Sequence[tuple[Column, Any]], labels: Mapping[str, Words]) -> Words:
    """Columns with their values: "amount 50,000, grade B"."""
    pairs = [(column.title, value_in_words(column, value, labels)) for column, value in named]
    return words(
        ", ".join(f"{title['en']} {value['en']}" for title, value in pairs),
        "，".join(f"{zh(title)} {zh(value)}" for title, value in pairs),
    )


def value_in_words(column: Column, value: Any, labels: Mapping[str, Words]) -> Words:
    """A value as people read it: thousands parted, its currency, a code by its label."""
    if value is None:
        return words("not given", "未填写")
    if isinstance(value, bool):
        return words("yes", "是") if value else words("no", "否")
    if isinstance(value, Decimal):
        unit = f" {column.type.unit}" if column.type.unit else ""
        return words(f"{value:,f}{unit}", f"{value:,f}{unit}")
    tree = column.program.tree
    if isinstance(value, str) and isinstance(tree, t.Input):
        label = labels.get(f"{'.'.join(tree.path)}={value}")
        if label is not None:
            return in_both(label)
    said = to_text(value, quoted=True)[:60]
    return words(said, said)


def gap(shown: Words) -> Said:
    """No row applies."""
    if not shown["en"]:
        return words("No row ever applies.", "没有任何行会命中。"), None
    return (
        words(f"No row applies to: {shown['en']}.", f"以下情况没有行命中：{zh(shown)}。"),
        words(
            "Add a row for it, or state under `otherwise` what stands then.",
            "请补充一行，或用 otherwise 写明其余情况的结果。",
        ),
    )


def overlap(kind: str, names: tuple[Words, Words], shown: Words) -> Said:
    """Two rows that apply together."""
    one, other = names
    both, both_zh = f"{one['en']} and {other['en']}", f"{zh(one)}与{zh(other)}"
    at, at_zh = (f": {shown['en']}", f"：{zh(shown)}") if shown["en"] else ("", "")
    if kind == "overlap":
        return (
            words(
                f"Both {both} apply, but only one may{at}.",
                f"{both_zh}可能同时命中，但只允许一条{at_zh}。",
            ),
            words("Make their tests exclude one another.", "请使条件互斥。"),
        )
    return (
        words(
            f"Both {both} apply and give different results{at}.",
            f"{both_zh}可能同时命中且结果不同{at_zh}。",
        ),
        words("Let them agree, or make their tests exclude one another.", "请使结果一致，或使条件互斥。"),
    )


def masked(kind: str, row: Words, others: Sequence[Words]) -> Said:
    """A row that never counts."""
    names = listed(others)
    hint = words("Move it up or take it out.", "请上移或删除。")
    if kind == "outranked":
        return (
            words(
                f"{row['en']} never counts: rows of higher priority take all its cases ({names['en']}).",
                f"{zh(row)}永远不会起作用：优先级更高的行已覆盖其所有情况（{zh(names)}）。",
            ),
            words("Raise its result or take it out.", "请提高其结果的优先级或删除。"),
        )
    take = "takes" if len(others) == 1 else "take"
    return (
        words(
            f"{row['en']} is never reached: {names['en']} {take} all its cases.",
            f"{zh(row)}永远不会命中：{zh(names)}已覆盖其所有情况。",
        ),
        hint,
    )


def idle(kind: str, row: Words, column: Words) -> Words:
    """A row that can never apply."""
    if kind == "never":
        return words(
            f"{row['en']} can never apply: its test of {column['en']} holds for no value.",
            f"{zh(row)}永远不会命中：“{zh(column)}”的条件不可能成立。",
        )
    return words(
        f"{row['en']} can never apply: its test of {column['en']} holds for no value that may come.",
        f"{zh(row)}永远不会命中：“{zh(column)}”不会取到符合条件的值。",
    )


def too_large() -> Words:
    """The budget is used up."""
    return words("The table is too large to be analysed in full.", "决策表过大，未能完整分析。")


def allowed_unknown() -> Words:
    """Allowed values that depend on facts."""
    return words(
        "The allowed values of an input depend on other facts; gaps were not looked for.",
        "输入的允许取值取决于其他数据，未检查遗漏。",
    )


def unsure(rows: Sequence[Words]) -> Words:
    """Rows with tests over other facts."""
    names = listed(rows)
    return words(
        f"Not analysed in full: tests of {names['en']} depend on other facts.",
        f"未能完整分析：{zh(names)}的条件取决于其他数据。",
    )
