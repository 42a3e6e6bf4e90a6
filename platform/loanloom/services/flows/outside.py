"""Parties out of the house who answer one step of a case: a guarantee centre, a trustor, a partner (外部机构).

Whoever made the case, or an administrator of flows, makes a link and passes it on. It opens one work item and nothing
else, for a while, and only as long as the item is open; a new link ends the one before. Its secret is not stored: it is
an authentication code over company and link, made with a key of the vault.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, exists, insert, select, update

from loanloom.problems import Problem, Text, text
from loanloom.services import facts as readers
from loanloom.services.context import Actor, Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.flows import case as kept
from loanloom.services.flows import cases, choices, finding, guards, staff
from loanloom.services.flows.case import ITEM, Case
from loanloom.services.flows.choices import Choices
from loanloom.services.running.surroundings import context_of
from loanloom.store import audit, tables
from loanloom.store.database import Database

TABLE = tables.outside_link
LINK = text("link", "链接")
LASTS = timedelta(days=14)
DECIDED = ("approval", "vote", "signer")
"""Kinds of work that a party out of the house can do: it says yes or no."""
_FIELD = "outside_link"


@dataclass(frozen=True, slots=True)
class Issued:
    """A link as it is passed on."""

    token: str
    to: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands with the answer of a party: of an open item, the link in force, if any. `may_issue`: the actor may
    make one."""

    item_id: int
    title: Text
    to: str
    may_issue: bool
    made_at: datetime | None = None
    expires_at: datetime | None = None
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a party sees: whose case it is, and what it may say."""

    company: str
    to: str
    number: str
    title: Text
    step: Text
    customer: str | None
    product: Text | None
    amount: Any
    currency: str | None
    expires_at: datetime
    item: Choices


# --- within the house


def standing(ctx: Context, case: Case) -> tuple[Standing, ...]:
    """The open items of a case that parties out of the house answer; the actor was let see the case."""
    with ctx.transaction() as connection:
        asked = ITEM.c.case_id == case.id, ITEM.c.status == "open", ITEM.c.outside.is_not(None)
        items = connection.execute(select(ITEM).where(*asked).order_by(ITEM.c.id)).all()
        links = _in_force(ctx, connection, [item.id for item in items])
    return tuple(_standing(ctx, case, item, links.get(item.id)) for item in items)


def of_record(ctx: Context, subject: str, record_id: int) -> tuple[Standing, ...]:
    """The same of every case about a record that the actor was let see."""
    with ctx.transaction() as connection:
        mine = kept.ids_of(subject, record_id).where(kept.TABLE.c.status != "ended")
        asks = exists().where(ITEM.c.case_id == kept.TABLE.c.id, ITEM.c.status == "open", ITEM.c.outside.is_not(None))
        ids = connection.execute(mine.where(asks).order_by(kept.TABLE.c.id)).all()
        found = [finding.load(ctx, connection, one.id) for one in ids]
    return tuple(one for case in found for one in standing(ctx, case))


def issue(ctx: Context, item_id: int) -> Issued:
    """A new link for an item; the one before ends."""
    with ctx.transaction() as connection:
        case, item = _locked(ctx, connection, item_id)
        _revoke(ctx, connection, item_id)
        row: dict[str, Any] = {
            "item_id": item_id,
            "made_by": ctx.actor.user_id,
            "made_at": ctx.now,
            "expires_at": ctx.now + LASTS,
        }
        made = int(connection.execute(insert(TABLE).values(row).returning(TABLE.c.id)).scalar_one())
        told = {"link": made, "item": item_id, "to": item.outside, "expires_at": row["expires_at"].isoformat()}
        audit.write(connection, ctx.actor, "outside_link.issued", case.owner, after=told, at=ctx.now)
    return Issued(_token(ctx.database, ctx.company.id, made), str(item.outside), ctx.now + LASTS)


def revoke(ctx: Context, item_id: int) -> None:
    """No link opens the item any more."""
    with ctx.transaction() as connection:
        case, _ = _locked(ctx, connection, item_id)
        if not _revoke(ctx, connection, item_id):
            raise Conflict()
        audit.write(connection, ctx.actor, "outside_link.revoked", case.owner, after={"item": item_id}, at=ctx.now)


def _locked(ctx: Context, connection: Connection, item_id: int) -> tuple[Case, Any]:
    found = finding.of_item(ctx, connection, item_id)
    case, item = found.case, found.item
    if not _may_issue(ctx, case):
        raise Forbidden()
    guards.check_open(item, None)
    if item.status != "open" or item.outside is None or item.kind not in DECIDED:
        raise Refused(_nobody_outside())
    return case, item


def _may_issue(ctx: Context, case: Case) -> bool:
    if ctx.actor.is_borrower or ctx.actor.outside is not None:
        return False
    makers = case.state.makers if case.state is not None else ()
    return ctx.actor.user_id in makers or ctx.actor.is_system or ctx.actor.may(staff.REPAIR)


def _standing(ctx: Context, case: Case, item: Row[Any], link: Row[Any] | None) -> Standing:
    known = {} if link is None else {name: getattr(link, name) for name in ("made_at", "expires_at", "opened_at")}
    may = _may_issue(ctx, case) and item.kind in DECIDED
    return Standing(item_id=item.id, title=item.title, to=item.outside, may_issue=may, **known)


def _in_force(ctx: Context, connection: Connection, item_ids: Iterable[int]) -> Mapping[int, Row[Any]]:
    ids = list(item_ids)
    if not ids:
        return {}
    query = select(TABLE).where(TABLE.c.item_id.in_(ids), TABLE.c.revoked_at.is_(None), TABLE.c.expires_at > ctx.now)
    return {row.item_id: row for row in connection.execute(query.order_by(TABLE.c.id))}


def _revoke(ctx: Context, connection: Connection, item_id: int) -> int:
    mine = TABLE.c.item_id == item_id, TABLE.c.revoked_at.is_(None), TABLE.c.expires_at > ctx.now
    return connection.execute(update(TABLE).where(*mine).values(revoked_at=ctx.now)).rowcount


# --- out of the house: no log-in, the link is all there is


def look(database: Database, token: str, *, now: datetime | None = None) -> Shown:
    """What the link shows; NotFound for one that was never made, is over, or whose item is closed."""
    ctx, link_id = _surroundings(database, token, now)
    with ctx.transaction() as connection:
        link, item = _opened(ctx, connection, link_id)
        case = kept.of_row(ctx, connection, kept.row_of(connection, item.case_id))
        as_party = _as_party(ctx, item)
        (choice,) = (one for one in choices.of_items(as_party, connection, case, [item]) if one.item_id == item.id)
        if link.opened_at is None:
            connection.execute(update(TABLE).where(TABLE.c.id == link_id).values(opened_at=ctx.now))
        product = case.registry.get("product", case.product_key) if case.product_key else None
        customer = readers.customer_row(connection, case.customer_id) if case.customer_id is not None else None
    return Shown(
        company=ctx.company.name, to=item.outside, number=case.number, title=case.title, step=item.title,
        customer=customer.name if customer is not None else None, product=product.title if product else None,
        amount=case.amount, currency=case.currency, expires_at=link.expires_at,
        item=replace(choice, powers=frozenset(), may_change=()),
    )  # fmt: skip


def answer(
    database: Database,
    token: str,
    arguments: Mapping[str, Any],
    *,
    expected_version: int | None,
    idempotency_key: str | None = None,
    ip: str | None = None,
    now: datetime | None = None,
) -> None:
    """Decide the one item; whether the link still holds is looked at in the decision's own transaction."""
    ctx, link_id = _surroundings(database, token, now)
    with ctx.transaction() as connection:
        _, item = _opened(ctx, connection, link_id)
        party = _as_party(ctx, item, ip=ip)
        cases.act_in(
            party, connection, item.id, "decide", arguments,
            expected_version=expected_version, idempotency_key=idempotency_key,
        )  # fmt: skip
        query = select(TABLE).where(TABLE.c.id == link_id).with_for_update()
        if not _holds(ctx, connection.execute(query).one()):
            raise NotFound(LINK)  # it was revoked while they wrote: nothing of it stands


