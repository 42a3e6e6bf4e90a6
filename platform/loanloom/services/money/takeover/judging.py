"""What a take-over would bring: every loan held against products, customers and what is here already; every problem
with its file and line. Reads; writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from loanloom.core.lending.agreed.plan_terms import CONTRACT_RATE, DRAWN_ONCE, NO_GRACE, PlannedRow
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.business.extensions import term_months
from loanloom.core.lending.decisions import TakeOver, decide
from loanloom.core.lending.decisions.taking_over import TakenRow
from loanloom.core.lending.events.taking_over import LoanTakenOver
from loanloom.core.lending.evolution import evolve
from loanloom.core.lending.loan import Loan
from loanloom.core.lending.owing.arrears import position
from loanloom.core.lending.planning.own_schedules import own_phase
from loanloom.core.money import ZERO
from loanloom.engines import products
from loanloom.engines.imports import Row
from loanloom.engines.products import Offer
from loanloom.problems import Problem, say, text
from loanloom.services.access.sign_in import ab_user
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.money import lending_rules
from loanloom.services.money.takeover import files
from loanloom.services.money.takeover.files import Brought
from loanloom.services.money.takeover.hands import MAY_LOOK
from loanloom.services.scope import units_of
from loanloom.store import tables

KINDS = "customer_kind"
"""The code list of the kinds of customers; also the column that names one."""
PAID = ("principal_paid", "interest_paid", "fee", "fee_paid", "penalty_owed", "compound_owed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A loan that can be booked: its lines, its offer, the event, and what it becomes."""

    brought: Brought
    offer: Offer
    event: LoanTakenOver
    loan: Loan
    customer_id: int | None
    customer_kind: str | None
    manager_user_id: int | None

    @property
    def months(self) -> int:
        """Its term in months."""
        return max(term_months(self.event.terms.start_on, self.loan.matures_on), 1)


@dataclass(slots=True)
class Totals:
    """The sums that must agree with the old system's."""

    loans: int = 0
    principal: Decimal = ZERO
    interest: Decimal = ZERO
    penalties: Decimal = ZERO
    surplus: Decimal = ZERO
    overdue: int = 0

    def add(self, ready: Ready, on: date) -> None:
        """One more loan."""
        event = ready.event
        self.loans += 1
        self.principal += event.principal
        self.interest += event.interest
        self.penalties += event.penalty + event.compound + event.fee + event.damages
        self.surplus += event.surplus
        self.overdue += position(ready.loan, on).arrears.days_past_due > 0


