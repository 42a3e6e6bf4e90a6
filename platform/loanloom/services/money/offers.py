"""The product that a loan or contract goes by: as it is sold today, else as it was when the case began."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from loanloom.engines.products import Offer
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.money import lending_rules


def offer_for(ctx: Context, connection: Connection, row: Mapping[Any, Any]) -> Offer:
    """The offer of a row with `product_key` and `release_id`. A product that is sold no more still binds its loans."""
    key = row["product_key"]
    live = lending_rules.live_offer(ctx, key)
    return live or lending_rules.offer_of(releases.pinned(ctx, connection, row["release_id"]), key)
