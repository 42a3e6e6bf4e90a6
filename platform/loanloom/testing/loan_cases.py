"""Cases of one loan: terms in, and what the schedule, the yearly cost and the balances on any day must be.

The loan is agreed, paid out and carried on by the very functions that book it; nothing here computes money.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.dates import Calendar
from loanloom.core.lending.agreed.plan_terms import PlannedRow
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.decisions import COMMANDS, ApplySubsidies, Disburse, decide
from loanloom.core.lending.evolution import evolve_all, replay
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import Position, position
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.records import from_record, to_record
from loanloom.engines import products
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, errors, text

LISTED = ("plan", "cost", "balances")
"""What is expected figure by figure."""

_WORDS: Mapping[str, Text] = {
    "due_on": text("due date", "应还日期"), "principal": text("principal", "本金"),
    "interest": text("interest", "利息"), "payment": text("payment", "应还合计"),
    "balance": text("principal left", "剩余本金"), "simple": text("yearly cost, simple", "综合年化成本（单利）"),
    "compound": text("yearly cost, compound", "综合年化成本（复利）"), "received": text("amount received", "实际到手"),
    "charges": text("charges", "费用"), "penalty": text("penalty interest", "罚息"),
    "damages": text("damages", "违约金"), "fee": text("fees", "费用"), "due": text("due in all", "应还合计"),
    "subsidised": text("interest subsidised", "贴息"), "borne": text("borne by the borrower", "借款人承担"),
    "days_past_due": text("days past due", "逾期天数"),
}  # fmt: skip


def flat(expect: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Each expected figure by a name of its own: (pointer, value)."""
    found: dict[str, tuple[str, Any]] = {}
    for place, row in enumerate(expect.get("plan", ())):
        for name, value in row.items():
            if name != "period":
                found[f"plan.{row['period']}.{name}"] = (f"/expect/plan/{place}/{name}", value)
    for name, value in expect.get("cost", {}).items():
        found[f"cost..{name}"] = (f"/expect/cost/{name}", value)
    for place, row in enumerate(expect.get("balances", ())):
        for name, value in row.items():
            if name != "on":
                found[f"balances.{row['on']}.{name}"] = (f"/expect/balances/{place}/{name}", value)
    return found


def label_of(name: str) -> Text:
    """What people call a figure."""
    root, where, what = name.split(".", 2)
    word = _WORDS.get(what, text(what, what))
    if root == "plan":
        return text(f"{word['en']} of period {where}", f"第 {where} 期{word['zh']}")
    if root == "balances":
        overdue = text("compound interest", "复利") if what == "compound" else word
        return text(f"{overdue['en']} on {where}", f"{where} 的{overdue['zh']}")
    return word


def found(case: Document, registry: Registry, problems: list[Problem]) -> dict[str, Any]:
    """The figures of the loan, by the names of `flat`; a refusal that is expected is a figure too."""
    unknown = list(_unknown_events(case))
    if unknown:
        problems.extend(unknown)
        return {}
    seen, told = _agreed(case, registry)
    refusals = list(errors(told))
    figures: dict[str, Any] = {}
    if seen.terms is not None and seen.schedule is not None and not refusals:
        figures = _planned(seen)
        offer = products.offer(registry.require("product", case.spec["product"]), registry)
        lived, refusals = _lived(case, seen.terms, products.calendar_of(registry, offer.calendar))
        figures |= lived
    if "refused" in case.spec["expect"]:
        return {**figures, "refused": refusals[0].code if refusals else None}
    problems.extend(refusals)
    return figures


def _agreed(case: Document, registry: Registry) -> tuple[products.Preview, tuple[Problem, ...]]:
    said = case.spec["loan"]
    offer = products.offer(registry.require("product", case.spec["product"]), registry)
    start_on = _day(said.get("start_on") or case.spec.get("as_of") or case.effective_from or "2026-01-01")
    seen = products.preview(
        offer, amount=Decimal(said["amount"]), months=said["term"], method=said.get("method", offer.methods[0]),
        start_on=start_on, grade=said.get("grade"), annual_rate=Decimal(said["rate"]) if "rate" in said else None,
        calendar=products.calendar_of(registry, offer.calendar), particulars=_particulars(said, offer.term_unit),
    )  # fmt: skip
    caps = products.price_problems(registry, offer.product_class, seen.price, start_on) if seen.price else ()
    return seen, (*seen.problems, *caps)


