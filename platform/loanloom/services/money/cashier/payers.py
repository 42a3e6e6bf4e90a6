"""Who paid 付款人, where it was somebody else than the borrower: a name and an account that is kept closed."""

from __future__ import annotations

from typing import Any

from loanloom.services.context import Context
from loanloom.services.money.cashier import orders
from loanloom.store.vault import masked

FIELD = "receipt.payer_account"


def columns(ctx: Context, name: str | None, account: str | None) -> dict[str, Any]:
    """The payer's columns of a receipt."""
    orders.check_words(name, "payer_name", 200)
    orders.check_words(account, "payer_account", 60)
    vault, company = ctx.database.vault, ctx.company.id
    return {
        "payer_name": (name or "").strip() or None,
        "payer_account_cipher": vault.encrypt(company, FIELD, account) if account else None,
        "payer_account_hash": vault.search_hash(company, FIELD, account) if account else None,
        "payer_account_masked": masked(account) if account else None,
    }
