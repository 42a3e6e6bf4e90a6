"""A product that is sold no more still binds the loans made under it."""

from __future__ import annotations

from dataclasses import replace

from loanloom.metadata.registry import Registry
from loanloom.services.context import Context
from loanloom.services.money import changes, disbursements


def asker(ctx: Context) -> Context:
    return ctx.as_actor(replace(ctx.actor, functions=frozenset({"loan.read", "loan.change"})))


def retired(ctx: Context, product: str) -> Context:
    left = {key: document for key, document in ctx.registry.documents.items() if key != ("product", product)}
    return replace(ctx, registry=Registry(left, ctx.registry.kinds))


def test_what_a_product_forbids_stays_forbidden_when_it_is_sold_no_more(house):
    loan_id = disbursements.disburse(house.ctx(), house.contract(100_000, "strict")).loan_id
    asked = {"reason": "contract broken"}
    sold = changes.preview(asker(house.ctx()), loan_id, "accelerate", asked)
    later = changes.preview(retired(asker(house.ctx()), "strict"), loan_id, "accelerate", asked)
    assert [problem.code for problem in sold.problems] == ["change.not_allowed"]
    assert [problem.code for problem in later.problems] == ["change.not_allowed"]
