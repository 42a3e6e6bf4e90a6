"""The words of money on screen: components, events, kinds of repayment, channels, posting events."""

from __future__ import annotations

from collections.abc import Mapping

from loanloom.problems import Text, say, text
from loanloom.web.language import language

COMPONENTS: Mapping[str, Text] = {
    "fee": text("Fees", "费用"),
    "penalty": text("Penalty interest", "罚息"),
    "compound": text("Compound interest", "复利"),
    "damages": text("Liquidated damages", "违约金"),
    "interest": text("Interest", "利息"),
    "principal": text("Principal", "本金"),
    "surplus": text("Kept for the borrower", "留存款项"),
}
EVENTS: Mapping[str, Text] = {
    "loan_disbursed": text("Paid out", "放款"),
    "repayment_received": text("Repayment received", "收到还款"),
    "surplus_applied": text("Money kept applied", "留存款抵扣"),
    "schedule_changed": text("Schedule changed", "还款计划变更"),
    "fee_charged": text("Fee charged", "收取费用"),
    "loan_settled": text("Settled", "结清"),
    "interest_accrued": text("Interest accrued", "计提利息"),
    "penalty_accrued": text("Penalty accrued", "计提罚息"),
    "early_settlement": text("early settlement", "提前结清"),
}
KINDS: Mapping[str, Text] = {
    "repayment": text("Repayment", "还款"),
    "settlement": text("Early settlement", "提前结清"),
    "surplus": text("Money kept applied", "留存款抵扣"),
}
CHANNELS: Mapping[str, Text] = {
    "bank": text("Bank transfer", "银行转账"),
    "cash": text("Cash", "现金"),
    "counter": text("Counter", "柜面"),
    "online": text("Online", "线上"),
}


def spoken(words: Mapping[str, Text], key: str | None) -> str:
    """The words for a key in the language of the page; the key itself where there are none."""
    return say(words.get(key or ""), language()) or (key or "")


def component(key: str) -> str:
    """A component of debt."""
    return spoken(COMPONENTS, key)


def event(key: str) -> str:
    """An event of a loan or of the ledger."""
    return spoken(EVENTS, key)


def kind(key: str) -> str:
    """A kind of repayment."""
    return spoken(KINDS, key)


def channel(key: str | None) -> str:
    """Where money came in or went out."""
    return spoken(CHANNELS, key)


def channels() -> list[tuple[str, str]]:
    """All channels as options."""
    return [(key, say(words, language())) for key, words in CHANNELS.items()]
