"""What authors are told: which types there are, levels that do not hold, look-ups of nothing."""

from __future__ import annotations

import pytest
from tests.engines.forms.types.conftest import CODES, ENTITY, FORM, ROLE, VIN, registry_of

from loanloom import feel
from loanloom.engines import facts, forms
from loanloom.engines.forms.types import BUILT_IN, GROUP, TABLE, known
from loanloom.metadata.field_types import SHAPES
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build


def test_every_type_of_the_language_is_there_with_one_shape(registry: Registry) -> None:
    schema = load_kinds().require("entity").schema
    listed = schema["$defs"]["field"]["properties"]["type"]
    assert set(listed["enum"]) == set(SHAPES) == {*BUILT_IN, TABLE, GROUP} == set(listed["x-values"])
    assert all(BUILT_IN[key].shape is SHAPES[key] for key in BUILT_IN)
    assert set(known(registry)) == {*BUILT_IN, "vin"}


def test_a_type_is_unknown_where_its_plugin_is_not_installed() -> None:
    read = read_document(ENTITY, "application.yaml")
    assert read.document is not None
    (problem,) = build([read.document], load_kinds()).problems
    assert problem.code == "metadata.not_a_choice" and "vin" in problem.in_words()
    assert load_kinds((), {"text": VIN}).field_types == {}, "a plugin does not replace what is built in"


def test_expressions_see_parts_and_codes(registry: Registry) -> None:
    scope = facts.scope(registry)
    for source in (
        "application.lease.end",
        "application.home.text",
        'application.area = "330106"',
        "count(application.photos)",
    ):
        assert not feel.check(source, scope).problems, source
    assert feel.check('application.area = "nowhere"', scope).problems
    assert feel.check("application.lease.middle", scope).problems
    assert feel.check('application.home.area = "nowhere"', scope).problems


def test_traces_call_parts_by_name_and_hide_those_of_secrets(registry: Registry) -> None:
    known = facts.labels(registry)
    assert known["application.lease.end"] == {"en": "Lease: to", "zh": "租期：截止日"}
    assert known["application.home.area=330106"]["zh"] == "西湖区"
    assert known["application.hidden_home.detail=*"] == facts.HIDDEN


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('parent: "33"}', 'parent: "34"}', "code_list.unknown_parent"),
        (
            'key: "33", title: {en: Zhejiang, zh: 浙江省}',
            'key: "33", title: {en: Z, zh: 浙}, parent: "330106"',
            "code_list.circle",
        ),
    ],
)
def test_levels_must_hold(old: str, new: str, code: str) -> None:
    registry = registry_of(ENTITY, CODES.replace(old, new), ROLE)
    found = forms.check(registry)
    assert {problem.code for problem in found} == {code}
    assert all(problem.line for problem in found)


def test_a_look_up_names_something() -> None:
    registry = registry_of(ENTITY.replace("target: user", "target: usr"), CODES, ROLE)
    (problem,) = forms.check(registry)
    assert problem.code == "entity.unknown_target" and problem.hint is not None and "user" in problem.hint["en"]


@pytest.mark.parametrize(("total", "code"), [("name", "form.no_total"), ("prices", "form.unknown_field")])
def test_only_numbers_of_the_table_are_added_up(total: str, code: str) -> None:
    registry = registry_of(ENTITY, CODES, ROLE, FORM.replace("totals: [price]", f"totals: [{total}]"))
    assert [problem.code for problem in forms.check(registry)] == [code]
