"""Any two versions of a definition in words, an earlier one as a draft, and what people say about a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from loanloom.services.context import Context
from loanloom.services.definitions import catalogue, comparing, releases, remarks, searching
from loanloom.services.definitions.releases import drafts, history
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.store import tables

PRODUCT = ("product", "sole-trader-loan")


def grace(ctx: Context, days: int) -> None:
    found = drafts.find(ctx, *PRODUCT)
    drafts.change_values(ctx, *PRODUCT, {"/spec/penalty/grace_days": days}, found.version if found else None)


def live(ctx: Context, acting, days: int) -> None:
    maker, reviewer = acting(ctx, "business-administrator"), acting(ctx, "risk-officer")
    grace(maker, days)
    made = releases.propose_drafts(maker, name=f"Grace {days}")
    releases.approve(reviewer, made, history.read(reviewer, made).plan_digest)
    releases.activate(reviewer, made)


def shown(found: comparing.Compared) -> list[tuple[str, str]]:
    return [(change.old["en"], change.new["en"]) for change in found.changes]


def test_versions_and_the_draft_are_compared_and_one_is_taken_up_again(model_company: Context, acting) -> None:
    ctx = replace(model_company, now=datetime.now(UTC))  # later than when its first version went live
    live(ctx, acting, 5)
    live(ctx, acting, 7)
    grace(ctx, 9)
    names = [one.name for one in comparing.versions(ctx, *PRODUCT)]
    assert names == ["draft", "3", "2", "1"]
    assert shown(comparing.compare(ctx, *PRODUCT)) == [("7", "9")]
    assert shown(comparing.compare(ctx, *PRODUCT, "2", "draft")) == [("5", "9")]
    assert shown(comparing.compare(ctx, *PRODUCT, "3", "2")) == [("7", "5")]
    assert shown(comparing.compare(ctx, *PRODUCT, "2", "2")) == []
    assert comparing.compare(ctx, *PRODUCT, new="2").old == "1"
    with pytest.raises(NotFound):
        comparing.compare(ctx, *PRODUCT, "8", "draft")
    with pytest.raises(NotFound):
        comparing.compare(ctx, "product", "no-such-product")
    draft = drafts.find(ctx, *PRODUCT)
    with pytest.raises(Conflict):
        comparing.restore(ctx, *PRODUCT, "2", None)
    comparing.restore(ctx, *PRODUCT, "2", draft.version)
    assert shown(comparing.compare(ctx, *PRODUCT)) == [("7", "5")]
    with pytest.raises(Forbidden):
        comparing.restore(acting(ctx, "auditor"), *PRODUCT, "2", None)


def test_a_changed_condition_is_told_as_a_sentence_and_found_as_one(model_company: Context, acting) -> None:
    maker = acting(model_company, "business-administrator")
    rules = ("ruleset", "decision-business")
    when = "application.amount > 123456"
    drafts.change_values(maker, *rules, {"/spec/rules/0/when": when}, None)
    (change,) = comparing.compare(maker, *rules).changes
    assert change.new["en"] == "Amount applied for is more than 123,456"
    assert change.new["zh"] == "申请金额大于123,456" and "{" not in change.words["en"]
    (found,) = searching.inside(maker, "123456", "zh")
    assert [one.value for one in found.places] == ["申请金额大于123,456"]


def test_a_draft_is_checked_with_what_goes_up_with_it_and_not_with_what_others_write(
    model_company: Context, acting
) -> None:
    maker, other = acting(model_company, "business-administrator"), acting(model_company, "business-administrator")
    grace(maker, 5)
    drafts.change_values(other, "product", "farmer-loan", {"/spec/forms/application": "no-such-form"}, None)
    assert [one.file for one in catalogue.check(maker, *PRODUCT) if one.severity == "error"] == []
    broken = [one for one in catalogue.check(other, "product", "farmer-loan") if one.severity == "error"]
    assert broken and "no-such-form" in broken[0].message["en"]
    title = "title: {en: A form, zh: 表单}"
    drafts.save(maker, "form", "no-such-form", f"apiVersion: loanloom/v1\nkind: form\nkey: no-such-form\n{title}\n"
                "spec: {record: application, sections: []}\n", None)  # fmt: skip
    found = [one for one in catalogue.check(other, "product", "farmer-loan") if one.severity == "error"]
    assert any("no-such-form" in (one.file or "") for one in found), "the new form it names goes up with it"


def test_a_remark_reaches_those_who_work_on_it_and_is_dealt_with(model_company: Context, acting) -> None:
    ctx = model_company
    maker, reviewer = acting(ctx, "business-administrator"), acting(ctx, "risk-officer")
    grace(maker, 5)
    made = remarks.write(reviewer, *PRODUCT, "  Why so long?  ", "/penalty/grace_days")
    (one,) = remarks.listing(maker, [PRODUCT])
    assert (one.id, one.words, one.pointer) == (made, "Why so long?", "/penalty/grace_days")
    told = select(tables.message.c["user_id", "title"]).where(tables.message.c.kind == "release.remark")
    with ctx.transaction() as connection:
        (message,) = connection.execute(told).all()
    assert message.user_id == maker.actor.user_id and "Sole" in message.title["en"]
    remarks.write(maker, *PRODUCT, "Farmers asked for it.")
    with ctx.transaction() as connection:
        assert {row.user_id for row in connection.execute(told)} == {maker.actor.user_id, reviewer.actor.user_id}
    assert remarks.settle(maker, made) == PRODUCT
    assert [one.words for one in remarks.listing(maker, [PRODUCT])] == ["Farmers asked for it."]
    assert len(remarks.listing(maker, [PRODUCT], settled=True)) == 2
    with pytest.raises(Conflict):
        remarks.settle(reviewer, made)
    for who, words, error in ((acting(ctx, "auditor"), "x", Forbidden), (maker, " ", Refused)):
        with pytest.raises(error):
            remarks.write(who, *PRODUCT, words)
    with pytest.raises(NotFound):
        remarks.write(maker, "product", "no-such-product", "x")
    assert remarks.listing(maker, []) == ()
