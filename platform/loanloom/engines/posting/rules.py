"""Posting rules ready to use: lines with the accounts they move, whole multiples of amounts, and when they count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from loanloom.core.ledger.accounts import Chart
from loanloom.core.ledger.journal import Line
from loanloom.core.money import ZERO
from loanloom.problems import Text

Facts = Mapping[str, str]
"""What is known of an event beside its amounts: accounting, channel, kind, charge, reason."""

NO_FACTS: Facts = {}
_GROWS = {"principal": "loan_disbursed", "interest": "interest_accrued", "fee": "fee_due"}
DEFAULTS: Facts = {"accounting": "performing", "channel": "bank", "kind": "repayment"}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One line of a rule: the accounts it moves, how much, and for which facts."""

    debit: str | None
    credit: str | None
    weights: tuple[tuple[str, int], ...]
    memo: Text | None = None
    when: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unless: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def counts(self, facts: Facts) -> bool:
        """Whether the line counts: every fact of `when` has one of its values, and none of `unless` has."""
        return all(facts.get(name) in values for name, values in self.when.items()) and not any(
            facts.get(name) in values for name, values in self.unless.items()
        )

    def amount(self, values: Mapping[str, Decimal]) -> Decimal:
        """How much, on the debit side of `debit` and the credit side of `credit`."""
        return sum((values[name] * times for name, times in self.weights), ZERO)

    def lines(self, values: Mapping[str, Decimal]) -> Iterator[Line]:
        """The journal lines for these amounts: none for zero, changed sides for a negative amount."""
        amount = self.amount(values)
        if not amount:
            return
        debit, credit = (self.debit, self.credit) if amount > 0 else (self.credit, self.debit)
        if debit is not None:
            yield Line(debit, debit=abs(amount), memo=self.memo)
        if credit is not None:
            yield Line(credit, credit=abs(amount), memo=self.memo)


@dataclass(frozen=True, slots=True)
class Posting:
    """Posting rules with their chart. `general` rules also book what belongs to no product."""

    key: str
    chart: Chart
    events: Mapping[str, tuple[RuleLine, ...]]
    general: bool = False
    suspend_after_days: int | None = None

    def lines(self, event: str, facts: Facts) -> tuple[RuleLine, ...]:
        """The lines that count for an event with these facts."""
        known = {**DEFAULTS, **facts}
        return tuple(line for line in self.events.get(event, ()) if line.counts(known))

    def kept_at(self, part: str, accounting: str) -> str | None:
        """Where the books keep a part of what a loan owes, or the money it has with us, while it stands so in them."""
        facts = {"accounting": accounting}
        if part == "surplus":
            owing = (line.credit for line in self.lines("repayment_received", facts) if ("surplus", 1) in line.weights)
            return next((code for code in owing if code is not None), None)
        event = _GROWS.get(part, "penalty_accrued")
        if part == "principal" and accounting not in ("performing", "suspended"):
            event = "loan_taken_over"
        return self.holder(event, part, facts)

    def holder(self, event: str, part: str, facts: Facts = NO_FACTS) -> str | None:
        """The account of claims that one unit of a part is debited to: the one asset, or what is noted off the balance
        sheet; None where it goes to several or none."""
        debited = set[str]()
        for line in self.lines(event, facts):
            for name, times in line.weights:
                code = line.debit if times > 0 else line.credit
                if name in (part, "amount") and code is not None and code in self.chart:
                    debited.add(code)
        for kind in ("asset", "off_balance"):
            found = [code for code in debited if self.chart[code].type == kind]
            if found:
                return found[0] if len(found) == 1 else None
        return None
