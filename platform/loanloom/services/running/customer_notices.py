"""Telling customers by themselves: the `notification` documents say at which event, by which ways, in which words.

Asked every few minutes by a job. What has happened lately is found in the records themselves, and each notice goes out
once for each occasion: a message to the customer's own log-in; an SMS, an e-mail or a letter onto the outbox (topics
sms, mail, post).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, literal, select

from loanloom.metadata.document import Document
from loanloom.problems import Text, say
from loanloom.services.context import Context
from loanloom.services.reading import public_pages
from loanloom.store import messages, outbox, tables

LATELY = timedelta(days=3)
"""How far back something is still told; what a notice that was just made known missed before is not made up for."""
LANGUAGE = "zh"
"""Of SMS, mails and letters, where the words are given in it: customers have none of their own yet."""
_Found = tuple[Select[Any], ColumnElement[int]]
"""What has happened, and the column that names the customer."""
_PLACE = re.compile(r"[{](\w+)[}]")
_APPLICATION = {
    "application_submitted": ("submitted_at", ()),
    "application_approved": ("decided_at", ("approved",)),
    "application_refused": ("decided_at", ("refused",)),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Something to tell one customer. `once` tells it from every other occasion of the same notice."""

    customer: Row[Any]
    once: str
    url: str
    values: Mapping[str, Text]


def send(ctx: Context) -> int:
    """Send what is due; how many SMS, mails and letters are new."""
    told = 0
    for notice in ctx.registry.all("notification"):
        if not notice.spec.get("paused"):
            with ctx.transaction() as connection:
                told += sum(_tell(ctx, connection, notice, one) for one in _occasions(ctx, connection, notice))
    return told


def _tell(ctx: Context, connection: Connection, notice: Document, one: Occasion) -> int:
    """One notice by each of its ways; how many SMS, mails and letters are new."""
    key = f"{notice.key}:{one.once}"
    words = _filled(notice.spec["text"], one.values)
    heading = _filled(notice.spec.get("heading") or notice.title, one.values)
    who, made, vault = one.customer, 0, ctx.database.vault
    for way in notice.spec["ways"]:
        if way == "message":
            messages.send(
                connection, _log_ins(ctx, connection, who.customer_id), "notice", heading, words, url=one.url, key=key
            )
        elif way == "sms" and who.phone_cipher is not None:
            phone = vault.decrypt(ctx.company.id, "customer.phone", who.phone_cipher)
            made += outbox.put(connection, "sms", {"phone": phone, "text": say(words, LANGUAGE)}, key=key)
        elif way == "mail" and who.email_cipher is not None:
            to = vault.decrypt(ctx.company.id, "customer.email", who.email_cipher)
            mail = {"to": to, "heading": say(heading, LANGUAGE), "text": say(words, LANGUAGE)}
            made += outbox.put(connection, "mail", mail, key=key)
        elif way == "post" and who.address:
            letter = {"name": who.name, "address": who.address, "heading": say(heading, LANGUAGE)}
            made += outbox.put(connection, "post", {**letter, "text": say(words, LANGUAGE)}, key=key)
    return made


def _log_ins(ctx: Context, connection: Connection, customer_id: int) -> list[int]:
    table = tables.membership
    mine = table.c.company_id == ctx.company.id, table.c.active, table.c.customer_id == customer_id
    asked = select(table.c.user_id).where(*mine)
    return list(connection.execute(asked).scalars())


def _filled(words: Text, values: Mapping[str, Text]) -> dict[str, str]:
    """The words with what stands in braces filled in, in each of their languages."""
    return {tag: _in_one(said, tag, values) for tag, said in words.items()}


def _in_one(said: str, tag: str, values: Mapping[str, Text]) -> str:
    return _PLACE.sub(lambda place: say(values.get(place[1], {}), tag) or "–", said)


def _occasions(ctx: Context, connection: Connection, notice: Document) -> Iterator[Occasion]:
    """What has happened, or is about to, that this notice is for."""
    event, who = notice.spec["event"], tables.customer
    kind = "applications" if event in _APPLICATION else "loans"
    found, customer_id = _applications(ctx, notice) if event in _APPLICATION else _loans(ctx, notice)
    query = found.add_columns(who.c.name, who.c.phone_cipher, who.c.email_cipher, who.c.address).join(
        who, who.c.id == customer_id
    )
    common = _common(ctx)
    for row in connection.execute(query).all():
        product = ctx.registry.get("product", row.product_key)
        values = {
            **common,
            "customer": _same(row.name),
            "number": _same(row.number),
            "product": product.title if product is not None else _same(row.product_key),
            "amount": _same(f"{row.amount:,.2f}" if row.amount is not None else None),
            "day": _day(row.day),
            "days": _same(str(row.days)),
        }
        once = f"{kind}:{row.id}:{row.day}" if event.startswith("payment_") else f"{kind}:{row.id}"
        yield Occasion(customer=row, once=once, url=f"/{kind}/{row.id}", values=values)