@dataclass(slots=True)
class Judged:
    """What both files bring: loans that are ready by currency, what is here already, problems of the others."""

    ready: list[Ready] = field(default_factory=list)
    already_there: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    totals: dict[str, Totals] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is here already, looked up once for all loans."""

    loans: frozenset[str]
    customers: Mapping[str, int]
    by_identity: Mapping[bytes, int]
    people: Mapping[str, int]
    units: frozenset[str]
    kinds: Mapping[str, str]


def judge(ctx: Context, loans: tuple[str, bytes], schedule: tuple[str, bytes]) -> Judged:
    """Both files, (name, content) each, as they would be booked today."""
    ctx.require(*MAY_LOOK)
    read = files.read(loans, schedule)
    found = Judged(problems=list(read.problems))
    with ctx.transaction() as connection:
        known = _look_up(ctx, connection, read.loans)
    for brought in read.loans:
        if brought.number in known.loans:
            found.already_there.append(brought.number)
            continue
        ready, problems = _judged(ctx, brought, known, (loans[0], schedule[0]))
        found.problems += problems
        if ready is not None:
            found.ready.append(ready)
            currency = ready.event.terms.currency
            found.totals.setdefault(currency, Totals()).add(ready, ctx.business_date)
    return found


def _look_up(ctx: Context, connection: Connection, brought: list[Brought]) -> _Known:
    loan, customer, member = tables.loan, tables.customer, tables.membership
    heads = [one.loan.values for one in brought]
    numbers = select(loan.c.number).where(loan.c.number.in_([one.number for one in brought]))
    identities = [identity(ctx, head["id_number"]) for head in heads if head["id_number"]]
    named = [head["customer_number"] for head in heads if head["customer_number"]]
    query = select(customer.c.id, customer.c.number, customer.c.id_number_hash)
    rows = connection.execute(
        query.where(customer.c.number.in_(named) | customer.c.id_number_hash.in_(identities))
    ).all()
    people = (
        select(ab_user.c.username, ab_user.c.id)
        .join(member, member.c.user_id == ab_user.c.id)
        .where(member.c.company_id == ctx.company.id, ab_user.c.username.in_([head["manager"] for head in heads]))
    )
    return _Known(
        loans=frozenset(connection.execute(numbers).scalars()),
        customers={row.number: row.id for row in rows},
        by_identity={bytes(row.id_number_hash): row.id for row in rows if row.id_number_hash},
        people={row.username: row.id for row in connection.execute(people)},
        units=frozenset(units_of(ctx)),
        kinds=_kinds(ctx),
    )


def kind_titles(ctx: Context, language: str) -> list[str]:
    """What the kinds of customers are called."""
    document = ctx.registry.get("code_list", KINDS)
    return [say(item["title"], language) for item in document.spec["items"]] if document else []


def _kinds(ctx: Context) -> dict[str, str]:
    """The kinds of customers by everything that may stand for one in a file: its key, its titles."""
    document = ctx.registry.get("code_list", KINDS)
    items = document.spec["items"] if document else ()
    return {str(word).casefold(): item["key"] for item in items for word in (item["key"], *item["title"].values())}


def identity(ctx: Context, number: str) -> bytes:
    """What a customer of this identity number is found by."""
    return ctx.database.vault.search_hash(ctx.company.id, "customer.id_number", number)


def _judged(
    ctx: Context, brought: Brought, known: _Known, names: tuple[str, str]
) -> tuple[Ready | None, tuple[Problem, ...]]:
    head = brought.loan.values
    problems = [one.at(file=names[0], line=brought.loan.line) for one in _head(ctx, head, known)]
    problems += [one.at(file=names[1]) for one in _lines(brought)]
    if problems:
        return None, tuple(problems)
    try:
        offer = lending_rules.offer_of(ctx.registry, head["product"])
    except Refused as refused:
        return None, tuple(one.at(file=names[0], line=brought.loan.line) for one in refused.problems)
    terms, wrong = _terms(offer, brought)
    if terms is None:
        return None, tuple(one.at(file=names[0], line=brought.loan.line) for one in wrong)
    rows = tuple(TakenRow(**_taken(row)) for row in brought.rows)
    command = TakeOver(on=ctx.business_date, terms=terms, rows=rows, surplus=head["surplus"] or ZERO)
    decision = decide(None, command)
    if decision.problems:
        return None, tuple(_placed(one, brought, names) for one in decision.problems)
    (event,) = decision.events
    assert isinstance(event, LoanTakenOver)
    same = known.by_identity.get(identity(ctx, head["id_number"])) if head["id_number"] else None
    ready = Ready(
        brought=brought,
        offer=offer,
        event=event,
        loan=evolve(None, event),
        customer_id=known.customers.get(head["customer_number"] or "") or same,
        customer_kind=known.kinds.get(str(head[KINDS]).casefold()),
        manager_user_id=known.people.get(head["manager"] or ""),
    )
    return ready, ()


def _head(ctx: Context, head: Mapping[str, Any], known: _Known) -> Iterator[Problem]:
    """What is missing or unknown on a loan's line."""
    for name in ("product", "principal", "annual_rate", "disbursed_on"):
        if head[name] is None:
            yield _problem("missing", name, "This is needed.", "此项必填。")
    if head["customer_number"]:
        if head["customer_number"] not in known.customers:
            yield _problem("no_customer", "customer_number", "There is no such customer.", "没有该客户。")
    else:
        if not head["customer_name"]:
            yield _problem("missing", "customer_name", "Name the customer.", "请填写客户名称。")
        if str(head[KINDS]).casefold() not in known.kinds:
            en, zh = (kind_titles(ctx, tag) for tag in ("en", "zh"))
            yield _problem("bad_kind", KINDS, f"One of: {', '.join(en)}.", f"应为：{'、'.join(zh)}。")
    if head["unit"] and head["unit"] not in known.units:
        yield _problem("no_unit", "unit", "There is no such branch or department.", "没有该机构。")
    if head["manager"] and head["manager"] not in known.people:
        yield _problem("no_manager", "manager", "There is no such user.", "没有该用户。")
    rate = head["annual_rate"]
    if rate is not None and not 0 <= rate < 1:
        yield _problem(
            "bad_rate", "annual_rate", "A yearly rate is a fraction: 0.12 for 12 %.", "年利率为小数：12% 填 0.12。"
        )


