"""A thousand applicants from a file: in within seconds, once, by the same rules as at the desk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest
from sqlalchemy import func, select
from tests.services.approval.lender import Lender

from loanloom.services.context import Context
from loanloom.services.origination import bulk as origination
from loanloom.services.origination import imports
from loanloom.services.origination.bulk import Applicant
from loanloom.services.papers import contracts
from loanloom.store import tables

FILE = Path(__file__).parents[3] / "metadata" / "demo" / "german-credit" / "german.csv"
PRODUCT = "consumer-instalment"


@pytest.fixture
def importer(lender: Lender) -> Context:
    """A business administrator who brings files in."""
    ctx = lender.ctx("business")
    return replace(ctx, company=replace(ctx.company, release_id=lender.release_id))


def test_a_thousand_applicants(importer: Context, lender: Lender) -> None:
    content = FILE.read_bytes()
    told: list[tuple[int, int]] = []
    began = process_time()
    done = imports.bring(importer, "german-credit", content, "german.csv", on_progress=lambda *at: told.append(at))
    seconds = process_time() - began
    assert (done.created, done.already_there, done.refused) == (1000, 0, 0), done.problems[:3]
    assert seconds < 20
    assert told[-1] == (1000, 1000)
    table = tables.application
    with importer.transaction() as connection:
        states = dict(connection.execute(select(table.c.state, func.count()).group_by(table.c.state)).all())
    assert states.get("approved", 0) > 300 and states.get("refused", 0) > 20, states
    assert 0.3 < done.figures.gini < 0.7

    again = imports.bring(importer, "german-credit", content, "german.csv")
    assert (again.created, again.already_there) == (0, 1000)
    assert lender.count(tables.customer) == 1000

    sanctions = [row.id for row in lender.rows(tables.sanction)][:20]
    made = contracts.prepare_many(lender.ctx("head2").as_actor(_with(lender, "head2", "contract.prepare")), sanctions)
    assert len(made) == 20
    assert (
        contracts.prepare_many(lender.ctx("head2").as_actor(_with(lender, "head2", "contract.prepare")), sanctions)
        == {}
    )
    signer = lender.ctx("head2").as_actor(replace(_with(lender, "head2", "contract.sign"), user_id=999))
    assert contracts.sign_many(signer, list(made.values()), lender.business_date) == 20
    assert lender.count(tables.document) == 0


def test_wrong_applicants_are_left_out_and_named(importer: Context, lender: Lender) -> None:
    good = {
        "customer": {"kind": "person", "name": "演示申请人"},
        "application": {
            "amount": 5000, "term_months": 12, "method": "equal_instalment", "purpose": "consumption",
            "channel": "import", "credit_purpose": "A43", "employment": "A73", "german_housing": "A152",
            "savings": "A61",
            "checking_account": "A14", "credit_history": "A32", "other_plans": "A143", "other_debtors": "A101",
            "instalment_share": 4,
        },
    }  # fmt: skip
    bad = {**good, "application": {**good["application"], "amount": 99_000_000, "savings": "A99"}}
    forged = {**good, "application": {**good["application"], "score_grade": "A"}}
    done = origination.bring_in(
        importer, PRODUCT, [Applicant("a", good, "good"), Applicant("b", bad), Applicant("c", forged)]
    )
    assert (done.created, done.already_there) == (1, 0)
    assert {problem.field for problem in done.problems["b"]} >= {"application.savings"}
    assert [problem.code for problem in done.problems["c"]] == ["form.unknown_field"]
    row = lender.one(tables.application)
    assert (row.imported_key, row.recorded_outcome) == ("a", "good")


def _with(lender: Lender, who: str, function: str):
    actor = lender.ctx(who).actor
    return replace(actor, functions=actor.functions | {function})
