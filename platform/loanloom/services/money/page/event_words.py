"""The words of what happens to a loan: one row for each event of the core, for pages, statements and papers alike; of
kinds of repayment and of channels, and of the parts of an amount.
"""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.problems import Text, text

COMPONENTS: Mapping[str, Text] = {
    "fee": text("Fees", "费用"),
    "penalty": text("Penalty interest", "罚息"),
    "compound": text("Compound interest", "复利"),
    "damages": text("Liquidated damages", "违约金"),
    "interest": text("Interest", "利息"),
    "principal": text("Principal", "本金"),
    "surplus": text("Kept for the borrower", "留存款项"),
}
"""What a loan can owe, and what is kept for the borrower."""

EVENTS: Mapping[str, Text] = {
    "loan_disbursed": text("Paid out", "放款"),
    "disbursement_undone": text("Disbursement undone", "撤销放款"),
    "loan_taken_over": text("Taken over", "接管存量借据"),
    "tranche_drawn": text("Drawn", "提款"),
    "repayment_received": text("Repayment received", "收到还款"),
    "surplus_applied": text("Money kept applied", "留存款抵扣"),
    "interest_subsidised": text("Interest subsidised", "贴息"),
    "subsidy_withdrawn": text("Subsidy refused", "贴息拒付"),
    "surplus_refunded": text("Money kept paid back", "退还留存款"),
    "schedule_changed": text("Schedule changed", "还款计划变更"),
    "fee_charged": text("Fee charged", "收取费用"),
    "charge_added": text("Charge added", "加收费用"),
    "charge_shares_agreed": text("Parts of charges agreed", "约定费用分担"),
    "charge_shared": text("Part of a charge borne by others", "他方分担费用"),
    "charge_share_withdrawn": text("Part of a charge refused", "费用分担拒付"),
    "charge_waived": text("Charge waived", "免收费用"),
    "charge_adjusted": text("Charge corrected", "调整费用"),
    "waived": text("Waived", "减免"),
    "interest_reduced": text("Interest reduced", "利息减免"),
    "waiver_revived": text("Waiver revived", "减免恢复"),
    "rescheduled": text("Rescheduled", "调整还款计划"),
    "reamortised": text("Re-amortised", "重新摊还"),
    "re_aged": text("Re-aged", "账龄重置"),
    "rate_changed": text("Rate changed", "利率调整"),
    "interest_paused": text("Payment holiday", "暂停计息"),
    "interest_capitalised": text("Interest capitalised", "利息转本金"),
    "loan_extended": text("Extended", "展期"),
    "loan_restructured": text("Restructured", "重组"),
    "loan_renewed": text("Renewed", "借新还旧"),
    "loan_accelerated": text("Accelerated", "提前到期"),
    "plan_agreed": text("New plan", "新还款计划"),
    "plan_recalculated": text("Plan recalculated", "还款计划重算"),
    "guarantor_reimbursed": text("Guarantor paid back", "偿还担保人"),
    "waiver_confirmed": text("Waiver final", "减免确认"),
    "misuse_found": text("Misuse noted", "认定挪用"),
    "guarantor_paid": text("Guarantor paid", "担保代偿"),
    "assets_taken": text("Assets taken in settlement", "抵债"),
    "contract_terminated": text("Contract terminated", "解除合同"),
    "charged_off": text("Charged off", "转销"),
    "charge_off_undone": text("Charge-off undone", "撤销转销"),
    "written_off": text("Written off", "核销"),
    "recovered": text("Recovered", "已核销收回"),
    "charged_back": text("Repayment charged back", "退单"),
    "interest_suspended": text("Interest suspended", "利息转表外"),
    "interest_restored": text("Interest restored", "利息转回表内"),
    "loan_transferred": text("Transferred", "转户"),
    "account_closed": text("Account closed", "销户"),
    "loan_settled": text("Settled", "结清"),
    "interest_accrued": text("Interest accrued", "计提利息"),
    "penalty_accrued": text("Penalty accrued", "计提罚息"),
    "fee_due": text("Fees due", "费用到期"),
    "payout_paid": text("Payout paid", "付款"),
    "payout_returned": text("Payout came back", "付款退回"),
    "suspense_received": text("Receipt not identified", "收到待认领款项"),
    "suspense_returned": text("Receipt sent back", "退回待认领款项"),
    "deposit_received": text("Deposit received", "收到保证金"),
    "deposit_released": text("Deposit released", "退还保证金"),
    "item_raised_receivable": text("Item receivable", "应收项目"),
    "item_raised_payable": text("Item payable", "应付项目"),
    "item_received": text("Item received", "收回应收项目"),
    "item_paid": text("Item paid", "支付应付项目"),
    "item_given_up": text("Item written off", "核销应收项目"),
    "entrusted_taken": text("Taken from the trustor's money", "自委托资金扣收"),
    "voucher": text("Voucher by hand", "手工凭证"),
    "year_closed": text("Year carried forward", "年度结转"),
    "acceleration": text("acceleration", "提前到期"),
    "extension": text("extension", "展期"),
    "restructuring": text("restructuring", "重组"),
    "renewal": text("renewal", "借新还旧"),
    "repricing": text("repricing", "利率重定价"),
    "rate_change": text("rate change", "利率调整"),
    "pause": text("interest pause", "停息"),
    "top_up": text("top-up", "增贷"),
    "prepayment": text("prepayment", "提前还款"),
    "repayment": text("repayment", "还款"),
    "guarantor": text("guarantor's payment", "代偿"),
    "wrong_account": text("wrong payee or account", "收款人或账号有误"),
    "wrong_amount": text("wrong amount or terms", "金额或要素有误"),
    "entered_twice": text("entered twice", "重复录入"),
    "not_wanted": text("no longer wanted", "借款人放弃用款"),
    "other": text("another reason", "其他原因"),
    "early_settlement": text("early settlement", "提前结清"),
}
"""Events of the core, events of the ledger alone, and reasons that events give."""