def _particulars(said: Mapping[str, Any], unit: str) -> products.Particulars:
    days = {"week": 7, "day": 1}.get(unit)
    return products.Particulars(
        days=None if days is None else said["term"] * days,
        due_day=said.get("due_day"),
        first_due_on=_day(said["first_due_on"]) if "first_due_on" in said else None,
        matures_on=_day(said["matures_on"]) if "matures_on" in said else None,
        rows=tuple(
            PlannedRow(due_on=_day(row["on"]), principal=Decimal(row["principal"])) for row in said.get("plan", ())
        ),
    )


def _planned(seen: products.Preview) -> dict[str, Any]:
    assert seen.schedule is not None and seen.cost is not None
    rows, sheet = seen.schedule.instalments, seen.disclosure
    made: dict[str, Any] = {
        "instalment": rows[0].payment, "total_interest": seen.schedule.interest, "rows": len(rows),
        "cost..simple": round(seen.cost.simple, 4), "cost..compound": round(seen.cost.compound, 4),
        "cost..received": sheet.received if sheet else None, "cost..charges": sheet.charges if sheet else None,
    }  # fmt: skip
    for row in rows:
        made |= {f"plan.{row.number}.{name}": value for name, value in _row(row)}
        subsidised = seen.subsidies.get(row.number, Decimal(0))
        made |= {f"plan.{row.number}.subsidised": subsidised, f"plan.{row.number}.borne": row.payment - subsidised}
    return made


def _row(row: Instalment) -> Iterator[tuple[str, Any]]:
    yield "due_on", row.due_on.isoformat()
    yield from (("principal", row.principal), ("interest", row.interest))
    yield from (("payment", row.payment), ("balance", row.closing))


def _lived(case: Document, terms: Terms, calendar: Calendar) -> tuple[dict[str, Any], list[Problem]]:
    """The loan paid out, carried through its events, and its balances on the days that are asked for."""
    loan = replay(decide(None, Disburse(terms=terms, calendar=calendar)).events)
    assert loan is not None, "what was previewed is what gets booked"
    waiting = sorted(case.spec.get("events", ()), key=lambda event: str(event["on"]))
    balances: dict[str, Any] = {}
    asked = sorted({str(row["on"]) for row in case.spec["expect"].get("balances", ())})
    for day in (*asked, "9999-12-31"):
        while waiting and str(waiting[0]["on"]) <= day:
            event = waiting.pop(0)
            loan = _by_itself(loan, _day(event["on"]))
            decision = decide(loan, _command(event))
            if decision.problems:
                return balances, list(decision.problems)
            loan = evolve_all(loan, decision.events)
        if day in asked:
            loan = _by_itself(loan, _day(day))
            stood = _standing(loan, position(loan, _day(day)))
            balances |= {f"balances.{day}.{name}": value for name, value in stood}
    return balances, []


def _by_itself(loan: Loan, until: date) -> Loan:
    """What the nights up to a day make of a loan: others bear their part of the interest that falls due."""
    if loan.terms.interest_shares:
        days = sorted(each.instalment.due_on for each in loan.accounts if not each.subsidised)
        for day in (day for day in days if loan.last_event_on <= day <= until):
            loan = evolve_all(loan, decide(loan, ApplySubsidies(on=day)).events)
    return loan


def _standing(loan: Loan, seen: Position) -> Iterator[tuple[str, Any]]:
    yield "principal", seen.principal_outstanding
    for name in ("interest", "penalty", "compound", "damages", "fee"):
        yield name, seen.due[name]
    yield "due", seen.due_total
    yield "days_past_due", seen.arrears.days_past_due


def _command(event: Mapping[str, Any]) -> Any:
    """A command as a record: names are those of the change forms, numbers are amounts."""
    kind = COMMANDS[str(event["do"])]
    said = {name: _plain(value) for name, value in event.items() if name != "do"}
    return from_record(kind, said)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return to_record(value)


def _day(value: Any) -> date:
    return date.fromisoformat(str(value))


def _unknown_events(case: Document) -> Iterator[Problem]:
    """Events of a case that no command is called by."""
    for place, event in enumerate(case.spec.get("events", ())):
        if event["do"] not in COMMANDS:
            yield case.problem(
                "case.unknown_event",
                text(f"Nothing is called '{event['do']}'.", f"没有名为“{event['do']}”的事项。"),
                f"/events/{place}/do",
                hint=text("Known are: " + ", ".join(COMMANDS), "可用：" + "、".join(COMMANDS)),
            )