def _surroundings(database: Database, token: str, now: datetime | None) -> tuple[Context, int]:
    company_id, link_id = _read(database, token)
    try:
        return context_of(database, company_id, _nobody(), now=now), link_id
    except NotFound:
        raise NotFound(LINK) from None


def _opened(ctx: Context, connection: Connection, link_id: int) -> tuple[Row[Any], Row[Any]]:
    link = connection.execute(select(TABLE).where(TABLE.c.id == link_id)).one_or_none()
    if link is None or not _holds(ctx, link):
        raise NotFound(LINK)
    item = connection.execute(select(ITEM).where(ITEM.c.id == link.item_id)).one()
    if item.status != "open" or item.outside is None:
        raise NotFound(LINK)
    return link, item


def _holds(ctx: Context, link: Row[Any]) -> bool:
    return link.revoked_at is None and bool(link.expires_at > ctx.now)


def _nobody() -> Actor:
    """Who has not shown anything yet: no right, no sight."""
    return Actor(user_id=None, username="outside", name="", outside=0)


def _as_party(ctx: Context, item: Any, *, ip: str | None = None) -> Context:
    actor = Actor(
        user_id=None, username=f"outside:{item.outside}"[:64], name=str(item.outside), outside=item.number, ip=ip
    )
    return ctx.as_actor(actor)


def _token(database: Database, company_id: int, link_id: int) -> str:
    return f"{company_id}.{link_id}.{_code(database, company_id, link_id)}"


def _code(database: Database, company_id: int, link_id: int) -> str:
    made = database.vault.search_hash(company_id, _FIELD, str(link_id))
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _read(database: Database, token: str) -> tuple[int, int]:
    """Company and link of a token; NotFound unless it is ours, letter by letter."""
    company, _, rest = token.partition(".")
    link, _, code = rest.partition(".")
    for number, longest in ((company, 9), (link, 18)):
        if not (number.isascii() and number.isdecimal() and len(number) <= longest):
            raise NotFound(LINK)
    right = _code(database, int(company), int(link))
    if not hmac.compare_digest(code.encode(), right.encode()):
        raise NotFound(LINK)
    return int(company), int(link)


def _nobody_outside() -> Problem:
    return Problem(
        code="outside.not_asked",
        message=text("No party out of the house decides this step.", "该环节不由外部机构办理。"),
        hint=text("Look at who has it on the page of the case.", "请在业务页面查看办理人。"),
    )
