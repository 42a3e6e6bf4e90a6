"""What a loan goes by: its product's offer, posting rules, calendar and class rules, compiled once a release.

A contract keeps the release it began with; what its product marks as tracking, and everything that is live by kind,
comes from the release of today. Reads registries, no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from loanloom.core.ledger.accounts import Account, Chart
from loanloom.core.lending.agreed.terms import Terms
from loanloom.engines import posting, products, rules
from loanloom.engines.posting import Posting
from loanloom.engines.products import Offer
from loanloom.metadata.registry import Registry, kept
from loanloom.problems import Problem, text
from loanloom.services.context import Context
from loanloom.services.definitions import compiled as engines
from loanloom.services.errors import Refused


def offer_of(registry: Registry, product_key: str) -> Offer:
    """A product of a release as an offer; refused with its problems where it is broken or missing."""
    if registry.get("product", product_key) is None:
        raise Refused(_missing("product", product_key, "产品"))
    return engines.offer(registry, product_key)


def live_offer(ctx: Context, product_key: str) -> Offer | None:
    """The product as it is sold today; None once it was retired."""
    return offer_of(ctx.registry, product_key) if ctx.registry.get("product", product_key) else None


def bound_terms(ctx: Context, product_key: str, terms: Terms) -> Terms:
    """A loan's terms as they hold today."""
    return products.bound(terms, live_offer(ctx, product_key))


@kept
def posting_of(registry: Registry, key: str) -> Posting:
    """Posting rules of a release."""
    document = registry.get("posting_rules", key)
    if document is None:
        raise Refused(_missing("posting rules", key, "记账规则"))
    compiled = posting.compile_posting(document, registry)
    if compiled.posting is None:
        raise Refused(compiled.problems)
    return compiled.posting


def posting_for(ctx: Context, product_key: str, pinned: Offer | None = None) -> Posting:
    """The posting rules for a product today; a retired product's loans go on by the rules it had."""
    offer = live_offer(ctx, product_key) or pinned
    key = offer.posting_rules if offer else _only_posting_rules(ctx.registry)
    if key is None:
        raise Refused(_missing("posting rules", product_key, "记账规则"))
    return posting_of(ctx.registry, key)


def _only_posting_rules(registry: Registry) -> str | None:
    documents = registry.all("posting_rules")
    return documents[0].key if len(documents) == 1 else None


def general_posting(ctx: Context) -> Posting:
    """The rules for what belongs to no product."""
    key = next((one.key for one in ctx.registry.all("posting_rules") if one.spec.get("general")), None)
    if key is None:
        raise Refused(_missing("general posting rules", "general", "通用记账规则"))
    return posting_of(ctx.registry, key)


def charts(registry: Registry) -> Chart:
    """All accounts of the release; charts of several posting rules together."""
    accounts: dict[str, Account] = {}
    for document in registry.all("chart_of_accounts"):
        accounts.update(posting.chart_of(registry, document.key).accounts)
    return Chart(accounts)


@dataclass(frozen=True, slots=True)
class Classed:
    """The asset class of a loan on a day, the rules that gave it, and why."""

    asset_class: str
    ruleset: str
    result: rules.RulesResult

    @property
    def trace(self) -> Any:
        """Why, ready to be kept."""
        return self.result.as_json()


def asset_class(ctx: Context, product_key: str, loan: Mapping[str, Any], on: date) -> Classed | None:
    """What the product's class rules say of a loan's facts on a day; None where they say nothing."""
    offer = live_offer(ctx, product_key)
    if offer is None or offer.asset_class is None:
        return None
    result = rules.run(engines.ruleset(ctx.registry, offer.asset_class), {"loan": loan, "as_of": on})
    if result.problems:
        raise Refused(result.problems)
    given = result.outputs.get("asset_class")
    return Classed(str(given), offer.asset_class, result) if given is not None else None


def _missing(what: str, key: str, zh: str) -> Problem:
    return Problem(
        code="lending.rule_missing",
        message=text(f"There are no {what} '{key}' in this release.", f"当前版本中没有{zh}“{key}”。"),
        hint=text("A business administrator must add it.", "请业务管理员补充配置。"),
    )
