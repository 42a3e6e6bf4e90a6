"""The fields of every data set that lists and reports may name: path, title, type. Documents may ask for no more.

Where a field lies in the database is for services/data_sets to say.
"""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.engines.reports.cash_fields import CASH
from loanloom.engines.reports.field import DECIMALS, NUMERIC, RANGED, Field, Type, field
from loanloom.metadata.entries import Entries
from loanloom.metadata.fields import Field as Declared
from loanloom.metadata.registers import Register, register_of
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import text

__all__ = [
    "DATA_SETS",
    "DECIMALS",
    "NUMERIC",
    "OF_RECORD",
    "RANGED",
    "RECORDS",
    "Field",
    "Type",
    "fields_of",
    "map_added",
]

FROM_DECLARED: Mapping[str, Type] = {
    "text": "text",
    "long_text": "text",
    "phone": "text",
    "month": "text",
    "credit_code": "text",
    "lookup": "text",
    "rating": "number",
    "cascade": "choice",
    "integer": "number",
    "number": "number",
    "money": "money",
    "percent": "percent",
    "date": "date",
    "yes_no": "yes_no",
    "choice": "choice",
}
"""Declared field types that fit into a column; files, tables and encrypted fields stay on the record's own page."""


CUSTOMER = (
    field("customer.name", "Customer", "客户名称", "text"),
    field("customer.number", "Customer number", "客户编号", "text"),
    field("customer.kind", "Kind", "客户类型", "choice", "customer_kind"),
    field("customer.phone", "Telephone", "联系电话", "text"),
    field("customer.email", "E-mail", "电子邮箱", "text"),
    field("customer.id_number", "Identity number", "证件号码", "text"),
    field("customer.address", "Address", "地址", "text"),
    field("customer.province", "Province", "所在省份", "choice", "province"),
    field("customer.industry", "Industry", "行业", "choice", "industry"),
    field("customer.since_on", "Customer since", "建档日期", "date"),
    field("customer.unit", "Unit", "所属机构", "unit"),
)
APPLICATION = (
    field("application.number", "Application", "申请编号", "text"),
    field("application.product", "Product", "产品", "product"),
    field("application.amount", "Amount applied for", "申请金额", "money"),
    field("application.term_months", "Months", "期限（月）", "number"),
    field("application.method", "Repayment method", "还款方式", "choice", "repayment_method"),
    field("application.purpose", "Purpose", "贷款用途", "text"),
    field("application.guarantee_mode", "Guarantee", "担保方式", "choice", "guarantee_mode"),
    field("application.applied_on", "Applied on", "申请日期", "date"),
    field("application.channel", "Channel", "申请渠道", "choice", "channel"),
    field("application.state", "State", "状态", "choice", "application_state", states=True),
    field("application.unit", "Unit", "经办机构", "unit"),
    Field(path="score.points", title=text("Points", "评分"), type="number", decimals=4),
    field("score.grade", "Grade", "等级", "text"),
    field("limit.amount", "Limit", "测算额度", "money"),
)
LOAN = (
    field("loan.number", "Loan", "借据编号", "text"),
    field("loan.product", "Product", "产品", "product"),
    field("loan.principal", "Principal", "借款本金", "money"),
    field("loan.annual_rate", "Yearly rate", "年利率", "percent"),
    field("loan.term_months", "Months", "期限（月）", "number"),
    field("loan.method", "Repayment method", "还款方式", "choice", "repayment_method"),
    field("loan.disbursed_on", "Paid out on", "放款日", "date"),
    field("loan.matures_on", "Matures on", "到期日", "date"),
    field("loan.settled_on", "Settled on", "结清日", "date"),
    field("loan.next_due_on", "Next due on", "下期应还日", "date"),
    field("loan.principal_outstanding", "Principal outstanding", "本金余额", "money"),
    field("loan.interest_due", "Interest due", "应收利息", "money"),
    field("loan.penalty_due", "Penalty interest", "罚息", "money"),
    field("loan.overdue_amount", "Overdue amount", "逾期金额", "money"),
    field("loan.days_past_due", "Days past due", "逾期天数", "number"),
    field("loan.overdue", "Overdue", "是否逾期", "yes_no"),
    field("loan.asset_class", "Asset class", "五级分类", "choice", "asset_class", states=True),
    field("loan.state", "State", "状态", "choice", "loan_state", states=True),
    field("loan.unit", "Unit", "经办机构", "unit"),
    field("loan.principal_overdue", "Principal overdue", "逾期本金", "money"),
    field("loan.interest_overdue", "Interest overdue", "欠息", "money"),
)
CONTRACT = (
    field("contract.number", "Contract", "合同编号", "text"),
    field("contract.kind", "Kind", "合同类型", "choice", "contract_kind", states=True),
    field("contract.party_name", "Party", "签约方", "text"),
    field("contract.product", "Product", "产品", "product"),
    field("contract.amount", "Amount", "合同金额", "money"),
    field("contract.annual_rate", "Yearly rate", "年利率", "percent"),
    field("contract.term_months", "Months", "期限（月）", "number"),
    field("contract.prepared_on", "Prepared on", "制作日期", "date"),
    field("contract.signed_on", "Signed on", "签订日期", "date"),
    field("contract.state", "State", "状态", "choice", "contract_state", states=True),
    field("contract.unit", "Unit", "经办机构", "unit"),
)
SANCTION = (
    field("sanction.number", "Sanction", "批复编号", "text"),
    field("sanction.product", "Product", "产品", "product"),
    field("sanction.amount", "Amount", "批复金额", "money"),
    field("sanction.term_months", "Months", "期限（月）", "number"),
    field("sanction.annual_rate", "Yearly rate", "年利率", "percent"),
    field("sanction.grade", "Grade", "等级", "text"),
    field("sanction.sanctioned_on", "Sanctioned on", "批复日期", "date"),
    field("sanction.expires_on", "Expires on", "到期日", "date"),
    field("sanction.state", "State", "状态", "choice", "sanction_state", states=True),
    field("sanction.unit", "Unit", "经办机构", "unit"),
)
INSTALMENT = (
    field("instalment.number", "Instalment", "期次", "number"),
    field("instalment.due_on", "Due on", "应还日期", "date"),
    field("instalment.principal", "Principal", "应还本金", "money"),
    field("instalment.interest", "Interest", "应还利息", "money"),
    field("instalment.fee", "Fees", "费用", "money"),
    field("instalment.penalty_paid", "Penalty interest paid", "已还罚息", "money"),
    field("instalment.outstanding", "Still owed", "未还金额", "money"),
    field("instalment.paid", "Paid", "是否还清", "yes_no"),
    field("instalment.paid_on", "Paid on", "还清日期", "date"),
    field("instalment.state", "State", "状态", "choice", "instalment_state", states=True),
)
JOURNAL = (
    field("entry.number", "Entry", "分录号", "text"),
    field("entry.booked_on", "Booked on", "记账日期", "date"),
    field("entry.event", "Event", "业务事件", "choice", "journal_event", states=True),
    field("line.account", "Account", "科目", "account"),
    field("line.debit", "Debit", "借方", "money"),
    field("line.credit", "Credit", "贷方", "money"),
    field("line.memo", "Memo", "摘要", "text"),
)