def _common(ctx: Context) -> dict[str, Text]:
    profile = public_pages.profile(ctx.registry)
    phone = profile.spec.get("phone") if profile is not None else None
    return {"company": _same(ctx.company.name), "phone": _same(phone)}


def _same(words: str | None) -> Text:
    return {"en": words, "zh": words} if words else {}


def _day(day: date | None) -> Text:
    if day is None:
        return {}
    return {"en": day.isoformat(), "zh": f"{day.year}年{day.month}月{day.day}日"}


def _applications(ctx: Context, notice: Document) -> _Found:
    table = tables.application
    column, states = _APPLICATION[notice.spec["event"]]
    moment = table.c[column]
    wanted = [moment >= ctx.now - LATELY, table.c.imported_key.is_(None), *_of_products(notice, table.c.product_key)]
    if states:
        wanted.append(table.c.state.in_(states))
    chosen = table.c["id", "number", "customer_id", "product_key", "amount"]
    query = select(*chosen, func.date(moment).label("day"), literal(0).label("days"))
    return query.where(*wanted).order_by(table.c.id), table.c.customer_id


def _loans(ctx: Context, notice: Document) -> _Found:
    loan, days, today = tables.loan, int(notice.spec.get("days", 0)), ctx.business_date
    only, event = _of_products(notice, loan.c.product_key), notice.spec["event"]
    chosen = loan.c["id", "number", "customer_id", "product_key"]
    if event == "payment_due":
        return _due(chosen, only, today, days), loan.c.customer_id
    active, lately = loan.c.status == "active", (today - LATELY, today)
    late = max(days, 1)
    happened, day = {
        "payment_overdue": (
            and_(active, loan.c.days_past_due.between(late, late + LATELY.days)), loan.c.overdue_since,
        ),
        "settled": (and_(loan.c.status == "settled", loan.c.settled_on.between(*lately)), loan.c.settled_on),
        "paid_out": (and_(active, loan.c.disbursed_on.between(*lately)), loan.c.disbursed_on),
    }[event]  # fmt: skip
    figures = loan.c.principal.label("amount"), day.label("day"), loan.c.days_past_due.label("days")
    return select(*chosen, *figures).where(happened, *only).order_by(loan.c.id), loan.c.customer_id


def _due(chosen: Any, only: list[ColumnElement[bool]], today: date, days: int) -> Select[Any]:
    """What falls due within some days and is not paid yet."""
    loan, each = tables.loan, tables.instalment
    left = (
        each.c.principal + each.c.interest + each.c.fee - each.c.capitalised
        - each.c.principal_paid - each.c.interest_paid - each.c.fee_paid
    )  # fmt: skip
    soon = each.c.due_on.between(today, today + timedelta(days=days))
    figures = left.label("amount"), each.c.due_on.label("day"), (each.c.due_on - literal(today)).label("days")
    query = select(*chosen, *figures).join(each, each.c.loan_id == loan.c.id)
    wanted = (loan.c.status == "active", each.c.status == "due", soon, left > 0, *only)
    return query.where(*wanted).order_by(loan.c.id, each.c.number)


def _of_products(notice: Document, column: ColumnElement[str]) -> list[ColumnElement[bool]]:
    only = notice.spec.get("products")
    return [column.in_(list(only))] if only else []


def sample(ctx: Context, notice: Document) -> tuple[Text, Text]:
    """Heading and words of a notice with made-up figures, for whoever writes it."""
    product = next(iter(ctx.registry.all("product")), None)
    values = {
        **_common(ctx),
        "customer": {"en": "Lin Xiaoyu", "zh": "林小雨"},
        "number": _same("2026-000123"),
        "product": product.title if product is not None else {},
        "amount": _same("8,884.88"),
        "day": _day(ctx.business_date),
        "days": _same(str(notice.spec.get("days", 0))),
    }
    return _filled(notice.spec.get("heading") or notice.title, values), _filled(notice.spec["text"], values)
