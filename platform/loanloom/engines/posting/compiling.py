"""From posting rules and a chart of accounts to `Posting`, proven at load: every event balances whatever its amounts.

The proof tries each amount alone and several together; rules are sums and products of few names, so a rule that
balances on these balances always.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loanloom import feel
from loanloom.core.ledger.accounts import Account, Chart
from loanloom.core.ledger.journal import Line
from loanloom.core.money import CENTS, total
from loanloom.engines.posting.events import AMOUNTS, filled, names
from loanloom.metadata.document import Document
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, errors, text


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of a rule: the accounts it moves and how much."""

    debit: str | None
    credit: str | None
    amount: feel.Program
    memo: Text | None
    pointer: str

    def lines(self, values: Mapping[str, Decimal]) -> tuple[Line, ...]:
        """The journal lines for these amounts: none for zero, changed sides for a negative amount."""
        amount: Decimal = self.amount(values)
        if not amount:
            return ()
        debit, credit = (self.debit, self.credit) if amount > 0 else (self.credit, self.debit)
        size, made = abs(amount), []
        if debit is not None:
            made.append(Line(debit, debit=size, memo=self.memo))
        if credit is not None:
            made.append(Line(credit, credit=size, memo=self.memo))
        return tuple(made)


@dataclass(frozen=True, slots=True)
class Posting:
    """Posting rules ready to use, with their chart."""

    key: str
    chart: Chart
    events: Mapping[str, tuple[RuleLine, ...]]

    def holder(self, event: str, part: str) -> str | None:
        """The account that one unit of a part is debited to; None where it goes to several or none."""
        if event not in self.events:
            return None
        values = filled(event, {part: Decimal(1)})
        lines = [line for rule in self.events[event] for line in rule.lines(values) if line.debit]
        return lines[0].account if len(lines) == 1 else None


@dataclass(frozen=True, slots=True)
class Compiled:
    """Posting rules, or why there are none."""

    posting: Posting | None
    problems: tuple[Problem, ...] = ()


def chart_of(registry: Registry, key: str) -> Chart:
    """A chart of accounts; empty where it does not exist (its absence is the registry's problem)."""
    document = registry.get("chart_of_accounts", key)
    rows: Any = document.spec["accounts"] if document else ()
    return Chart({row["code"]: Account(row["code"], row["title"], row["type"]) for row in rows})


def compile_posting(document: Document, registry: Registry) -> Compiled:
    """The rules of a document, or their problems."""
    chart = chart_of(registry, document.spec["chart"])
    problems: list[Problem] = []
    events: dict[str, tuple[RuleLine, ...]] = {}
    for event, rules in document.spec["events"].items():
        if event not in AMOUNTS:
            problems.append(_unknown_event(document, event))
            continue
        compiled = [_line(document, event, place, rule, chart, problems) for place, rule in enumerate(rules)]
        events[event] = tuple(line for line in compiled if line is not None)
        if len(events[event]) == len(rules):
            problems.extend(_proof(document, event, events[event]))
    if errors(problems):
        return Compiled(None, tuple(problems))
    return Compiled(Posting(document.key, chart, events), tuple(problems))


def _unknown_event(document: Document, event: str) -> Problem:
    return document.problem(
        "posting.unknown_event",
        text(f"There is no event '{event}'.", f"没有业务事件“{event}”。"),
        f"/events/{event}",
        hint=nearest_hint(event, AMOUNTS) or text("Known are: " + ", ".join(AMOUNTS), "可用：" + "、".join(AMOUNTS)),
        at_key=True,
    )


def event_scope(event: str) -> feel.Type:
    """What the amount of a line sees: the amounts of its event by their names."""
    return feel.context(dict.fromkeys(names(event), feel.NUMBER))


def _line(
    document: Document, event: str, place: int, rule: Mapping[str, Any], chart: Chart, problems: list[Problem]
) -> RuleLine | None:
    pointer = f"/events/{event}/{place}"
    for side in ("debit", "credit"):
        code = rule.get(side)
        if code is not None and code not in chart and chart.accounts:
            problems.append(
                document.problem(
                    "posting.unknown_account",
                    text(f"The chart of accounts has no account {code}.", f"会计科目表中没有科目 {code}。"),
                    f"{pointer}/{side}",
                    hint=nearest_hint(code, chart.accounts),
                )
            )
    checked = feel.check(str(rule["amount"]), event_scope(event), expect=feel.NUMBER, functions=feel.LENDING)
    for problem in checked.problems:
        problems.append(
            document.problem(
                problem.code,
                problem.message,
                f"{pointer}/amount",
                hint=problem.hint,
                inside=(problem.line, problem.column),
            )
        )
    if checked.program is None:
        return None
    return RuleLine(rule.get("debit"), rule.get("credit"), checked.program, rule.get("memo"), pointer)


_MIXED = (("1.01", "2.03", "5.07", "7.11", "11.13", "13.17"), ("9999999.99", "0.01", "1000000.03", "3.30", "0.07", "1"))


def _probes(event: str) -> Iterator[dict[str, Decimal]]:
    parts = AMOUNTS[event]
    for part in parts:
        yield {part: Decimal(1)}
        yield {part: Decimal("0.01")}
    for amounts in _MIXED:
        yield {part: Decimal(amount) for part, amount in zip(parts, amounts, strict=False)}


def _proof(document: Document, event: str, lines: tuple[RuleLine, ...]) -> Iterator[Problem]:
    """The first amounts for which an event does not balance, or gives something that is no money."""
    for probe in _probes(event):
        values = filled(event, probe)
        try:
            made = [line for rule in lines for line in rule.lines(values)]
        except feel.EvaluationError as error:
            yield document.problem(error.problem.code, error.problem.message, f"/events/{event}")
            return
        said = ", ".join(f"{name} {value}" for name, value in probe.items())
        debits, credited = total(line.debit for line in made), total(line.credit for line in made)
        if debits != credited:
            yield document.problem(
                "posting.unbalanced",
                text(
                    f"The event '{event}' does not balance: with {said} it debits {debits} and credits {credited}.",
                    f"业务事件“{event}”借贷不平：当 {said} 时，借方 {debits}，贷方 {credited}。",
                ),
                f"/events/{event}",
                hint=text("Every line's debit needs a credit of the same amount.", "每笔借方须有等额贷方。"),
            )
            return
        if any(not CENTS.holds(line.debit + line.credit) for line in made):
            yield document.problem(
                "posting.not_money",
                text(
                    f"The event '{event}' gives amounts finer than a cent (with {said}); round them.",
                    f"业务事件“{event}”产生了小于一分的金额（当 {said} 时），请舍入。",
                ),
                f"/events/{event}",
            )
            return
