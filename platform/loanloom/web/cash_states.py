"""How states and kinds of money in and out look: words and a tone, and what a list can be filtered by."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.problems import Text, text
from loanloom.services.money.cashier import deposits, items, order_kinds, payees, payouts
from loanloom.services.parties import partners

LOOKS: Mapping[str, tuple[Text, str]] = {
    "order_entered": (text("To be registered", "待复核"), "notice"),
    "order_booked": (text("Booked", "已入账"), "good"),
    "order_refused": (text("Refused", "已拒绝"), "bad"),
    "order_undone": (text("Reversed", "已冲正"), ""),
    "payout_planned": (text("To be paid", "待付"), "notice"),
    "payout_paid": (text("Paid", "已付"), "good"),
    "payout_failed": (text("Sent back", "付款退回"), "bad"),
    "payout_reversed": (text("Back on the loan", "已退回借据"), ""),
    "payout_cancelled": (text("Cancelled", "已取消"), ""),
    "deposit_open": (text("Open", "正常"), "good"),
    "deposit_closed": (text("Closed", "已销户"), ""),
    "statement_read": (text("Not booked", "未入账"), "notice"),
    "statement_booked": (text("Booked", "已入账"), "good"),
    "statement_discarded": (text("Discarded", "已作废"), ""),
    "line_matched": (text("Loan found", "已匹配"), "good"),
    "line_unmatched": (text("To be claimed", "待认领"), "notice"),
    "line_paid_out": (text("Payout of ours", "本方付款"), "calm"),
    "line_left_out": (text("Not ours to book", "不入账"), ""),
    "line_booked": (text("Booked", "已入账"), "good"),
    "line_in_suspense": (text("Waits for its claim", "待认领"), "notice"),
    "line_discarded": (text("Discarded", "已作废"), ""),
    "item_open": (text("Open", "未结清"), ""),
    "item_overdue": (text("Overdue", "逾期"), "bad"),
    "item_partly": (text("Settled in part", "部分结清"), "notice"),
    "item_settled": (text("Settled", "已结清"), "good"),
    "item_cancelled": (text("Cancelled", "已取消"), ""),
    "stopped": (text("Stopped", "已停用"), ""),
    "booked": (text("Booked", "已入账"), "good"),
    "reversed": (text("Reversed", "已冲正"), ""),
    "instalment": (text("Instalment", "还款期次"), ""),
    "late_charges": (text("Penalty interest", "罚息复利"), ""),
    "credit_balance": (text("Money kept for the borrower", "溢缴款"), ""),
    "unidentified_receipt": (text("Unidentified receipt", "待认领收款"), ""),
    "suspense": (text("To be claimed", "待认领"), "notice"),
    "deposit": (text("Deposit", "保证金"), ""),
    "item": (text("Item", "应收项目"), ""),
    "bank": (text("Bank transfer", "银行转账"), ""),
    "cash": (text("Cash", "现金"), ""),
    "counter": (text("Counter", "柜面"), ""),
    "online": (text("Online", "线上"), ""),
    **{f"payout_{key}": (title, "") for key, title in payouts.KINDS.items()},
    **{f"deposit_{key}": (title, "") for key, title in deposits.KINDS.items()},
    **{key: (title, "") for key, title in {**items.KINDS, **items.DIRECTIONS, **payees.MODES}.items()},
    **{key: (title, "") for key, title in partners.KINDS.items()},
    **{key: (kind.title, "") for key, kind in order_kinds.KINDS.items()},
}

LISTS: Mapping[str, tuple[str, ...]] = {
    "item_direction": tuple(items.DIRECTIONS),
    "item_kind": (
        "instalment", "late_charges", "credit_balance", *(f"payout_{key}" for key in payouts.KINDS),
        *(f"deposit_{key}" for key in deposits.KINDS), "unidentified_receipt", *items.KINDS,
    ),
    "item_state": ("item_open", "item_overdue", "item_partly", "item_settled", "item_cancelled"),
    "cash_channel": ("bank", "cash", "counter", "online"),
    "receipt_purpose": ("repayment", "suspense", "deposit", "item"),
    "receipt_state": ("booked", "reversed"),
    "order_kind": tuple(order_kinds.KINDS),
    "order_state": ("order_entered", "order_booked", "order_refused", "order_undone"),
    "payout_kind": tuple(f"payout_{key}" for key in payouts.KINDS),
    "payout_mode": tuple(payees.MODES),
    "payout_state": tuple(f"payout_{key}" for key in payouts.STATES),
    "deposit_kind": tuple(f"deposit_{key}" for key in deposits.KINDS),
    "deposit_state": ("deposit_open", "deposit_closed"),
    "party_kind": tuple(partners.KINDS),
    "party_state": ("active", "stopped"),
}  # fmt: skip
"""The values that a column of these lists can be filtered by."""

ACTIONS: Mapping[str, Text] = {
    "order.booked": text("Entered and booked", "录入并入账"),
    "order.entered": text("Entered, to be registered", "录入待复核"),
    "order.registered": text("Registered and booked", "复核入账"),
    "order.refused": text("Entry refused", "拒绝收付单"),
    "payout.account_changed": text("Payee's account corrected", "更正收款账户"),
    "contract.payees_planned": text("Payees of a contract planned", "登记放款收款人"),
    "contract.trustor_named": text("Trustor named", "登记委托人"),
    "deposit.held": text("Deposit held or freed", "冻结或解冻保证金"),
    "statement.read": text("Bank statement read", "导入银行对账单"),
    "statement.discarded": text("Bank statement discarded", "作废银行对账单"),
    "claim_batch.sent": text("Subsidies claimed", "申领贴息补贴"),
    "party.created": text("Partner taken on", "新建合作方"),
    "party.changed": text("Partner changed", "修改合作方"),
    "group.created": text("Group made", "新建联保小组"),
    "group.changed": text("Group changed", "修改联保小组"),
    "group.member_added": text("Member taken in", "小组增加成员"),
    "group.member_removed": text("Member left", "小组成员退出"),
}
"""What the audit calls the actions of the desk."""
