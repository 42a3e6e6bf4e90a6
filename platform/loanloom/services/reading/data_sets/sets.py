"""The data sets: for each its joined tables, who may see it, how it is searched, where a row leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Table, func, or_

from loanloom.engines.reports.fields import DATA_SETS, OF_RECORD, fields_of
from loanloom.metadata.registers import register_of
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Text, text
from loanloom.services.reading.data_sets import cash, registers
from loanloom.services.reading.data_sets.model import Action, Column, DataSet
from loanloom.services.reading.data_sets.values import value_of
from loanloom.store import names as people
from loanloom.store.tables import (
    application,
    cash_order,
    contract,
    customer,
    deposit,
    instalment,
    journal_entry,
    journal_line,
    loan,
    party,
    payout,
    receipt,
    sanction,
)

Search = Callable[[str], ColumnElement[bool]]


def _with_customer(table: Table) -> FromClause:
    return table.join(customer, customer.c.id == table.c.customer_id)


def _by_number_or_name(table: Table, named: Table = customer) -> Search:
    return lambda words: or_(table.c.number.startswith(words.upper(), autoescape=True), people.like_name(named, words))


def _holds(words: str, *columns: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(*(func.lower(column).contains(words.lower(), autoescape=True) for column in columns))


def _by_account_or_loan(words: str) -> ColumnElement[bool]:
    return or_(
        journal_line.c.account_code.startswith(words, autoescape=True),
        loan.c.number.startswith(words.upper(), autoescape=True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What is fixed about a data set, whatever the company."""

    title: Text
    function: str
    scoped: FromClause
    source: FromClause
    search: Search
    key: ColumnElement[Any]
    icon: str
    opens: bool = True
    path: str | None = None
    actions: tuple[Action, ...] = ()


def _record(title: Text, function: str, table: Table, source: FromClause, icon: str, *actions: Action) -> _Made:
    return _Made(
        title=title,
        function=function,
        scoped=table,
        source=source,
        search=_by_number_or_name(table),
        key=table.c.id,
        icon=icon,
        actions=actions,
    )


def _cash(title: Text, table: Table, source: FromClause, icon: str, *searched: ColumnElement[Any]) -> _Made:
    number = (table.c.number,) if "number" in table.c else ()
    return _Made(
        title=title,
        function="money.read",
        scoped=table,
        source=source,
        search=lambda words: _holds(words, *number, *searched, customer.c.name),
        key=table.c.id,
        icon=icon,
        path=f"cashier/{table.name.removeprefix('cash_')}s",
    )


NEW_ITEM = Action(title=text("New item", "新建项目"), url="/cashier/items/new", function="money.receive")
NEW_PARTY = Action(title=text("New partner", "新建合作方"), url="/parties/new", function="party.write")
NEW_CUSTOMER = Action(title=text("New customer", "新建客户"), url="/customers/new", function="customer.write")
NEW_APPLICATION = Action(
    title=text("New application", "新建申请"), url="/applications/new", function="application.create"
)
MADE = {
    "customers": _record(text("Customers", "客户"), "customer.read", customer, customer, "users", NEW_CUSTOMER),
    "applications": _record(
        text("Applications", "申请"),
        "application.read",
        application,
        _with_customer(application),
        "file-text",
        NEW_APPLICATION,
    ),
    "loans": _record(
        text("Loans", "借据"),
        "loan.read",
        loan,
        _with_customer(loan).join(application, application.c.id == loan.c.application_id),
        "coins",
    ),
    "contracts": _record(text("Contracts", "合同"), "contract.read", contract, _with_customer(contract), "signature"),
    "sanctions": _record(text("Sanctions", "批复"), "sanction.read", sanction, _with_customer(sanction), "file-check"),
    "instalments": _Made(
        title=text("Instalments", "还款计划"),
        function="loan.read",
        scoped=loan,
        source=_with_customer(loan).join(instalment, instalment.c.loan_id == loan.c.id),
        search=_by_number_or_name(loan),
        key=instalment.c.id,
        icon="calendar",
        opens=False,
    ),
    "journal": _Made(
        title=text("Journal", "会计分录"),
        function="money.read",
        scoped=journal_line,
        source=journal_line.join(journal_entry, journal_entry.c.id == journal_line.c.journal_entry_id)
        .outerjoin(loan, loan.c.id == journal_line.c.loan_id)
        .outerjoin(customer, customer.c.id == loan.c.customer_id),
        search=_by_account_or_loan,
        key=journal_line.c.id,
        icon="books",
        opens=False,
    ),
    "items": _Made(
        title=text("Receivable and payable items", "应收应付项目"),
        function="money.read",
        scoped=cash.ITEMS,
        source=cash.ITEMS,
        search=lambda words: _holds(words, cash.ITEMS.c.subject, cash.ITEMS.c.number, cash.ITEMS.c.loan_number),
        key=cash.ITEMS.c.id,
        icon="list-details",
        opens=False,
        actions=(NEW_ITEM,),
    ),
    "receipts": _cash(text("Receipts", "收款"), receipt, cash.RECEIPTS, "receipt", receipt.c.payer_name),
    "orders": _cash(text("Entries of the desk", "收付单"), cash_order, cash.ORDERS, "clipboard-list", loan.c.number),
    "payouts": _cash(text("Payouts", "付款"), payout, cash.PAYOUTS, "cash", payout.c.payee_name),
    "deposits": _cash(text("Deposits", "保证金与备付金"), deposit, cash.DEPOSITS, "wallet", party.c.name),
    "parties": _Made(
        title=text("Partners", "合作方"),
        function="customer.read",
        scoped=party,
        source=party,
        search=_by_number_or_name(party, party),
        key=party.c.id,
        icon="building-store",
        actions=(NEW_PARTY,),
    ),
}


APART = {"contracts": "contract.kind"}
"""Columns whose values are not added to one another: what a guarantee covers is no further lending."""


def names() -> tuple[str, ...]:
    """The data sets there are."""
    return tuple(DATA_SETS)


@kept
def data_set(registry: Registry, name: str) -> DataSet | None:
    """A data set by its name or its record's (customer -> customers), with the fields this registry adds; else that of
    an entity which keeps records."""
    plural = OF_RECORD.get(name, name)
    made = MADE.get(plural)
    if made is None:
        register = register_of(registry, name)
        return None if register is None else registers.data_set(registry, register)
    return DataSet(
        name=plural,
        title=made.title,
        function=made.function,
        source=made.source,
        scoped=made.scoped,
        key=made.key,
        columns={path: Column(field, value_of(field)) for path, field in fields_of(registry, plural).items()},
        search=made.search,
        record_url=f"/{made.path or plural}/{{id}}" if made.opens else None,
        actions=made.actions,
        icon=made.icon,
        apart=APART.get(plural),
    )
