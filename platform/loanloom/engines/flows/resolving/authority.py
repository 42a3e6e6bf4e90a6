"""Limits of authority (审批权限): up to which amount who may decide which cases, on which day.

A document of kind `authority` lists rows; the first row that fits a holder and a case says the limit. Empty columns fit
everybody and everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import product as product_of
from typing import Any

from loanloom.engines import facts as fact_paths
from loanloom.engines.flows.resolving.organisation import Organisation
from loanloom.engines.flows.resolving.staff import Member
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry, kept

PRODUCT = ("product.key", "application.product", "request.product")
GUARANTEE = ("application.guarantee_mode", "contract.guarantee_mode", "request.guarantee_mode")
GRADE = ("score.grade", "application.grade", "request.grade")
"""Where a case says its product, guarantee and grade: the first of these that it knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A case as a table measures it. An amount that is not known is covered by nobody."""

    amount: Decimal | None
    product: str | None = None
    guarantee: str | None = None
    grade: str | None = None
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line: for whom, for which cases, from when to when, up to how much."""

    limit: Decimal
    role: str | None = None
    position: str | None = None
    user: str | None = None
    unit: str | None = None
    products: frozenset[str] = frozenset()
    guarantees: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()
    start: date | None = None
    end: date | None = None

    def holds(self, member: Member, organisation: Organisation) -> bool:
        """Whether it is about this person."""
        return (
            (self.role is None or self.role in member.roles)
            and (self.position is None or self.position == member.position)
            and (self.user is None or self.user == member.username)
            and (self.unit is None or organisation.within(member.unit, self.unit))
        )

    def fits(self, case: Measured) -> bool:
        """Whether it is about this case, on this day."""
        return (
            (not self.products or case.product in self.products)
            and (not self.guarantees or case.guarantee in self.guarantees)
            and (not self.grades or case.grade in self.grades)
            and (self.start is None or self.start <= case.on)
            and (self.end is None or case.on <= self.end)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """A whole table; `measure` is the fact that it measures."""

    key: str
    measure: str
    rows: tuple[Row, ...]

    def limit(self, member: Member, case: Measured, organisation: Organisation) -> Decimal | None:
        """Up to how much this person may decide in such a case; None: not at all."""
        return next((row.limit for row in self.rows if row.fits(case) and row.holds(member, organisation)), None)

    def covers(self, member: Member, case: Measured, organisation: Organisation) -> bool:
        """Whether this person may decide this case."""
        return _enough(self.limit(member, case, organisation), case)

    def measured(self, facts: Mapping[str, Any], on: date) -> Measured:
        """A case by its facts."""
        amount = fact_paths.at(facts, self.measure)
        return Measured(
            amount=Decimal(amount) if isinstance(amount, Decimal | int) and not isinstance(amount, bool) else None,
            product=_first(facts, PRODUCT),
            guarantee=_first(facts, GUARANTEE),
            grade=_first(facts, GRADE),
            on=on,
        )


def with_terms(facts: Mapping[str, Any], terms: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts with changed terms in their places: authority is measured by what is approved."""
    found = dict(facts)
    for name, value in terms.items():
        record, _, leaf = name.partition(".")
        found[record] = {**(found.get(record) or {}), leaf: value}
    return found


def _first(facts: Mapping[str, Any], paths: Iterable[str]) -> str | None:
    for path in paths:
        value = fact_paths.at(facts, path)
        if isinstance(value, str):
            return value
    return None


@kept
def authorities(registry: Registry) -> Mapping[str, Authority]:
    """The tables of a registry by key."""
    return {document.key: read(document) for document in registry.all("authority")}


def read(document: Document) -> Authority:
    """One table as written."""
    rows = tuple(_row(raw) for raw in document.spec.get("rows", ()))
    return Authority(key=document.key, measure=str(document.spec.get("measure", "")), rows=rows)


def _row(raw: Mapping[str, Any]) -> Row:
    said: dict[str, Any] = {name: raw.get(name) for name in ("role", "position", "user", "unit")}
    said |= {name: frozenset(raw.get(name, ())) for name in ("products", "guarantees", "grades")}
    return Row(limit=Decimal(raw["limit"]), start=_day(raw.get("from")), end=_day(raw.get("to")), **said)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def lowest(table: Authority, case: Measured, members: Iterable[Member], organisation: Organisation) -> tuple[int, ...]:
    """Those with the lowest limit that covers the case: it goes no higher than it must."""
    limits = [(table.limit(one, case, organisation), one.id) for one in members]
    enough = [(limit, person) for limit, person in limits if limit is not None and _enough(limit, case)]
    least = min((limit for limit, _ in enough), default=None)
    return tuple(person for limit, person in enough if limit == least)


def _enough(limit: Decimal | None, case: Measured) -> bool:
    return limit is not None and case.amount is not None and case.amount <= limit


def shapes(table: Authority, days: Iterable[date]) -> Iterator[Measured]:
    """Every kind of case that the table tells apart on these days; None stands for whatever no row names."""
    named = [sorted(set().union(*(getattr(row, name) for row in table.rows))) for name in _COLUMNS]
    for on in days:
        for product, guarantee, grade in product_of(*([*values, None] for values in named)):
            yield Measured(amount=None, product=product, guarantee=guarantee, grade=grade, on=on)


def shortfall(
    table: Authority, one: Member, other: Member, organisation: Organisation, days: Iterable[date]
) -> Measured | None:
    """A kind of case in which `other` may decide less than `one`; None where they may decide as much everywhere."""
    for case in shapes(table, days):
        needed, has = (table.limit(member, case, organisation) for member in (one, other))
        if needed is not None and (has is None or has < needed):
            return case
    return None


def changes(table: Authority, first: date, last: date) -> tuple[date, ...]:
    """The days from `first` to `last` on which limits may differ from the day before, `first` among them."""
    begins = {row.start for row in table.rows} | {row.end + _DAY for row in table.rows if row.end}
    return tuple(sorted({first} | {day for day in begins if day is not None and first < day <= last}))


_COLUMNS = ("products", "guarantees", "grades")
_DAY = timedelta(days=1)