KEPT = (
    field("record.number", "Number", "编号", "text"),
    field("record.state", "State", "状态", "choice", "record_state", states=True),
    field("record.entered_on", "Entered on", "建档时间", "moment"),
    field("record.changed_on", "Changed on", "更新时间", "moment"),
    field("record.unit", "Unit", "所属机构", "unit"),
)
"""What every record of an entity of the company's own has."""
WHOSE: Mapping[str, tuple[Field, ...]] = {
    "customer": CUSTOMER,
    "party": (
        field("party.name", "Partner", "合作方", "text"),
        field("party.number", "Partner number", "合作方编号", "text"),
    ),
}
"""What a record shows of whom it belongs to."""

RECORDS: Mapping[str, tuple[Field, ...]] = {
    "customer": CUSTOMER,
    "application": APPLICATION,
    "loan": LOAN,
    "contract": CONTRACT,
    "sanction": SANCTION,
    "instalment": INSTALMENT,
    "journal": JOURNAL,
    **CASH,
}
DATA_SETS: Mapping[str, tuple[str, ...]] = {
    "customers": ("customer",),
    "applications": ("application", "customer"),
    "loans": ("loan", "customer", "application"),
    "contracts": ("contract", "customer"),
    "sanctions": ("sanction", "customer"),
    "instalments": ("instalment", "loan", "customer"),
    "journal": ("journal", "loan", "customer"),
    "items": ("item",),
    "receipts": ("receipt",),
    "orders": ("order",),
    "payouts": ("payout",),
    "deposits": ("deposit",),
    "parties": ("party",),
}
"""The records whose fields a data set shows, its own first."""

OF_RECORD: Mapping[str, str] = {
    "customer": "customers",
    "application": "applications",
    "loan": "loans",
    "contract": "contracts",
    "sanction": "sanctions",
    "instalment": "instalments",
    "item": "items",
    "receipt": "receipts",
    "order": "orders",
    "payout": "payouts",
    "deposit": "deposits",
    "party": "parties",
}
EXTENDED = ("customer", "application")
"""Records whose added fields can be listed."""


@kept
def fields_of(registry: Registry, data_set: str) -> Mapping[str, Field]:
    """Every field of a data set by path, with those that this company added; an entity that keeps records is one."""
    register = register_of(registry, data_set)
    if register is not None:
        return Entries(_of_register(register))
    found: dict[str, Field] = {}
    for record in DATA_SETS.get(data_set, ()):
        found.update((field.path, field) for field in RECORDS[record])
        if record in EXTENDED:
            found.update((field.path, field) for field in map_added(record, registry.entity_fields(record)))
    return Entries(found)


def _of_register(register: Register) -> Mapping[str, Field]:
    """The fields of a register: its own, those every record has, and whose it is."""
    fields = [*KEPT[:1], *map_added(register.key, register.fields), *KEPT[1:], *WHOSE.get(register.about or "", ())]
    return {one.path: one for one in fields}


def map_added(record: str, declared: tuple[Declared, ...]) -> list[Field]:
    """The company's own fields of a record that fit into a column."""
    return [
        Field(
            path=f"{record}.{field.key}",
            title=field.title,
            type=FROM_DECLARED[field.type],
            code_list=field.code_list,
            added=True,
        )
        for field in declared
        if not field.builtin and not field.encrypted and field.type in FROM_DECLARED
    ]
