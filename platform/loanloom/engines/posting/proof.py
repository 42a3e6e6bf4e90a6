"""The proof that posting rules keep the books, whatever happens: done once, when they are read.

A rule's amounts are whole multiples of the event's (`linear`), so it balances always if it balances for one unit of
each amount, under every combination of facts that its lines tell apart. Nothing is tried out: it is counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from loanloom.core.ledger.accounts import Chart
from loanloom.engines.posting.events import ACCOUNTING, AMOUNTS, SUMMED, UNCOUNTED
from loanloom.engines.posting.rules import Facts, RuleLine
from loanloom.metadata.document import Document
from loanloom.problems import Problem, text

OTHER = "·"
"""Stands for every value of a fact that no line names."""

Unit = dict[str, int]


def unit(event: str, part: str) -> Unit:
    """One unit of a part, and of the sum that holds it."""
    counted = event in SUMMED and part not in UNCOUNTED
    return {part: 1, **({"amount": 1} if counted else {})}


def combinations(lines: Sequence[RuleLine]) -> Iterator[Facts]:
    """Every combination of facts that the lines of a rule tell apart."""
    values: dict[str, set[str]] = {}
    for line in lines:
        for side in (line.when, line.unless):
            for name, listed in side.items():
                values.setdefault(name, set()).update(listed)
    fixed = {name: ACCOUNTING if name == "accounting" else (*sorted(found), OTHER) for name, found in values.items()}
    for combined in product(*fixed.values()):
        yield dict(zip(fixed, combined, strict=True))


def weight(line: RuleLine, values: Unit) -> int:
    """What a line moves for these units."""
    return sum(values.get(name, 0) * times for name, times in line.weights)


def of_event(document: Document, event: str, lines: Sequence[RuleLine], chart: Chart) -> Iterator[Problem]:
    """The first way in which an event does not balance; on and off the balance sheet each by itself."""
    for facts in combinations(lines):
        counting = [line for line in lines if line.counts(facts)]
        for part in AMOUNTS[event]:
            values = unit(event, part)
            for noted in (False, True):
                debits, credited = _sides(counting, values, chart, noted)
                if debits != credited:
                    yield _unbalanced(document, event, facts, part, debits, credited, noted)
                    return


def _sides(lines: Sequence[RuleLine], values: Unit, chart: Chart, noted: bool) -> tuple[int, int]:
    debits = credited = 0
    for line in lines:
        amount = weight(line, values)
        for code, is_debit in ((line.debit, True), (line.credit, False)):
            if code is None or _noted(code, chart) != noted:
                continue
            debits += amount * is_debit
            credited += amount * (not is_debit)
    return debits, credited


def _noted(code: str, chart: Chart) -> bool:
    return code in chart and chart[code].type == "off_balance"


def said(facts: Facts) -> tuple[str, str]:
    """Facts in words: English, Chinese."""
    if not facts:
        return "", ""
    shown = {name: "another" if value == OTHER else value for name, value in facts.items()}
    zh = {name: "其他" if value == OTHER else value for name, value in facts.items()}
    return (
        " (" + ", ".join(f"{name}: {value}" for name, value in shown.items()) + ")",
        "（" + "，".join(f"{name}：{value}" for name, value in zh.items()) + "）",
    )


def _unbalanced(
    document: Document, event: str, facts: Facts, part: str, debits: int, credited: int, noted: bool
) -> Problem:
    where, wo = said(facts)
    where, wo = (f"{where} off the balance sheet", f"{wo}表外") if noted else (where, wo)
    return document.problem(
        "posting.unbalanced",
        text(
            f"The event '{event}'{where} does not balance: with {part} 1 it debits {debits} and credits {credited}.",
            f"业务事件“{event}”{wo}借贷不平：当 {part} 为 1 时，借方 {debits}，贷方 {credited}。",
        ),
        f"/events/{event}",
        hint=text("Every line's debit needs a credit of the same amount.", "每笔借方须有等额贷方。"),
    )


def unposted(lines: Sequence[RuleLine], event: str, part: str) -> Facts | None:
    """The first combination of facts for which a part goes nowhere; None where it always goes somewhere."""
    values = unit(event, part)
    for facts in combinations(lines):
        if not any(weight(line, values) for line in lines if line.counts(facts)):
            return facts
    return None
