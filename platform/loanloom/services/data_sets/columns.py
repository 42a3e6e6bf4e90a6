"""The columns of the records that several data sets share: customer, application, loan, and what metadata adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, Numeric, Table, case, cast, func, select

from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry
from loanloom.problems import text
from loanloom.services.data_sets.model import Column, Type
from loanloom.store.tables import application, company, customer, instalment, loan

TYPES: Mapping[str, Type] = {
    "text": "text",
    "long_text": "text",
    "phone": "text",
    "month": "text",
    "integer": "number",
    "number": "number",
    "money": "money",
    "percent": "percent",
    "date": "date",
    "yes_no": "yes_no",
    "choice": "choice",
}
"""Field types that a list can show; files, tables and encrypted fields stay on the record's own page."""


def column(
    path: str,
    en: str,
    zh: str,
    kind: Type,
    value: ColumnElement[Any],
    code_list: str | None = None,
    states: bool = False,
) -> Column:
    """One built-in column."""
    return Column(path=path, title=text(en, zh), type=kind, value=value, code_list=code_list, states=states)


def added(record: str, table: Table, fields: Iterable[Field]) -> Iterable[Column]:
    """The fields that metadata added, read out of the record's JSON."""
    for field in fields:
        if field.builtin or field.encrypted or field.type not in TYPES:
            continue
        kind = TYPES[field.type]
        raw = table.c.extra[field.key].astext
        value: ColumnElement[Any] = raw
        if kind in ("money", "number", "percent"):
            value = cast(raw, Numeric)
        elif kind == "date":
            value = cast(raw, Date)
        elif kind == "yes_no":
            value = cast(raw, Boolean)
        yield Column(path=f"{record}.{field.key}", title=field.title, type=kind, value=value, code_list=field.code_list)


def of_customer(registry: Registry) -> list[Column]:
    """Columns of a customer."""
    c = customer.c
    return [
        column("customer.name", "Customer", "客户名称", "text", c.name),
        column("customer.number", "Customer number", "客户编号", "text", c.number),
        column("customer.kind", "Kind", "客户类型", "choice", c.kind, "customer_kind"),
        column("customer.phone", "Telephone", "联系电话", "text", c.phone_masked),
        column("customer.id_number", "Identity number", "证件号码", "text", c.id_number_masked),
        column("customer.address", "Address", "地址", "text", c.address),
        column("customer.province", "Province", "所在省份", "choice", c.province, "province"),
        column("customer.industry", "Industry", "行业", "choice", c.industry, "industry"),
        column("customer.since_on", "Customer since", "建档日期", "date", c.since_on),
        column("customer.unit", "Unit", "所属机构", "unit", c.unit),
        *added("customer", customer, registry.entity_fields("customer")),
    ]


def of_application(registry: Registry) -> list[Column]:
    """Columns of an application with its score and limit."""
    c = application.c
    return [
        column("application.number", "Application", "申请编号", "text", c.number),
        column("application.product", "Product", "产品", "product", c.product_key),
        column("application.amount", "Amount applied for", "申请金额", "money", c.amount),
        column("application.term_months", "Months", "期限（月）", "number", c.term_months),
        column("application.method", "Repayment method", "还款方式", "choice", c.method, "repayment_method"),
        column("application.purpose", "Purpose", "贷款用途", "text", c.purpose),
        column("application.guarantee_mode", "Guarantee", "担保方式", "choice", c.guarantee_mode, "guarantee_mode"),
        column("application.applied_on", "Applied on", "申请日期", "date", c.applied_on),
        column("application.channel", "Channel", "申请渠道", "choice", c.channel, "channel"),
        column("application.state", "State", "状态", "choice", c.state, "application_state", states=True),
        column("application.unit", "Unit", "经办机构", "unit", c.unit),
        column("score.points", "Points", "评分", "number", c.score_points),
        column("score.grade", "Grade", "等级", "text", c.score_grade),
        column("limit.amount", "Limit", "测算额度", "money", c.limit_amount),
        *added("application", application, registry.entity_fields("application")),
    ]


def of_loan() -> list[Column]:
    """Columns of a loan."""
    c = loan.c
    return [
        column("loan.number", "Loan", "借据编号", "text", c.number),
        column("loan.product", "Product", "产品", "product", c.product_key),
        column("loan.principal", "Principal", "借款本金", "money", c.principal),
        column("loan.annual_rate", "Yearly rate", "年利率", "percent", c.annual_rate),
        column("loan.term_months", "Months", "期限（月）", "number", c.term_months),
        column("loan.method", "Repayment method", "还款方式", "choice", c.method, "repayment_method"),
        column("loan.disbursed_on", "Paid out on", "放款日", "date", c.disbursed_on),
        column("loan.matures_on", "Matures on", "到期日", "date", c.matures_on),
        column("loan.settled_on", "Settled on", "结清日", "date", c.settled_on),
        column("loan.next_due_on", "Next due on", "下期应还日", "date", c.next_due_on),
        column("loan.principal_outstanding", "Principal outstanding", "本金余额", "money", c.principal_outstanding),
        column("loan.interest_due", "Interest due", "应收利息", "money", _overdue("interest", today_too=True)),
        column("loan.penalty_due", "Penalty interest", "罚息", "money", c.penalty_outstanding),
        column("loan.overdue_amount", "Overdue amount", "逾期金额", "money", c.overdue_amount),
        column("loan.days_past_due", "Days past due", "逾期天数", "number", c.days_past_due),
        column("loan.overdue", "Overdue", "是否逾期", "yes_no", c.days_past_due > 0),
        column("loan.asset_class", "Asset class", "五级分类", "choice", c.asset_class, "asset_class", states=True),
        column("loan.state", "State", "状态", "choice", _loan_state(), "loan_state", states=True),
        column("loan.unit", "Unit", "经办机构", "unit", c.unit),
        column("loan.principal_overdue", "Principal overdue", "逾期本金", "money", _overdue("principal")),
        column("loan.interest_overdue", "Interest overdue", "欠息", "money", _overdue("interest")),
    ]


def _loan_state() -> ColumnElement[Any]:
    """The state people speak of: an active loan is current or overdue."""
    return case((loan.c.status != "active", loan.c.status), (loan.c.days_past_due > 0, "overdue"), else_="current")


def _overdue(part: str, *, today_too: bool = False) -> ColumnElement[Any]:
    """What of the instalments past due (or due today) is unpaid, for one loan."""
    today = select(company.c.business_date).where(company.c.id == loan.c.company_id).scalar_subquery()
    unpaid = instalment.c[part] - instalment.c[f"{part}_paid"]
    return (
        select(func.coalesce(func.sum(unpaid), 0))
        .where(
            instalment.c.loan_id == loan.c.id,
            instalment.c.company_id == loan.c.company_id,
            instalment.c.due_on <= today if today_too else instalment.c.due_on < today,
            instalment.c.status.notin_(("paid", "cancelled")),
        )
        .correlate(loan)
        .scalar_subquery()
    )
