"""The words of changes: one row for each command that may be asked of a running loan, one for each parameter.

A command of the core that has a row here can be requested, previewed, approved, booked and undone; nothing else has to
be written for it. What the cashier's desk or the end of day does itself stands in `ELSEWHERE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loanloom.problems import Text, text


@dataclass(frozen=True, slots=True)
class KindWords:
    """What a change is called, what it does in one sentence, the group it stands in, and its icon."""

    title: Text
    about: Text
    group: str
    icon: str


GROUPS: Mapping[str, Text] = {
    "early": text("Repaying early", "提前还款"),
    "schedule": text("Schedule and rate", "还款计划与利率"),
    "relief": text("Charges and relief", "费用与减免"),
    "trouble": text("Problem loans", "不良处置"),
    "account": text("Account", "账户"),
}
"""In the order they are shown."""


def _kind(group: str, icon: str, title: tuple[str, str], about: tuple[str, str]) -> KindWords:
    return KindWords(text(*title), text(*about), group, icon)


KINDS: Mapping[str, KindWords] = {
    "settle_early": _kind(
        "early", "circle-check", ("Settle early", "提前结清"),
        ("Takes everything that is owed to the day, with the agreed fee, and closes the loan.",
         "收取截至当日的全部欠款及约定费用，结清借据。"),
    ),
    "prepay_partially": _kind(
        "early", "receipt", ("Prepay a part", "部分提前还款"),
        ("Repays principal before it is due; either the term or the instalment stays.",
         "提前归还部分本金，可选择保持期限或保持每期还款额。"),
    ),
    "extend": _kind(
        "schedule", "calendar-plus", ("Extend", "展期"),
        ("Moves the maturity back within the agreed limits, at the rate of the new tier.",
         "在规定限额内推迟到期日，利率按展期后档次执行。"),
    ),
    "reschedule": _kind(
        "schedule", "calendar-event", ("Reschedule", "调整还款计划"),
        ("Moves due dates, adds instalments or grace, or sets a new rate from an instalment on.",
         "自指定期次起调整到期日、增加期数、宽限期或利率。"),
    ),
    "reamortise": _kind(
        "schedule", "refresh", ("Re-amortise", "重新摊还"),
        ("Spreads what is owed over the instalments that are left.", "将未还金额重新摊到剩余各期。"),
    ),
    "re_age": _kind(
        "schedule", "history", ("Re-age", "账龄重置"),
        ("Moves what is overdue into new instalments, so that the loan is current again.",
         "将逾期金额转入新的期次，借据恢复为正常。"),
    ),
    "restructure": _kind(
        "schedule", "adjustments", ("Restructure", "重组"),
        ("Agrees new terms with a borrower in difficulty, with a time of observation; waivers may depend on it.",
         "与困难借款人约定新条件，设观察期；减免可附条件。"),
    ),
    "renew": _kind(
        "schedule", "repeat", ("Renew", "借新还旧"),
        ("A new loan pays the old one.", "以新借款归还原借款。"),
    ),
    "top_up": _kind(
        "schedule", "circle-plus", ("Top up", "增贷"),
        ("A larger new loan pays the old one and leaves the rest to the borrower.",
         "以更大金额的新借款归还原借款，余额付给借款人。"),
    ),
    "pause_interest": _kind(
        "schedule", "player-pause", ("Payment holiday", "暂停计息"),
        ("No interest is charged between two days.", "两个日期之间不计利息。"),
    ),
    "change_rate": _kind(
        "schedule", "percentage", ("Change the rate", "调整利率"),
        ("A new yearly rate from a day on; the days before keep theirs.", "自某日起执行新的年利率，此前分段计息。"),
    ),
    "capitalise_interest": _kind(
        "schedule", "stack-2", ("Capitalise interest", "利息转本金"),
        ("Adds unpaid interest to the principal, where the contract agrees to it.", "按合同约定将未付利息转为本金。"),
    ),
    "accelerate": _kind(
        "trouble", "bolt", ("Accelerate", "提前到期"),
        ("Declares all principal due at once.", "宣布全部本金立即到期。"),
    ),
    "reduce_interest": _kind(
        "relief", "discount", ("Reduce interest", "利息减免"),
        ("Lets the borrower off a part of the interest; its own entry, principal untouched.",
         "减免部分利息，单独记账，本金不变。"),
    ),
    "waive": _kind(
        "relief", "rosette-discount", ("Waive", "减免"),
        ("Lets the borrower off fees, penalties or interest that are due, each with its amount.",
         "按金额减免已产生的费用、罚息或利息。"),
    ),
    "add_charge": _kind(
        "relief", "coin", ("Add a charge", "加收费用"),
        ("Charges a fee that the contract discloses.", "按合同披露的项目收取费用。"),
    ),
    "waive_charge": _kind(
        "relief", "coin-off", ("Waive a charge", "免收费用"),
        ("Lets the borrower off a charge that is not yet paid.", "免除尚未支付的费用。"),
    ),
    "adjust_charge": _kind(
        "relief", "coin", ("Correct a charge", "调整费用"),
        ("Gives back a part of a charge.", "冲减已收取费用的一部分。"),
    ),
    "misuse": _kind(
        "trouble", "alert-triangle", ("Note misuse", "认定挪用"),
        ("From a day on the loan bears the rate for money not used as agreed.", "自认定之日起按挪用利率计息。"),
    ),
    "guarantor_pays": _kind(
        "trouble", "shield", ("Guarantor pays", "担保代偿"),
        ("A guarantor pays for the borrower and takes our claim over in that amount.",
         "担保人代借款人偿付，并在该金额内取得追偿权。"),
    ),
    "reimburse_guarantor": _kind(
        "trouble", "arrow-back", ("Guarantor paid back", "偿还担保人"),
        ("Notes that the borrower paid a guarantor back.", "登记借款人已向担保人偿还代偿款。"),
    ),
    "take_assets": _kind(
        "trouble", "building", ("Take assets in settlement", "抵债"),
        ("An asset is taken over for its agreed value against the debt.", "按协议价值接收资产抵偿债务。"),
    ),
    "terminate_contract": _kind(
        "trouble", "circle-x", ("Terminate the contract", "解除合同"),
        ("Ends the contract; what is owed falls due.", "解除合同，欠款到期。"),
    ),
    "charge_off": _kind(
        "trouble", "file-off", ("Charge off", "转销"),
        ("Takes the loan off the performing books; the claim stays.", "将借据从正常账面转出，债权保留。"),
    ),
    "write_off": _kind(
        "trouble", "trash", ("Write off", "核销"),
        ("Writes off what cannot be collected; the claim stays and is followed up.", "核销无法收回的款项，账销案存。"),
    ),
    "recover_written_off": _kind(
        "trouble", "arrow-back", ("Recovery", "已核销收回"),
        ("Money received on a loan that was written off.", "收回已核销借据的款项。"),
    ),
    "chargeback": _kind(
        "relief", "arrow-back-up", ("Chargeback", "退单"),
        ("A repayment came back unpaid; the debt is there again.", "已入账还款被退回，欠款恢复。"),
    ),
    "draw_tranche": _kind(
        "account", "cash", ("Draw a tranche", "分次提款"),
        ("Pays out more of the loan after a review; it joins the running plan.",
         "审核后发放后续款项，并入现有还款计划。"),
    ),
    "receive_repayment": _kind(
        "account", "calendar", ("Backdated receipt", "补记还款"),
        ("Books money on the day it came; what was booked since is worked out again.",
         "按实际到账日补记还款，其后的业务重新计算。"),
    ),
    "transfer_loan": _kind(
        "account", "transfer", ("Transfer", "转户"),
        ("Another manager or branch looks after the loan from now on.", "由其他客户经理或机构接管该借据。"),
    ),
    "close_loan": _kind(
        "account", "lock", ("Close the account", "销户"),
        ("Closes a settled loan's account for good.", "已结清借据销户。"),
    ),
    "undo_disbursement": _kind(
        "account", "receipt-refund", ("Undo the disbursement", "撤销放款"),
        ("Takes a mistaken payout back once its money is ours: nothing is owed, the contract can be paid out anew.",
         "款项退回或未划出时撤销错误放款：借据作废、无任何欠款，合同可重新放款。"),
    ),
    "undo": _kind(
        "account", "arrow-back-up", ("Undo", "冲正"),
        ("Takes back a booking; what followed is worked out again.", "撤销一笔记账，其后的业务重新计算。"),
    ),
}  # fmt: skip
"""What may be asked of a running loan, in the order of the buttons."""

ELSEWHERE = frozenset(
    {
        "disburse",
        "apply_surplus",
        "refund_surplus",
        "recalculate",
        "take_over",
        "check_waivers",
        "reprice",
        "suspend_interest",
        "restore_interest",
        "apply_subsidies",
        "withdraw_subsidy",
        "withdraw_share",
    }
)
"""Commands of the cashier's desk, the end of day and the take-over."""
