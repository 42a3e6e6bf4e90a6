"""The words of parameters and their choices, whatever the change they belong to."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.problems import Text, text

FIELDS: Mapping[str, Text] = {
    "payees": text("Paid straight to partners", "受托支付"),
    "party_id": text("Partner", "合作方"),
    "purpose": text("Purpose", "用途"),
    "on": text("Effective on", "生效日期"),
    "amount": text("Amount", "金额"),
    "amounts": text("Amounts", "各项金额"),
    "parts": text("Owed again", "恢复欠款各项"),
    "first_due": text("First due date", "首个到期日"),
    "instalments": text("Instalments", "期数"),
    "every": text("Every", "间隔"),
    "period": text("Unit of time", "时间单位"),
    "shares": text("Share waived", "减免比例"),
    "keep": text("What stays", "保持"),
    "principal": text("Principal", "本金"),
    "interest": text("Interest", "利息"),
    "months": text("Months", "月数"),
    "periods": text("Instalments", "期数"),
    "days": text("Days", "天数"),
    "extra_terms": text("Further instalments", "增加期数"),
    "from_number": text("From instalment", "自第几期起"),
    "from_due": text("From due date", "自到期日"),
    "from_on": text("From", "自"),
    "until": text("Until", "至"),
    "to_on": text("Until", "至"),
    "until_on": text("Until", "至"),
    "starts_on": text("First day", "起始日"),
    "ends_on": text("Last day", "截止日"),
    "matures_on": text("New maturity", "新到期日"),
    "new_due": text("New due date", "新到期日"),
    "new_due_on": text("New due date", "新到期日"),
    "new_rate": text("New yearly rate", "新年利率"),
    "annual_rate": text("Yearly rate", "年利率"),
    "rate": text("Yearly rate", "年利率"),
    "grace_on_principal": text("Instalments without principal", "本金宽限期数"),
    "grace_on_interest": text("Instalments without interest payment", "利息宽限期数"),
    "grace_principal": text("Instalments without principal", "本金宽限期数"),
    "grace_interest": text("Instalments without interest payment", "利息宽限期数"),
    "components": text("Components", "款项"),
    "component": text("Component", "款项"),
    "number": text("Instalment", "期次"),
    "charge": text("Charge", "费用项目"),
    "at_once": text("Due on that day alone", "当日单独收取"),
    "key": text("Charge", "费用项目"),
    "reason": text("Reason code", "原因代码"),
    "due_on": text("Due on", "到期日"),
    "sequence": text("Booking", "记账序号"),
    "guarantor": text("Guarantor", "担保人"),
    "asset": text("Asset", "资产"),
    "value": text("Agreed value", "协议价值"),
    "manager": text("Customer manager", "客户经理"),
    "manager_user_id": text("Customer manager", "客户经理"),
    "unit": text("Branch or department", "机构"),
    "observation_days": text("Days of observation", "观察期天数"),
    "uplift": text("Uplift on the rate", "加收比例"),
    "capitalise": text("Add interest to principal", "利息转入本金"),
    "conditional": text("Revives if the new terms are broken", "违约恢复"),
    "kind": text("Kind", "类别"),
    "by": text("New loan", "新借据"),
    "own": text("Paid by the borrower himself", "借款人自付金额"),
    "grace_days": text("Days of grace", "宽限天数"),
    "note": text("Note", "备注"),
    "mistake": text("What was wrong", "撤销原因"),
    "money_back": text("Where the money is", "款项去向"),
    "reference": text("Reference of the bank", "银行流水号"),
}
"""The words of a parameter, whatever its command."""

OPTIONS: Mapping[str, Mapping[str, Text]] = {
    "keep": {"term": text("the term", "保持期限"), "instalment": text("the instalment", "保持每期还款额")},
    "interest": {
        "scheduled": text("goes on as planned", "按计划继续计息"),
        "none": text("ends", "停止计息"),
        "all_due": text("falls due with everything", "随全部欠款到期"),
        "default": text("goes on", "继续计息"),
        "payable": text("what was borne to the day is spread", "截至当日应计利息平均分摊"),
        "full": text("all that was planned is spread", "原计划全部利息平均分摊"),
        "split": text("what is overdue is spread equally", "逾期利息平均分摊"),
    },
    "money_back": {
        "returned": text("came back from the bank", "银行已退回"),
        "never_left": text("never left", "未实际划出"),
    },
    "mistake": {
        "wrong_account": text("wrong payee or account", "收款人或账号有误"),
        "wrong_amount": text("wrong amount or terms", "金额或要素有误"),
        "entered_twice": text("entered twice", "重复录入"),
        "not_wanted": text("the borrower no longer wants it", "借款人放弃用款"),
        "other": text("another reason", "其他原因"),
    },
    "period": {
        "day": text("days", "日"),
        "week": text("weeks", "周"),
        "month": text("months", "月"),
        "quarter": text("quarters", "季"),
        "year": text("years", "年"),
    },
    "kind": {
        "repayment": text("Repayment", "还款"),
        "down_payment": text("Down payment", "首付"),
        "merchant_refund": text("Merchant refund", "商户退款"),
        "payout_refund": text("Refund of the payout", "放款退回"),
        "goodwill": text("Goodwill credit", "优惠返还"),
    },
    "component": {
        "fee": text("Fees", "费用"),
        "penalty": text("Penalty interest", "罚息"),
        "compound": text("Compound interest", "复利"),
        "damages": text("Liquidated damages", "违约金"),
        "interest": text("Interest", "利息"),
        "principal": text("Principal", "本金"),
    },
}
"""The words of choices, by parameter."""

HINTS: Mapping[str, Text] = {
    "on": text(
        "Empty: today. An earlier day works out again what followed.", "留空为当日；早于当日则重新计算其后业务。"
    ),
}
"""What stands below a field."""


def field_title(name: str) -> Text:
    """The words of a parameter; its name in plain letters where there are none yet."""
    plain = name.replace("_", " ").capitalize()
    return FIELDS.get(name) or text(plain, plain)


def option_title(field: str, option: str) -> Text:
    """The words of a choice."""
    listed = OPTIONS.get(field) or OPTIONS.get(field.removesuffix("s"), {})
    plain = option.replace("_", " ")
    return listed.get(option) or OPTIONS["component"].get(option) or text(plain, plain)