KINDS: Mapping[str, Text] = {
    "repayment": text("Repayment", "还款"),
    "settlement": text("Early settlement", "提前结清"),
    "surplus": text("Money kept applied", "留存款抵扣"),
    "down_payment": text("Down payment", "首付款"),
    "merchant_refund": text("Merchant's refund", "商户退款"),
    "payout_refund": text("Payout came back", "放款退回"),
    "goodwill": text("Goodwill", "商誉性减免"),
    "interest_refund": text("Interest given back", "利息退还"),
    "guarantor_paid": text("Guarantor paid", "担保代偿"),
    "recovered": text("Recovery", "已核销收回"),
    "renewal": text("Paid by a new loan", "借新还旧"),
    "top_up": text("Paid by a larger new loan", "增贷归还"),
    "interest_waiver": text("Interest waived", "利息减免"),
}
CHANNELS: Mapping[str, Text] = {
    "bank": text("Bank transfer", "银行转账"),
    "cash": text("Cash", "现金"),
    "counter": text("Counter", "柜面"),
    "online": text("Online", "线上"),
}

INTERNAL: Mapping[str, Text] = {
    "suspense": text("Unidentified receipt claimed", "认领款项"),
    "deposit": text("Deposit", "保证金"),
    "payout": text("Payout came back", "放款退回"),
    "renewal": text("New loan", "新借款"),
}
"""Where money came from that nobody brought to the desk."""

PARTS: Mapping[str, Text] = {
    **COMPONENTS,
    "amount": text("Whole amount", "总金额"),
    "payable": text("Still to be paid out", "待付款项"),
    "tax": text("Tax within", "价内税金"),
    "net": text("Net", "净额"),
    "share": text("Agent's share", "分成"),
    "withheld": text("Tax withheld", "代扣税金"),
}
"""What posting rules name of an event's amount."""


def plain(key: str) -> Text:
    """Words for a key that has none: its own letters."""
    words = key.replace("_", " ").capitalize()
    return text(words, words)


def event(key: str) -> Text:
    """The words of an event."""
    return EVENTS.get(key) or plain(key)


def component(key: str) -> Text:
    """The words of a component."""
    return COMPONENTS.get(key) or plain(key)
