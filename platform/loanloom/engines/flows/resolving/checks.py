"""What can be wrong with limits of authority before they count: days that end before they begin, rows that never
apply, and cases for which nobody at all is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from loanloom.engines.flows.resolving.authority import Authority, Measured, Row, authorities, changes, shapes
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, Text, text

FAR = date(9999, 12, 31)
_KINDS = {"products": "product", "guarantees": "guarantee", "grades": "grade"}


def check(registry: Registry) -> list[Problem]:
    """The problems of every authority table of a registry."""
    return [problem for one in registry.all("authority") for problem in _of_table(one, registry)]


@kept
def _of_table(document: Document, registry: Registry) -> tuple[Problem, ...]:
    return tuple(check_table(document, authorities(registry)[document.key], registry))


def check_table(document: Document, table: Authority, registry: Registry) -> Iterator[Problem]:
    """The problems of one table."""
    for place, row in enumerate(table.rows):
        if row.start is not None and row.end is not None and row.end < row.start:
            yield _problem(document, place, "days", "This limit ends before it begins.", "该权限的截止日早于生效日。")
        elif any(_hides(before, row) for before in table.rows[:place]):
            yield _problem(
                document, place, "hidden", "A row above fits wherever this one does, so it never counts.",
                "上方已有条件更宽的行，本行永远不会生效。", severity="warning",
            )  # fmt: skip
    gap = first_gap(document, table, registry)
    if gap is not None:
        said, chinese = _in_words(gap)
        yield _problem(
            document, None, "gap", f"On {gap.on.isoformat()} nobody has authority for {said}.",
            f"{gap.on.isoformat()} 起{chinese}无人有审批权限。",
        )  # fmt: skip


def first_gap(document: Document, table: Authority, registry: Registry) -> Measured | None:
    """The first kind of case, from the day the table may count, for which no row names anybody."""
    since = document.effective_from
    first = (
        date.fromisoformat(str(since)) if since else min((row.start for row in table.rows if row.start), default=FAR)
    )
    known = _all_named(registry)
    for case in shapes(table, changes(table, first, FAR)):
        if _left_out(case, table, known):
            continue
        if not any(row.fits(case) for row in table.rows):
            return case
    return None


def _all_named(registry: Registry) -> dict[str, frozenset[str]]:
    modes = registry.get("code_list", "guarantee_mode")
    return {
        "products": frozenset(one.key for one in registry.all("product")),
        "guarantees": frozenset(str(item["key"]) for item in modes.spec.get("items", ())) if modes else frozenset(),
        "grades": frozenset(
            str(grade["key"]) for card in registry.all("scorecard") for grade in card.spec.get("grades", ())
        ),
    }


def _left_out(case: Measured, table: Authority, known: dict[str, frozenset[str]]) -> bool:
    """Whether a case is of "any other" kind though the table names every kind there is: then there is no such case."""
    for column, field in _KINDS.items():
        named = frozenset().union(*(getattr(row, column) for row in table.rows))
        if getattr(case, field) is None and named and known[column] and known[column] <= named:
            return True
    return False


def _hides(wider: Row, narrower: Row) -> bool:
    """Whether the first row fits every holder and case that the second does."""
    holder = all(
        getattr(wider, name) in (None, getattr(narrower, name)) for name in ("role", "position", "user", "unit")
    )
    cases = all(
        not getattr(wider, name) or (getattr(narrower, name) and getattr(narrower, name) <= getattr(wider, name))
        for name in _KINDS
    )
    begins = wider.start is None or (narrower.start is not None and wider.start <= narrower.start)
    ends = wider.end is None or (narrower.end is not None and narrower.end <= wider.end)
    return holder and cases and begins and ends


def _in_words(case: Measured) -> tuple[str, str]:
    kinds = (
        ("product", "产品", case.product),
        ("guarantee", "担保方式", case.guarantee),
        ("grade", "等级", case.grade),
    )
    said = [(f"{en} {value}", f"{zh}“{value}”") for en, zh, value in kinds if value is not None]
    return ", ".join(en for en, _ in said) or "other cases", "、".join(zh for _, zh in said) or "其他业务"


def _problem(document: Document, place: int | None, code: str, en: str, zh: str, *, severity: str = "error") -> Problem:
    pointer = "/spec/rows" if place is None else f"/spec/rows/{place}"
    line, column = document.place(pointer)
    message: Text = text(en, zh)
    problem = Problem(code=f"authority.{code}", pointer=pointer, message=message, hint=_HINTS[code], severity=severity)  # type: ignore[arg-type]  # one of the two
    return problem.at(file=document.file, line=line, column=column)


_HINTS = {
    "days": text("Exchange the two days, or leave one out.", "请对调两个日期，或删去其中一个。"),
    "hidden": text("Put it above the wider row, or remove it.", "请将本行移到更宽的行之前，或删除。"),
    "gap": text(
        "Add a row without conditions at the end, or one for these cases and days.",
        "请在末尾增加不限条件的行，或补充对应业务与日期的行。",
    ),
}
