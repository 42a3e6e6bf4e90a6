"""What the house keeps lists of: its accounts, people who may become customers, whom customers are connected with.

Every step can be repeated: each record is entered under a key of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from loanloom.demo.applying import record
from loanloom.demo.cast import Cast
from loanloom.demo.house import BEGINS_ON, House
from loanloom.services.records import kept

CONNECTED_ON = date(2026, 4, 20)
ACCOUNTS = (
    {"name": "放款户（演示）", "bank": "青禾农商行（演示）", "account": "100200300400500600", "use": "disburse"},
    {"name": "还款户（演示）", "holder": "青禾小额贷款有限公司（演示）", "bank": "青禾银行（演示）",
     "account": "100200300400500601", "use": "repay", "shown_to_borrowers": "true"},
)  # fmt: skip
PROSPECTS: Mapping[str, tuple[Mapping[str, str], ...]] = {
    "east-rm": (
        {"name": "陈静茶庄（演示）", "kind": "sole_trader", "phone": "19900000201", "interest": "a",
         "source": "referral", "amount": "80,000", "purpose": "春茶收购", "next_contact_on": "2026-05-12",
         "note": "四月两次走访，春茶上市前用款，拟由合作社担保。"},
        {"name": "周家修车铺（演示）", "kind": "sole_trader", "phone": "19900000202", "interest": "b",
         "source": "visit", "amount": "50,000", "purpose": "购举升机", "next_contact_on": "2026-05-15"},
        {"name": "何秀兰（演示）", "kind": "farmer", "phone": "19900000203", "interest": "c", "source": "walk_in",
         "amount": "30,000", "purpose": "翻新大棚", "next_contact_on": "2026-06-01"},
    ),
    "west-rm": (
        {"name": "青石机械配件厂（演示）", "kind": "company", "phone": "19900000204", "interest": "b",
         "source": "partner", "amount": "600,000", "purpose": "周转", "next_contact_on": "2026-05-18"},
        {"name": "高远（演示）", "kind": "person", "phone": "19900000205", "interest": "d", "source": "online"},
    ),
}  # fmt: skip
CONNECTED: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "01-lin-breakfast-shop": {
        "bank_account": {"holder": "林秀珍（演示）", "bank": "青禾农商行（演示）", "account": "6222020200011110001",
                         "use": "both", "is_usual": "true"},
        "related_party": {"name": "林国栋（演示）", "relation": "sibling", "note": "为本笔贷款提供保证。"},
    },
    "09-qingshan-metal": {
        "related_party": {"name": "青杉物流（演示）", "relation": "affiliate", "share": "40", "since_on": "2022-03-01"},
    },
}  # fmt: skip


def keep(house: House, players: Cast, today: date) -> None:
    """What is entered today."""
    if today == BEGINS_ON:
        for account in ACCOUNTS:
            _enter(house, "finance-head", "company_account", account)
        for manager, prospects in PROSPECTS.items():
            for prospect in prospects:
                _enter(house, manager, "prospect", prospect)
    if today == CONNECTED_ON:
        for customer in players.customers:
            for entity, values in CONNECTED.get(customer.slug, {}).items():
                _enter(house, customer.manager, entity, values, owner=record(house, customer))


def _enter(house: House, by: str, entity: str, values: Mapping[str, str], owner: int | None = None) -> None:
    raw = {f"{entity}.{name}": value for name, value in values.items()}
    name = values.get("name") or values["holder"]
    kept.create(
        house.at(by), entity, raw, owner=owner, idempotency_key=f"demo:{entity}:{name}", although_similar=True
    )  # fmt: skip
