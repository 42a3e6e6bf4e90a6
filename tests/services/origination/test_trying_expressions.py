"""An expression tried on a stored application: its facts with the reader's rights, and nothing that is kept closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from loanloom.services.context import Context
from loanloom.services.definitions import expressions
from loanloom.services.definitions.expressions import Asked
from loanloom.services.errors import Forbidden, NotFound, Refused

Begin = Callable[..., int]


@pytest.fixture
def author(manager: Context) -> Context:
    """The relationship manager who may read definitions too."""
    actor = replace(manager.actor, functions=manager.actor.functions | {"definition.read"})
    return replace(manager, actor=actor)


def tried(ctx: Context, source: str, number: object) -> Any:
    place = expressions.where(ctx, Asked())
    return expressions.run_on(ctx, place, source, str(number))


def test_the_facts_are_those_of_the_case(author: Context, begin: Begin) -> None:
    application = begin()
    found = tried(author, 'customer.kind = "sole_trader" and application.product = "sole-trader-loan"', application)
    assert found.evaluation.value is True and found.hidden == ()
    number = tried(author, "application.number", application).evaluation.value
    assert tried(author, "application.number", number).evaluation.value == number
    assert tried(author, "today()", application).evaluation.value == author.business_date


def test_what_is_kept_encrypted_cannot_be_brought_to_light(author: Context, begin: Begin) -> None:
    application = begin()
    for source in ("customer.id_number", "substring(customer.phone, 1, 3)", "string(customer)", "customer"):
        found = tried(author, source, application)
        said = (
            f"{found.evaluation.value} {found.explanation.as_json()} {found.explanation.in_words('en', found.labels)}"
        )
        assert "330000" not in said and "199" not in said, source
        assert found.hidden, source


def test_what_a_form_hides_from_the_roles_is_left_out(author: Context, begin: Begin) -> None:
    application = begin()
    assert tried(author, "customer.address != null", application).evaluation.value is True
    outsider = replace(author, actor=replace(author.actor, roles=("system-administrator",)))
    found = tried(outsider, "customer.address != null", application)
    assert found.evaluation.value is False and found.hidden == ("customer.address",)


def test_only_an_application_that_the_reader_may_see(author: Context, manager: Context, begin: Begin) -> None:
    application = begin()
    elsewhere = replace(author, actor=replace(author.actor, user_id=1_000_000, unit="west-lending", scope="own"))
    with pytest.raises(NotFound):
        tried(elsewhere, "application.number", application)
    with pytest.raises(NotFound):
        tried(author, "1", "SQ-no-such-number")
    with pytest.raises(Forbidden):
        expressions.where(replace(manager, actor=replace(manager.actor, functions=frozenset())), Asked())
    with pytest.raises(Refused):
        tried(author, "application.amuont", application)
