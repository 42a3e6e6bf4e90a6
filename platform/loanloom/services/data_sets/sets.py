"""The data sets themselves, made for one registry: built-in columns, and the fields a company added to the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Table, cast, func, or_
from sqlalchemy import Text as SqlText

from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text
from loanloom.services.data_sets.columns import column, of_application, of_customer, of_loan
from loanloom.services.data_sets.model import Action, Column, DataSet
from loanloom.store import names as people
from loanloom.store.tables import (
    application,
    contract,
    customer,
    instalment,
    journal_entry,
    journal_line,
    loan,
    sanction,
)


def _by_number_or_name(table: Table) -> Callable[[str], ColumnElement[bool]]:
    return lambda words: or_(
        table.c.number.startswith(words.upper(), autoescape=True), people.like_name(customer, words)
    )


def _joined(table: Table, *also: Table) -> Any:
    source: Any = table
    if table is not customer:
        source = source.join(customer, customer.c.id == table.c.customer_id)
    for other in also:
        source = source.outerjoin(other, other.c.id == table.c[f"{other.name}_id"])
    return source


def _make(
    name: str,
    title: Text,
    function: str,
    table: Table,
    source: Any,
    columns: Iterable[Column],
    *,
    actions: tuple[Action, ...] = (),
    icon: str = "file-text",
    opens: bool = True,
) -> DataSet:
    return DataSet(
        name=name,
        title=title,
        function=function,
        source=source,
        scoped=table,
        key=table.c.id,
        columns={column.path: column for column in columns},
        search=_by_number_or_name(table),
        record_url=f"/{name}/{{id}}" if opens else None,
        home=f"/{name}/" if opens else None,
        actions=actions,
        icon=icon,
    )


def _customers(registry: Registry) -> DataSet:
    new = Action(title=text("New customer", "新建客户"), url="/customers/new", function="customer.write")
    title = text("Customers", "客户")
    columns = of_customer(registry)
    return _make("customers", title, "customer.read", customer, customer, columns, actions=(new,), icon="users")


def _applications(registry: Registry) -> DataSet:
    new = Action(title=text("New application", "新建申请"), url="/applications/new", function="application.create")
    columns = [*of_application(registry), *of_customer(registry)]
    title = text("Applications", "申请")
    source = _joined(application)
    return _make("applications", title, "application.read", application, source, columns, actions=(new,))


def _loans(registry: Registry) -> DataSet:
    columns = [*of_loan(), *of_customer(registry), *of_application(registry)]
    source = _joined(loan, application)
    return _make("loans", text("Loans", "借据"), "loan.read", loan, source, columns, icon="coins")


def _contracts(registry: Registry) -> DataSet:
    c = contract.c
    columns = [
        column("contract.number", "Contract", "合同编号", "text", c.number),
        column("contract.kind", "Kind", "合同类型", "choice", c.kind, "contract_kind", states=True),
        column("contract.party_name", "Party", "签约方", "text", c.party_name),
        column("contract.product", "Product", "产品", "product", c.product_key),
        column("contract.amount", "Amount", "合同金额", "money", c.amount),
        column("contract.annual_rate", "Yearly rate", "年利率", "percent", c.annual_rate),
        column("contract.term_months", "Months", "期限（月）", "number", c.term_months),
        column("contract.prepared_on", "Prepared on", "制作日期", "date", c.prepared_on),
        column("contract.signed_on", "Signed on", "签订日期", "date", c.signed_on),
        column("contract.state", "State", "状态", "choice", c.state, "contract_state", states=True),
        column("contract.unit", "Unit", "经办机构", "unit", c.unit),
        *of_customer(registry),
    ]
    source = _joined(contract)
    return _make("contracts", text("Contracts", "合同"), "contract.read", contract, source, columns, icon="signature")


def _sanctions(registry: Registry) -> DataSet:
    c = sanction.c
    columns = [
        column("sanction.number", "Sanction", "批复编号", "text", c.number),
        column("sanction.product", "Product", "产品", "product", c.product_key),
        column("sanction.amount", "Amount", "批复金额", "money", c.amount),
        column("sanction.term_months", "Months", "期限（月）", "number", c.term_months),
        column("sanction.annual_rate", "Yearly rate", "年利率", "percent", c.annual_rate),
        column("sanction.grade", "Grade", "等级", "text", c.grade),
        column("sanction.sanctioned_on", "Sanctioned on", "批复日期", "date", c.sanctioned_on),
        column("sanction.expires_on", "Expires on", "到期日", "date", c.expires_on),
        column("sanction.state", "State", "状态", "choice", c.state, "sanction_state", states=True),
        column("sanction.unit", "Unit", "经办机构", "unit", c.unit),
        *of_customer(registry),
    ]
    source = _joined(sanction)
    return _make("sanctions", text("Sanctions", "批复"), "sanction.read", sanction, source, columns, icon="file-check")


def _instalments(registry: Registry) -> DataSet:
    c = instalment.c
    owed = c.principal + c.interest + c.fee
    paid = c.principal_paid + c.interest_paid + c.fee_paid
    columns = [
        column("instalment.number", "Instalment", "期次", "number", c.number),
        column("instalment.due_on", "Due on", "应还日期", "date", c.due_on),
        column("instalment.principal", "Principal", "应还本金", "money", c.principal),
        column("instalment.interest", "Interest", "应还利息", "money", c.interest),
        column("instalment.fee", "Fees", "费用", "money", c.fee),
        column(
            "instalment.penalty_paid", "Penalty interest paid", "已还罚息", "money", c.penalty_paid + c.compound_paid
        ),
        column("instalment.outstanding", "Still owed", "未还金额", "money", owed - paid),
        column("instalment.paid", "Paid", "是否还清", "yes_no", c.status == "paid"),
        column("instalment.paid_on", "Paid on", "还清日期", "date", c.paid_on),
        column("instalment.state", "State", "状态", "choice", c.status, "instalment_state", states=True),
        *of_loan(),
        *of_customer(registry),
    ]
    source = instalment.join(loan, loan.c.id == c.loan_id).join(customer, customer.c.id == loan.c.customer_id)
    made = _make(
        "instalments", text("Instalments", "还款计划"), "loan.read", loan, source, columns, opens=False, icon="calendar"
    )
    return replace(made, key=c.id)


def _journal(registry: Registry) -> DataSet:
    entry, line = journal_entry.c, journal_line.c
    columns = [
        column("entry.number", "Entry", "分录号", "text", func.coalesce(entry.number, cast(entry.id, SqlText))),
        column("entry.booked_on", "Booked on", "记账日期", "date", entry.business_date),
        column("entry.event", "Event", "业务事件", "choice", entry.event, "journal_event", states=True),
        column("line.account", "Account", "科目", "account", line.account_code),
        column("line.debit", "Debit", "借方", "money", line.debit),
        column("line.credit", "Credit", "贷方", "money", line.credit),
        column("line.memo", "Memo", "摘要", "text", line.memo),
        column("loan.number", "Loan", "借据编号", "text", loan.c.number),
        column("loan.unit", "Unit", "经办机构", "unit", line.unit),
        column("customer.name", "Customer", "客户名称", "text", customer.c.name),
    ]
    source = (
        journal_line.join(journal_entry, entry.id == line.journal_entry_id)
        .outerjoin(loan, loan.c.id == line.loan_id)
        .outerjoin(customer, customer.c.id == loan.c.customer_id)
    )
    return DataSet(
        name="journal",
        title=text("Journal", "会计分录"),
        function="money.read",
        source=source,
        scoped=journal_line,
        key=line.id,
        columns={column.path: column for column in columns},
        search=lambda words: or_(
            line.account_code.startswith(words, autoescape=True), loan.c.number.startswith(words, autoescape=True)
        ),
        icon="books",
    )


MAKERS: Mapping[str, Callable[[Registry], DataSet]] = {
    "customers": _customers,
    "applications": _applications,
    "loans": _loans,
    "contracts": _contracts,
    "sanctions": _sanctions,
    "instalments": _instalments,
    "journal": _journal,
}
OF_RECORD = {"customer": "customers", "application": "applications", "loan": "loans", "contract": "contracts"}


def names() -> tuple[str, ...]:
    """The data sets there are."""
    return tuple(MAKERS)


@lru_cache(maxsize=128)
def data_set(registry: Registry, name: str) -> DataSet | None:
    """A data set by its name or its record's (customer -> customers), with the fields this registry adds."""
    plural = OF_RECORD.get(name, name if name in MAKERS else f"{name}s")
    maker = MAKERS.get(plural)
    return maker(registry) if maker else None
