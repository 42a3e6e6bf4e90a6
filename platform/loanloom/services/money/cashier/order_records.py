"""What an order keeps of what was asked: its parameters as plain values, account numbers closed by the vault."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from loanloom.core.lending.records import from_record, to_record
from loanloom.services.context import Context

CLOSED = frozenset({"payer_account", "account"})
"""Parameters that are account numbers: closed wherever an order is stored."""
DAYS = ("received_on", "dated")
"""Parameters that say from which day an order counts."""


def dated(ctx: Context, parameters: Any) -> Any:
    """What is entered counts from that day, also if it is registered later."""
    unsaid = [name for name in DAYS if getattr(parameters, name, ctx.business_date) is None]
    return replace(parameters, **dict.fromkeys(unsaid, ctx.business_date)) if unsaid else parameters


def plain(parameters: Any) -> dict[str, Any]:
    """What was asked, without account numbers."""
    return {name: value for name, value in to_record(parameters).items() if name not in CLOSED}


def closed(ctx: Context, parameters: Any) -> dict[str, Any]:
    """Parameters as they are stored."""
    vault, company = ctx.database.vault, ctx.company.id
    shut = {
        field.name: base64.b64encode(
            vault.encrypt(company, f"cash_order.{field.name}", getattr(parameters, field.name))
        ).decode("ascii")
        for field in fields(parameters)
        if field.name in CLOSED and getattr(parameters, field.name)
    }
    return dict(to_record(replace(parameters, **shut)))


def opened(ctx: Context, kind: type[Any], row: Mapping[Any, Any]) -> Any:
    """The parameters of a stored order, account numbers opened."""
    kept = dict(row["parameters"])
    for name in CLOSED & kept.keys():
        if kept[name] is not None:
            kept[name] = ctx.database.vault.decrypt(ctx.company.id, f"cash_order.{name}", base64.b64decode(kept[name]))
    return from_record(kind, kept)
