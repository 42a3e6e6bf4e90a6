"""What may be applied for today: products that are open, for this kind of customer, at this door; else why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection

from loanloom.engines import products
from loanloom.metadata.registry import Registry
from loanloom.problems import LANGUAGES, Problem, text
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.errors import NotFound, Refused
from loanloom.services.running.plugged import lending_methods

CUSTOMER_KINDS = "customer_kind"
"""The code list of the kinds of customers."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A product that takes applications today; `against`: why not of this customer."""

    key: str
    offer: products.Offer
    against: Problem | None


def choices(ctx: Context, customer_kind: str) -> list[Choice]:
    """The products that take applications of this actor today, each looked at for a kind of customer."""
    found = []
    for document in ctx.registry.all("product"):
        if not_here(ctx, document.spec) is not None:
            continue
        offer = products.compile_product(document, ctx.registry, lending_methods()).offer
        if offer is not None and ended(document.spec, ctx.business_date) is None:
            found.append(Choice(document.key, offer, not_for(ctx.registry, document.spec, customer_kind)))
    return found


def not_for(registry: Registry, spec: Mapping[str, Any], customer_kind: str) -> Problem | None:
    """Why a product is none for a kind of customer, or None; a product that names no kinds is for everybody."""
    kinds = spec.get("customer_kinds", ())
    if not kinds or customer_kind in kinds:
        return None
    en, zh = (
        gap.join(registry.code_title(CUSTOMER_KINDS, kind, language) for kind in kinds)
        for language, gap in zip(LANGUAGES, (", ", "、"), strict=True)
    )
    return Problem(
        code="product.other_customers",
        message=text(f"This product is for other customers: {en}.", f"该产品仅面向：{zh}。"),
        hint=text(
            "Choose another product, or correct what kind of customer this is.", "请选择其他产品，或更正客户类型。"
        ),
    )


def open_product(ctx: Context, product_key: str, customer_kind: str | None = None) -> Mapping[str, Any]:
    """The live product, if it still takes applications; customers who apply by themselves are told before they fill in
    a form that it is none for their kind, to staff the list says so and the rules of the product decide."""
    document = ctx.registry.get("product", product_key)
    if document is None:
        raise NotFound(text("product", "产品"))
    problem = not_here(ctx, document.spec) or ended(document.spec, ctx.business_date)
    if problem is None and customer_kind is not None and ctx.actor.is_borrower:
        problem = not_for(ctx.registry, document.spec, customer_kind)
    if problem is not None:
        raise Refused(problem)
    spec: Mapping[str, Any] = document.spec
    return spec


def refuse_stopped(connection: Connection, product_key: str) -> None:
    """Somebody has stopped the product at once, outside any release."""
    if releases.is_stopped(connection, product_key):
        raise Refused(
            Problem(
                code="product.stopped",
                message=text("This product takes no applications for now.", "该产品已暂停受理。"),
                hint=text("Choose another product.", "请选择其他产品。"),
            )
        )


def ended(spec: Mapping[str, Any], on: date) -> Problem | None:
    """Why a product takes no applications on a day, or None."""
    last = spec.get("ends_on")
    if last is None or on <= date.fromisoformat(str(last)):
        return None
    return Problem(
        code="product.ended",
        message=text(f"This product took applications until {last}.", f"该产品已于{last}停止受理。"),
        hint=text("Choose another product.", "请选择其他产品。"),
    )


def not_here(ctx: Context, spec: Mapping[str, Any]) -> Problem | None:
    """Why a customer may not apply for a product by themselves, or None; staff may for every one."""
    if not ctx.actor.is_borrower or spec.get("portal"):
        return None
    return Problem(
        code="product.not_in_portal",
        message=text("This product is applied for with us, not here.", "该产品请通过客户经理申请。"),
        hint=text("Ask your account manager.", "请联系您的客户经理。"),
    )
