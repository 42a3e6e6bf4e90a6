"""The words of an entry of the desk: what each of its parameters is called, and its value as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loanloom.problems import Text, say, text
from loanloom.services.money.cashier import claim_answers, deposits, items, order_records, refunds
from loanloom.web import formats
from loanloom.web.language import language
from loanloom.web.workspace import money_words

LABELS: Mapping[str, Text] = {
    "amount": text("Amount", "金额"),
    "currency": text("Currency", "币种"),
    "purpose": text("Purpose", "用途"),
    "channel": text("Channel", "渠道"),
    "reference": text("Reference", "流水号"),
    "note": text("Note", "备注"),
    "payer_name": text("Payer", "付款人"),
    "payee_name": text("Payee", "收款人"),
    "bank_name": text("Bank", "开户行"),
    "received_on": text("Received on", "收款日期"),
    "kind": text("Kind", "类别"),
    "direction": text("Direction", "收付方向"),
    "due_on": text("Due on", "到期日"),
    "with_interest": text("With the interest borne", "同时退还利息"),
    "hold": text("Held at once", "即时冻结"),
    "problem": text("Reason", "原因"),
    "why": text("Reason", "原因"),
    "falls_on": text("Falls", "承担方"),
    "memo": text("Memo", "摘要"),
    "dated": text("Day of the voucher", "凭证日期"),
    "unit": text("Branch", "机构"),
    "lines": text("Lines", "明细数"),
}
"""What a person reads of an order's parameters; ids lead elsewhere and account numbers are never shown."""
PURPOSES: Mapping[str, Text] = {
    "due": text("What is due", "归还到期款项"),
    "settle": text("Settles the whole loan", "提前结清"),
}
VALUES: Mapping[str, Text] = {
    **PURPOSES,
    **refunds.KINDS,
    **deposits.KINDS,
    **items.KINDS,
    **items.DIRECTIONS,
    **claim_answers.FALLS_ON,
}
YES = text("Yes", "是")

__all__ = ["LABELS", "facts"]


def facts(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The parameters of an order to read; account numbers leave a mark only."""
    made = []
    for name, value in parameters.items():
        if name in order_records.CLOSED and value:
            made.append((say(text("Account", "账号"), language()), "•••"))
        elif name in LABELS and value not in (None, "", False) and not isinstance(value, list):
            made.append((say(LABELS[name], language()), _value(name, value)))
    return made


def _value(name: str, value: Any) -> str:
    if name == "amount":
        return formats.money(Decimal(str(value)))
    if name == "channel":
        return money_words.channel(str(value))
    if name == "unit":
        return formats.unit_title(str(value))
    if value is True:
        return say(YES, language())
    return money_words.spoken(VALUES, str(value))
