"""What customers agree to: each version once, by themselves or on paper; what is needed is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError
from tests.services.approval.lender import Lender
from tests.services.origination.conftest import ASKED, Begin

from loanloom.metadata import canonical
from loanloom.metadata.registry import Registry
from loanloom.services.context import Context
from loanloom.services.errors import Conflict, Forbidden, NotFound, Refused
from loanloom.services.origination import submissions
from loanloom.services.parties import agreements
from loanloom.services.parties.agreements import Overview
from loanloom.store import tables


def saying(ctx: Context, key: str = "privacy", *, since: str | None = "2026-01-01", **spec: Any) -> Context:
    """The same surroundings where an agreement says something else."""
    live = ctx.registry.require("agreement", key)
    changed = replace(live, spec=canonical.freeze({**live.spec, **spec}), effective_from=since)
    documents: Mapping[Any, Any] = {**ctx.registry.documents, changed.identity: changed}
    return replace(ctx, registry=Registry(documents, ctx.registry.kinds))


def overview(ctx: Context, customer_id: int) -> Overview:
    with ctx.transaction() as connection:
        return agreements.of_customer(ctx, connection, customer_id)


def given(ctx: Context, *keys: str) -> list[tuple[str, str]]:
    return [(key, agreements.version_of(ctx.registry.require("agreement", key))) for key in keys]


def as_customer(ctx: Context, customer_id: int) -> Context:
    rights = {"roles": ("borrower",), "functions": frozenset({"portal.use"}), "customer_id": customer_id}
    return ctx.as_actor(replace(ctx.actor, user_id=91, username="borrower", ip="192.0.2.7", **rights))


def customer_of(lender: Lender) -> int:
    return int(lender.one(tables.application).customer_id)


def test_no_application_is_handed_in_without_what_the_settings_ask_for(
    manager: Context, begin: Begin, lender: Lender
) -> None:
    application_id, asking = begin(), saying(manager, asked="application")
    with pytest.raises(Refused) as refused:
        submissions.submit(asking, application_id, ASKED, version=1)
    (problem,) = refused.value.problems
    assert problem.code == "application.agreement_missing" and "个人信息保护政策" in problem.message["zh"]
    assert lender.one(tables.application).state == "draft"
    agreements.accept(as_customer(asking, customer_of(lender)), given(asking, "privacy"))
    assert submissions.submit(asking, application_id, ASKED, version=1).state == "submitted"


def test_new_words_are_asked_for_again_and_an_edit_of_anything_else_is_not(
    manager: Context, begin: Begin, lender: Lender
) -> None:
    application_id, asking = begin(), saying(manager, asked="application")
    me = customer_of(lender)
    agreements.accept(as_customer(asking, me), given(asking, "privacy", "registration"))
    other = saying(asking, about={"en": "Newly put.", "zh": "新提要"})
    assert overview(other, me).open == []
    text = {**asking.registry.require("agreement", "privacy").spec["text"], "zh": "新的正文"}
    newer = saying(asking, text=text)
    (open_again,) = overview(newer, me).open
    assert open_again.document.key == "privacy" and open_again.former is not None and open_again.needed
    with pytest.raises(Refused):
        submissions.submit(newer, application_id, ASKED, version=1)
    later = (asking.business_date + timedelta(days=1)).isoformat()
    assert overview(saying(newer, since=later), me).open == [], "not in force yet"
    with pytest.raises(Conflict):
        agreements.accept(as_customer(newer, me), given(asking, "privacy"))  # what was read has been replaced
    assert agreements.accept(as_customer(newer, me), given(newer, "privacy")) == 1
    assert [row.agreement_key for row in overview(newer, me).accepted][:1] == ["privacy"]
    assert len(overview(newer, me).accepted) == 3


def test_who_when_how_and_from_where_is_kept_once_and_never_changed(
    manager: Context, begin: Begin, lender: Lender
) -> None:
    begin()
    me = as_customer(manager, customer_of(lender))
    with ThreadPoolExecutor(2) as both:
        made = list(both.map(lambda _: agreements.accept(me, given(me, "privacy")), range(2)))
    assert sorted(made) == [0, 1]
    row = lender.one(tables.agreement_acceptance)
    assert (row.accepted_by, row.ip, row.way, row.accepted_at) == (91, "192.0.2.7", "portal", me.now)
    kept = agreements.read(me, row.id)
    assert kept.document is not None and kept.document.spec == me.registry.require("agreement", "privacy").spec
    (told,) = [one for one in lender.rows(tables.audit_log) if one.action == "agreement.accepted"]
    assert (told.subject_kind, told.subject_id, told.ip) == ("customer", str(me.actor.customer_id), "192.0.2.7")
    assert "个人信息保护政策" in told.after["agreement"] and told.after["words"] == row.text_digest[:12]
    with pytest.raises(DBAPIError, match=r"never changed|permission denied"), me.transaction() as connection:
        connection.execute(update(tables.agreement_acceptance).values(way="office"))


def test_staff_note_a_signed_paper_of_their_own_customers_only(manager: Context, begin: Begin, lender: Lender) -> None:
    begin()
    customer_id, signed = customer_of(lender), given(manager, "privacy")
    for note in ("", " ", "x" * 201):
        with pytest.raises(Refused):
            agreements.note_paper(manager, customer_id, signed, note)
    with pytest.raises(Refused):
        agreements.note_paper(manager, customer_id, [], "Folder 7")
    with pytest.raises(NotFound):
        agreements.note_paper(lender.ctx("manager2"), customer_id, signed, "Folder 7")
    with pytest.raises(Forbidden):
        agreements.note_paper(lender.ctx("auditor"), customer_id, signed, "Folder 7")
    with pytest.raises(Forbidden):
        agreements.accept(manager, signed)
    assert agreements.note_paper(manager, customer_id, signed, " Folder  7 ") == 1
    row = lender.one(tables.agreement_acceptance)
    assert (row.way, row.note, row.accepted_by) == ("office", "Folder 7", manager.actor.user_id)
    assert [one.document.key for one in overview(manager, customer_id).open] == ["registration"]


def test_what_nobody_asks_for_is_neither_asked_nor_taken(manager: Context, begin: Begin, lender: Lender) -> None:
    begin()
    me, plain = customer_of(lender), manager
    for key in ("privacy", "registration"):
        live = plain.registry.require("agreement", key)
        silent = replace(live, spec=canonical.freeze({name: v for name, v in live.spec.items() if name != "asked"}))
        documents: Mapping[Any, Any] = {**plain.registry.documents, live.identity: silent}
        plain = replace(plain, registry=Registry(documents, plain.registry.kinds))
    assert agreements.waiting(as_customer(plain, me)) == 0 and overview(plain, me).standings == []
    with pytest.raises(Conflict):
        agreements.accept(as_customer(plain, me), given(plain, "privacy"))
    assert agreements.waiting(as_customer(manager, me)) == 2
    with pytest.raises(NotFound):
        agreements.read(as_customer(manager, me), 999)
