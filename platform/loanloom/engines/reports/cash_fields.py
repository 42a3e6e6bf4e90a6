"""The fields of money in and out: items, receipts, orders of the desk, payouts, deposits, parties."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.engines.reports.field import Field, field

ITEM = (
    field("item.direction", "Direction", "收付方向", "choice", "item_direction", states=True),
    field("item.kind", "What", "项目类别", "choice", "item_kind", states=True),
    field("item.number", "Number", "编号", "text"),
    field("item.subject", "Subject", "对方", "text"),
    field("item.loan", "Loan", "借据编号", "text"),
    field("item.due_on", "Due on", "到期日", "date"),
    field("item.amount", "Amount", "金额", "money"),
    field("item.settled", "Settled", "已结清", "money"),
    field("item.outstanding", "Still open", "未结清", "money"),
    field("item.receivable", "Owed to us", "应收余额", "money"),
    field("item.payable", "To be paid", "应付余额", "money"),
    field("item.currency", "Currency", "币种", "text"),
    field("item.state", "State", "状态", "choice", "item_state", states=True),
    field("item.unit", "Unit", "经办机构", "unit"),
)
RECEIPT = (
    field("receipt.number", "Receipt", "收款编号", "text"),
    field("receipt.received_on", "Received on", "收款日期", "date"),
    field("receipt.amount", "Amount", "金额", "money"),
    field("receipt.currency", "Currency", "币种", "text"),
    field("receipt.channel", "Channel", "渠道", "choice", "cash_channel", states=True),
    field("receipt.purpose", "For", "用途", "choice", "receipt_purpose", states=True),
    field("receipt.loan", "Loan", "借据编号", "text"),
    field("receipt.customer", "Customer", "客户名称", "text"),
    field("receipt.payer", "Payer", "付款人", "text"),
    field("receipt.payer_account", "Payer's account", "付款账号", "text"),
    field("receipt.reference", "Reference", "流水号", "text"),
    field("receipt.state", "State", "状态", "choice", "receipt_state", states=True),
)
ORDER = (
    field("order.kind", "What", "业务", "choice", "order_kind", states=True),
    field("order.state", "State", "状态", "choice", "order_state", states=True),
    field("order.amount", "Amount", "金额", "money"),
    field("order.currency", "Currency", "币种", "text"),
    field("order.channel", "Channel", "渠道", "choice", "cash_channel", states=True),
    field("order.loan", "Loan", "借据编号", "text"),
    field("order.customer", "Customer", "客户名称", "text"),
    field("order.entered_on", "Entered on", "录入日期", "date"),
    field("order.entered_at", "Entered at", "录入时间", "moment"),
    field("order.booked_on", "Booked on", "入账日期", "date"),
    field("order.reason", "Reason", "事由", "text"),
)
PAYOUT = (
    field("payout.number", "Payout", "付款编号", "text"),
    field("payout.kind", "What", "付款类别", "choice", "payout_kind", states=True),
    field("payout.mode", "Way of payment", "支付方式", "choice", "payout_mode", states=True),
    field("payout.payee", "Payee", "收款人", "text"),
    field("payout.account", "Account", "收款账号", "text"),
    field("payout.amount", "Amount", "金额", "money"),
    field("payout.fee", "Fee kept back", "扣收手续费", "money"),
    field("payout.net", "Paid out", "实付金额", "money"),
    field("payout.currency", "Currency", "币种", "text"),
    field("payout.due_on", "Due on", "应付日期", "date"),
    field("payout.paid_on", "Paid on", "付款日期", "date"),
    field("payout.channel", "Channel", "渠道", "choice", "cash_channel", states=True),
    field("payout.reference", "Reference", "流水号", "text"),
    field("payout.loan", "Loan", "借据编号", "text"),
    field("payout.customer", "Customer", "客户名称", "text"),
    field("payout.state", "State", "状态", "choice", "payout_state", states=True),
)
DEPOSIT = (
    field("deposit.number", "Deposit", "保证金账户", "text"),
    field("deposit.kind", "Kind", "类别", "choice", "deposit_kind", states=True),
    field("deposit.owner", "Owner", "户主", "text"),
    field("deposit.loan", "Loan", "借据编号", "text"),
    field("deposit.balance", "Balance", "余额", "money"),
    field("deposit.held", "Held", "冻结金额", "money"),
    field("deposit.currency", "Currency", "币种", "text"),
    field("deposit.opened_on", "Opened on", "开户日期", "date"),
    field("deposit.state", "State", "状态", "choice", "deposit_state", states=True),
)
PARTY = (
    field("party.number", "Number", "编号", "text"),
    field("party.kind", "Kind", "类别", "choice", "party_kind", states=True),
    field("party.name", "Name", "名称", "text"),
    field("party.account", "Account", "账号", "text"),
    field("party.agreement", "Agreement", "协议编号", "text"),
    field("party.agreement_ends_on", "Agreement ends on", "协议到期日", "date"),
    field("party.fee_rate", "Fee rate", "手续费率", "percent"),
    field("party.state", "State", "状态", "choice", "party_state", states=True),
)
CASH: Mapping[str, tuple[Field, ...]] = {
    "item": ITEM,
    "receipt": RECEIPT,
    "order": ORDER,
    "payout": PAYOUT,
    "deposit": DEPOSIT,
    "party": PARTY,
}
"""The records of money in and out with their fields."""
