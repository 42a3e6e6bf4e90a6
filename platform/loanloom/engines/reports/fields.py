"""The fields of every data set that lists and reports may name: path, title, type. Documents may ask for no more.

Where a field lies in the database is for services/data_sets to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from loanloom.metadata.fields import Field as Declared
from loanloom.metadata.registry import Registry
from loanloom.problems import Text, text

Type = Literal["text", "money", "number", "percent", "date", "moment", "choice", "yes_no", "product", "unit", "account"]
NUMERIC: frozenset[str] = frozenset(("money", "number", "percent"))
DECIMALS: Mapping[str, int] = {"money": 2, "percent": 8, "number": 0}
"""Decimals of a number where its field does not say."""
RANGED: frozenset[str] = frozenset(("money", "number", "percent", "date", "moment"))

FROM_DECLARED: Mapping[str, Type] = {
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
"""Declared field types that fit into a column; files, tables and encrypted fields stay on the record's own page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a data set. `states`: its values are states, shown as badges. `added`: by the company's metadata.

    `decimals`: of a number that has other than its type's.
    """

    path: str
    title: Text
    type: Type
    code_list: str | None = None
    states: bool = False
    added: bool = False
    decimals: int | None = None

    @property
    def is_numeric(self) -> bool:
        """Whether it stands to the right."""
        return self.type in NUMERIC

    @property
    def is_ranged(self) -> bool:
        """Whether it is filtered from-to."""
        return self.type in RANGED


def _field(path: str, en: str, zh: str, kind: Type, code_list: str | None = None, states: bool = False) -> Field:
    return Field(path=path, title=text(en, zh), type=kind, code_list=code_list, states=states)


CUSTOMER = (
    _field("customer.name", "Customer", "客户名称", "text"),
    _field("customer.number", "Customer number", "客户编号", "text"),
    _field("customer.kind", "Kind", "客户类型", "choice", "customer_kind"),
    _field("customer.phone", "Telephone", "联系电话", "text"),
    _field("customer.id_number", "Identity number", "证件号码", "text"),
    _field("customer.address", "Address", "地址", "text"),
    _field("customer.province", "Province", "所在省份", "choice", "province"),
    _field("customer.industry", "Industry", "行业", "choice", "industry"),
    _field("customer.since_on", "Customer since", "建档日期", "date"),
    _field("customer.unit", "Unit", "所属机构", "unit"),
)
APPLICATION = (
    _field("application.number", "Application", "申请编号", "text"),
    _field("application.product", "Product", "产品", "product"),
    _field("application.amount", "Amount applied for", "申请金额", "money"),
    _field("application.term_months", "Months", "期限（月）", "number"),
    _field("application.method", "Repayment method", "还款方式", "choice", "repayment_method"),
    _field("application.purpose", "Purpose", "贷款用途", "text"),
    _field("application.guarantee_mode", "Guarantee", "担保方式", "choice", "guarantee_mode"),
    _field("application.applied_on", "Applied on", "申请日期", "date"),
    _field("application.channel", "Channel", "申请渠道", "choice", "channel"),
    _field("application.state", "State", "状态", "choice", "application_state", states=True),
    _field("application.unit", "Unit", "经办机构", "unit"),
    Field(path="score.points", title=text("Points", "评分"), type="number", decimals=4),
    _field("score.grade", "Grade", "等级", "text"),
    _field("limit.amount", "Limit", "测算额度", "money"),
)
LOAN = (
    _field("loan.number", "Loan", "借据编号", "text"),
    _field("loan.product", "Product", "产品", "product"),
    _field("loan.principal", "Principal", "借款本金", "money"),
    _field("loan.annual_rate", "Yearly rate", "年利率", "percent"),
    _field("loan.term_months", "Months", "期限（月）", "number"),
    _field("loan.method", "Repayment method", "还款方式", "choice", "repayment_method"),
    _field("loan.disbursed_on", "Paid out on", "放款日", "date"),
    _field("loan.matures_on", "Matures on", "到期日", "date"),
    _field("loan.settled_on", "Settled on", "结清日", "date"),
    _field("loan.next_due_on", "Next due on", "下期应还日", "date"),
    _field("loan.principal_outstanding", "Principal outstanding", "本金余额", "money"),
    _field("loan.interest_due", "Interest due", "应收利息", "money"),
    _field("loan.penalty_due", "Penalty interest", "罚息", "money"),
    _field("loan.overdue_amount", "Overdue amount", "逾期金额", "money"),
    _field("loan.days_past_due", "Days past due", "逾期天数", "number"),
    _field("loan.overdue", "Overdue", "是否逾期", "yes_no"),
    _field("loan.asset_class", "Asset class", "五级分类", "choice", "asset_class", states=True),
    _field("loan.state", "State", "状态", "choice", "loan_state", states=True),
    _field("loan.unit", "Unit", "经办机构", "unit"),
    _field("loan.principal_overdue", "Principal overdue", "逾期本金", "money"),
    _field("loan.interest_overdue", "Interest overdue", "欠息", "money"),
)
CONTRACT = (
    _field("contract.number", "Contract", "合同编号", "text"),
    _field("contract.kind", "Kind", "合同类型", "choice", "contract_kind", states=True),
    _field("contract.party_name", "Party", "签约方", "text"),
    _field("contract.product", "Product", "产品", "product"),
    _field("contract.amount", "Amount", "合同金额", "money"),
    _field("contract.annual_rate", "Yearly rate", "年利率", "percent"),
    _field("contract.term_months", "Months", "期限（月）", "number"),
    _field("contract.prepared_on", "Prepared on", "制作日期", "date"),
    _field("contract.signed_on", "Signed on", "签订日期", "date"),
    _field("contract.state", "State", "状态", "choice", "contract_state", states=True),
    _field("contract.unit", "Unit", "经办机构", "unit"),
)
SANCTION = (
    _field("sanction.number", "Sanction", "批复编号", "text"),
    _field("sanction.product", "Product", "产品", "product"),
    _field("sanction.amount", "Amount", "批复金额", "money"),
    _field("sanction.term_months", "Months", "期限（月）", "number"),
    _field("sanction.annual_rate", "Yearly rate", "年利率", "percent"),
    _field("sanction.grade", "Grade", "等级", "text"),
    _field("sanction.sanctioned_on", "Sanctioned on", "批复日期", "date"),
    _field("sanction.expires_on", "Expires on", "到期日", "date"),
    _field("sanction.state", "State", "状态", "choice", "sanction_state", states=True),
    _field("sanction.unit", "Unit", "经办机构", "unit"),
)
INSTALMENT = (
    _field("instalment.number", "Instalment", "期次", "number"),
    _field("instalment.due_on", "Due on", "应还日期", "date"),
    _field("instalment.principal", "Principal", "应还本金", "money"),
    _field("instalment.interest", "Interest", "应还利息", "money"),
    _field("instalment.fee", "Fees", "费用", "money"),
    _field("instalment.penalty_paid", "Penalty interest paid", "已还罚息", "money"),
    _field("instalment.outstanding", "Still owed", "未还金额", "money"),
    _field("instalment.paid", "Paid", "是否还清", "yes_no"),
    _field("instalment.paid_on", "Paid on", "还清日期", "date"),
    _field("instalment.state", "State", "状态", "choice", "instalment_state", states=True),
)
JOURNAL = (
    _field("entry.number", "Entry", "分录号", "text"),
    _field("entry.booked_on", "Booked on", "记账日期", "date"),
    _field("entry.event", "Event", "业务事件", "choice", "journal_event", states=True),
    _field("line.account", "Account", "科目", "account"),
    _field("line.debit", "Debit", "借方", "money"),
    _field("line.credit", "Credit", "贷方", "money"),
    _field("line.memo", "Memo", "摘要", "text"),
)

RECORDS: Mapping[str, tuple[Field, ...]] = {
    "customer": CUSTOMER,
    "application": APPLICATION,
    "loan": LOAN,
    "contract": CONTRACT,
    "sanction": SANCTION,
    "instalment": INSTALMENT,
    "journal": JOURNAL,
}
DATA_SETS: Mapping[str, tuple[str, ...]] = {
    "customers": ("customer",),
    "applications": ("application", "customer"),
    "loans": ("loan", "customer", "application"),
    "contracts": ("contract", "customer"),
    "sanctions": ("sanction", "customer"),
    "instalments": ("instalment", "loan", "customer"),
    "journal": ("journal", "loan", "customer"),
}
"""The records whose fields a data set shows, its own first."""

OF_RECORD: Mapping[str, str] = {
    "customer": "customers",
    "application": "applications",
    "loan": "loans",
    "contract": "contracts",
    "sanction": "sanctions",
    "instalment": "instalments",
}
EXTENDED = ("customer", "application")
"""Records whose added fields can be listed."""


@lru_cache(maxsize=256)
def fields_of(registry: Registry, data_set: str) -> Mapping[str, Field]:
    """Every field of a data set by path, with those that this company added."""
    found: dict[str, Field] = {}
    for record in DATA_SETS.get(data_set, ()):
        found.update((field.path, field) for field in RECORDS[record])
        if record in EXTENDED:
            found.update((field.path, field) for field in map_added(record, registry.entity_fields(record)))
    return found


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