def _lines(brought: Brought) -> Iterator[Problem]:
    """What is missing on the rows of a loan's schedule."""
    if not brought.rows:
        words = f"There are no rows of the schedule of loan {brought.number}."
        yield _problem("no_rows", "number", words, f"还款计划文件中没有借据 {brought.number} 的记录。")
    for place, row in enumerate(brought.rows, 1):
        for name in ("period", "due_on", "principal", "interest"):
            if row.values[name] is None:
                yield _problem("missing", name, "This is needed.", "此项必填。").at(line=row.line)
        if row.values["period"] not in (None, place):
            english = f"Periods count 1, 2, 3 ...; here {place} is expected."
            yield _problem("bad_period", "period", english, f"期次应连续，此处应为 {place}。").at(line=row.line)


def _taken(row: Row) -> dict[str, Any]:
    return {name: row.values[name] or ZERO for name in PAID} | {"paid_on": row.values["paid_on"]}


def _terms(offer: Offer, brought: Brought) -> tuple[Terms | None, tuple[Problem, ...]]:
    """The product's terms on the loan's own rate, days and schedule."""
    head = brought.loan.values
    rows = [
        PlannedRow(due_on=row.values["due_on"], principal=row.values["principal"], interest=row.values["interest"])
        for row in brought.rows
    ]
    agreed = products.terms(
        offer, amount=head["principal"], months=int(offer.months.least), method=offer.methods[0],
        start_on=head["disbursed_on"], annual_rate=head["annual_rate"], within_limits=False,
    )  # fmt: skip
    if agreed.terms is None:
        return None, agreed.problems
    own = replace(
        agreed.terms, phases=(own_phase(rows),), rates=CONTRACT_RATE, draws=DRAWN_ONCE, grace=NO_GRACE,
        down_payment=None, recalculation=None, due_day=None, first_due_on=None, matures_on=None, fixed_length=None,
        counts_from=None, collection_weekday=None, roll="keep", instalment_multiple=None, pauses=(),
    )  # fmt: skip
    return own, ()


def _placed(problem: Problem, brought: Brought, names: tuple[str, str]) -> Problem:
    """A problem of the core at the line of the file that it speaks of."""
    parts = (problem.field or "").split(".")
    if "rows" in parts:
        after = parts[parts.index("rows") + 1 :]
        place = int(after[0]) if after and after[0].isdigit() else 0
        line = brought.rows[min(place, len(brought.rows) - 1)].line
        return replace(problem, field=after[1] if len(after) > 1 else None).at(file=names[1], line=line)
    return problem.at(file=names[0], line=brought.loan.line)


def _problem(code: str, name: str, english: str, chinese: str) -> Problem:
    return Problem(code=f"takeover.{code}", message=text(english, chinese), field=name)


def chunks(ready: list[Ready], size: int) -> Iterable[list[Ready]]:
    """The loans in sets of one transaction each."""
    return (ready[start : start + size] for start in range(0, len(ready), size))
