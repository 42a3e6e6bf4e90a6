"""Maker is not checker, by way of a draft: whoever typed into an application is one of its makers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.services.approval.lender import STAFF, Lender
from tests.services.origination.conftest import ASKED, Begin

from loanloom.services.approval import approvals
from loanloom.services.context import Context
from loanloom.services.errors import Forbidden
from loanloom.services.origination import applications, submissions
from loanloom.store import tables


def with_two_roles(manager: Context, who: str) -> Context:
    """A checker who may also take applications of the whole company."""
    user_id, role, unit = STAFF[who]
    functions = manager.actor.functions | frozenset(manager.registry.require("role", role).spec["functions"])
    roles = (*manager.actor.roles, role)
    return manager.as_actor(
        replace(manager.actor, user_id=user_id, username=who, roles=roles, functions=functions, scope="all", unit=unit)
    )


def test_who_typed_a_draft_that_another_handed_in_does_not_decide_it(
    manager: Context, begin: Begin, lender: Lender
) -> None:
    application_id = begin()
    checker = with_two_roles(manager, next(who for who, (_, role, _) in STAFF.items() if role == "risk-officer"))
    applications.save_draft(checker, application_id, ASKED, editor="page-1", seen="")
    submissions.submit(manager, application_id, ASKED, version=1)
    assert checker.actor.user_id in lender.one(tables.flow_case).state["makers"]
    item = lender.one(tables.work_item, status="open")
    with pytest.raises(Forbidden):
        approvals.decide(checker, item.id, "approve", expected_version=item.version, opinion="mine")


def test_a_draft_is_kept_closed(manager: Context, begin: Begin, lender: Lender) -> None:
    application_id = begin()
    applications.save_draft(manager, application_id, ASKED, editor="page-1", seen="")
    kept = repr(lender.one(tables.application).draft)
    assert "330000198206060053" not in kept
    assert "19900000003" not in kept
