"""Indicators over the last applications, as on the day of each: what bands and cards are looked at with.

Computed from the applications' own records by the indicators as they stand in the drafts; counted, never shown one by
one. Kept for a while in the process, so that moving a border costs counting only. Reads only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any, Final

from sqlalchemy import Select, func, select

from loanloom.engines import scoring
from loanloom.engines.scoring.indicators import sound_indicators
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.services import facts
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.services.origination.rescoring import APPROVED, REFUSED, UNSUBMITTED
from loanloom.store.tables import application, customer

LAST: Final = 500
CHOICES: Final = (100, 500, 2000)
"""How many applications one may look back over."""
_MOST_KEPT: Final = 24
_MATTER: Final = ("indicator", "entity", "code_list", "product", "decision_model", "charge", "rate_table", "calendar")
"""The kinds of definition that an indicator's value may depend on."""


@dataclass(frozen=True, slots=True)
class Case:
    """One application: what was decided (None: nothing yet), how it turned out where that is known, its indicators."""

    approved: bool | None
    bad: bool | None
    values: Mapping[str, Any]


_lock = Lock()
_kept: OrderedDict[Any, tuple[Case, ...]] = OrderedDict()


def of_card(ctx: Context, registry: Registry, cards: Iterable[Document | None], last: int = LAST) -> tuple[Case, ...]:
    """The last applications for the products with a score card, with the indicators that its versions look at."""
    found = [one for one in cards if one is not None]
    names = {one.key for one in found}
    products = {one.key for one in registry.all("product") if one.spec.get("scorecard") in names}
    keys = {one["indicator"] for card in found for one in card.spec["characteristics"]}
    return recent(ctx, registry, keys, products, last)


def of_indicator(ctx: Context, registry: Registry, key: str, last: int = LAST) -> tuple[Case, ...]:
    """The last applications for the products that need an indicator; for any product where none does."""
    products = {one.key for one in registry.all("product") if key in scoring.needed(registry, one)}
    return recent(ctx, registry, [key], products or {one.key for one in registry.all("product")}, last)


def recent(
    ctx: Context, registry: Registry, keys: Iterable[str], products: Iterable[str], last: int
) -> tuple[Case, ...]:
    """The values of these indicators over the last submitted applications for these products, the newest first."""
    ctx.require("definition.read")
    wanted, sold = tuple(sorted(set(keys))), tuple(sorted(set(products)))
    chosen = (
        select(application)
        .where(application.c.product_key.in_(sold), application.c.state.not_in(UNSUBMITTED))
        .order_by(application.c.id.desc())
        .limit(last)
    )
    with ctx.transaction() as connection:
        below = chosen.subquery()
        state = connection.execute(select(func.count(), func.max(below.c.id), func.max(below.c.updated_at))).one()
    matter = hash(tuple((one.identity, one.digest) for kind in _MATTER for one in registry.all(kind)))
    name = (ctx.company.id, wanted, sold, last, tuple(state), matter)
    with _lock:
        if name in _kept:
            _kept.move_to_end(name)
            return _kept[name]
    found = _computed(ctx, registry, wanted, chosen)
    with _lock:
        _kept[name] = found
        while len(_kept) > _MOST_KEPT:
            _kept.popitem(last=False)
    return found


def _computed(ctx: Context, registry: Registry, keys: tuple[str, ...], chosen: Select[Any]) -> tuple[Case, ...]:
    sound = sound_indicators(registry, None)
    indicators = sound.only(key for key in keys if sound.by_key(key) is not None)
    with ctx.transaction() as connection:
        rows = connection.execute(chosen).all()
        people = select(customer).where(customer.c.id.in_({row.customer_id for row in rows}))
        customers = {row.id: row for row in connection.execute(people)}
    found = []
    for row in rows:
        if registry.get("product", row.product_key) is None:
            continue
        then = replace(ctx, business_date=row.applied_on, registry=registry)
        try:
            known = facts.basis(then, row, customers[row.customer_id], registry)
        except Refused:  # the draft of its product is not finished
            continue
        values = indicators.compute(known).values
        found.append(Case(_approved(row.state), _bad(row.recorded_outcome), {key: values.get(key) for key in keys}))
    return tuple(found)


def _approved(state: str) -> bool | None:
    return state in APPROVED if state in (*APPROVED, *REFUSED) else None


def _bad(outcome: str | None) -> bool | None:
    return None if outcome is None else outcome == "bad"
