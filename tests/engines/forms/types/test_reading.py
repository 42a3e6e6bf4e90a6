"""What becomes of what people write in the richer fields: clean values, or words at the field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loanloom.engines import forms

XIHU = {"application.area.level1": "33", "application.area.level2": "3301", "application.area.level3": "330106"}
FILLED = {"application.impression": "4", **XIHU}


def values(form: forms.Form, known: dict[str, Any], **changes: Any) -> dict[str, Any]:
    raw = {**FILLED, **{f"application.{name.replace('__', '.')}": value for name, value in changes.items()}}
    evaluated = forms.evaluate(form, raw, known)
    assert evaluated.ok, [problem.in_words() for problem in evaluated.problems]
    return dict(evaluated.values["application"])


def faults(form: forms.Form, known: dict[str, Any], **changes: Any) -> list[tuple[str | None, str]]:
    raw = {**FILLED, **{f"application.{name.replace('__', '.')}": value for name, value in changes.items()}}
    return [(problem.field, problem.code) for problem in forms.evaluate(form, raw, known).problems]


def test_numbers_on_papers_are_checked_by_their_own_check_digits(form: forms.Form, known: dict[str, Any]) -> None:
    found = values(form, known, licence="91350100m000100y43", card="4111 1111 1111 1111")
    assert (found["licence"], found["card"]) == ("91350100M000100Y43", "4111111111111111")
    assert faults(form, known, licence="91350100M000100Y44") == [("application.licence", "form.credit_code")]
    assert faults(form, known, card="4111111111111112") == [("application.card", "form.bank_card")]
    assert faults(form, known, card="12") == [("application.card", "form.bank_card")]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Lin.X+loan@Example.CN ", "Lin.X+loan@example.cn"),
        ("ｌｉｎ＠ex.cn", "lin@ex.cn"),
        ("", None),
    ],
)
def test_an_e_mail_address_is_tidied(form: forms.Form, known: dict[str, Any], typed: str, kept: str | None) -> None:
    assert values(form, known, mail=typed)["mail"] == kept


@pytest.mark.parametrize(
    "written",
    ["lin", "lin@example", "lin@@example.cn", "a b@example.cn", ".lin@example.cn", "lin..x@example.cn", "lin@-x.cn",
     "lin@example.cn\nBcc: all@example.cn", "l" * 65 + "@example.cn", "lin@" + "x." * 130 + "cn", "<lin@example.cn>"],
)  # fmt: skip
def test_what_is_no_e_mail_address_is_told(form: forms.Form, known: dict[str, Any], written: str) -> None:
    assert faults(form, known, mail=written) == [("application.mail", "form.email")]


@pytest.mark.parametrize("written", ["0", "6", "3.5", "many", "-1"])
def test_a_rating_is_one_of_its_steps(form: forms.Form, known: dict[str, Any], written: str) -> None:
    assert values(form, known)["impression"] == Decimal(4)
    assert faults(form, known, impression=written)[0][0] == "application.impression"


def test_a_period_has_two_days_in_order(form: forms.Form, known: dict[str, Any]) -> None:
    both = {"start": date(2025, 1, 1), "end": date(2027, 12, 31)}
    assert values(form, known, lease__start="2025-01-01", lease__end="2027年12月31日")["lease"] == both
    assert values(form, known, lease="2025-01-01 至 2027-12-31")["lease"] == both, "one cell of a sheet"
    assert values(form, known, lease={"start": "2025-01-01", "end": "2027-12-31"})["lease"] == both, "REST"
    assert values(form, known, lease__start="", lease__end="")["lease"] is None
    assert faults(form, known, lease__start="2025-01-01") == [("application.lease", "form.half_period")]
    assert faults(form, known, lease__start="2027-01-01", lease__end="2026-01-01") == [
        ("application.lease", "form.period_turned")
    ]
    assert faults(form, known, lease__start="1999-01-01", lease__end="2027-01-01") == [
        ("application.lease", "form.below_minimum")
    ]
    assert faults(form, known, lease__start="2020-01-01", lease__end="2021-01-01") == [
        ("application.lease", "form.check")
    ], "rules read the days by their names"


def test_a_cascade_is_chosen_down_to_the_last_level(form: forms.Form, known: dict[str, Any]) -> None:
    assert values(form, known)["area"] == "330106"
    assert values(form, known, area__level1="71")["area"] == "71", "a province without cities is a last level"
    assert faults(form, known, area__level2="") == [("application.area", "form.unfinished_choice")]
    assert values(form, known, region__level1="33")["region"] == "33", "unless it may stop earlier"
    assert faults(form, known, area__level1="nowhere") == [("application.area", "form.unknown_choice")]
    other = {"application.impression": "4", "application.area": "浙江省/杭州市/西湖区"}
    assert forms.evaluate(form, other, known).values["application"]["area"] == "330106", "titles of an imported sheet"


def test_changing_the_province_drops_the_city(form: forms.Form, known: dict[str, Any]) -> None:
    raw = {**FILLED, "application.area.level1": "71"}
    view = forms.describe(form, known, raw=raw, telling="entered")
    area = next(one for one in view.fields() if one.name == "application.area")
    assert (area.value, len(area.levels), area.problems) == ("71", 1, ())


def test_the_next_level_opens_with_the_choice_before_it(form: forms.Form, known: dict[str, Any]) -> None:
    def area(raw: dict[str, Any]) -> forms.FieldView:
        view = forms.describe(form, known, raw=raw, telling="entered")
        return next(one for one in view.fields() if one.name == "application.area")

    assert [[one.key for one in level] for level in area({}).levels] == [["33", "71"]]
    opened = area({"application.area.level1": "33"})
    assert [[one.key for one in level] for level in opened.levels] == [["33", "71"], ["3301", "3302"]]
    assert opened.problems == (), "nobody is told off for what is still to be chosen"
    last = area({"application.area.level1": "33", "application.area.level2": "3301"})
    assert [one.key for one in last.levels[2]] == ["330106"], "a retired district is no longer offered"


def test_a_district_retired_since_may_stay_but_not_be_chosen(form: forms.Form, known: dict[str, Any]) -> None:
    old = {"application.area.level1": "33", "application.area.level2": "3301", "application.area.level3": "330103"}
    stored = {**known, "application": {**known["application"], "area": "330103"}}
    assert forms.evaluate(form, {**FILLED, **old}, stored).values["application"]["area"] == "330103"
    assert faults(form, known, area__level3="330103") == [("application.area", "form.unknown_choice")]


def test_an_address_keeps_area_detail_and_the_whole_as_written(form: forms.Form, known: dict[str, Any]) -> None:
    home = {f"home__{name.rpartition('.')[2]}": value for name, value in XIHU.items()}
    found = values(form, known, **home, home__detail=" 文三路 1号 ")["home"]
    assert found == {"area": "330106", "detail": "文三路 1号", "text": "浙江省杭州市西湖区文三路 1号"}
    assert values(form, known, home=found)["home"] == found, "what was stored may be handed in again"
    assert faults(form, known, home__detail="文三路1号") == [("application.home", "form.address_area")]
    assert faults(form, known, **home) == [("application.home", "form.address_detail")]


def test_several_files_are_counted_and_named_once(form: forms.Form, known: dict[str, Any]) -> None:
    assert values(form, known, photos=["7", "8", "7"])["photos"] == ["7", "8"]
    assert faults(form, known, photos=["7", "8", "9"]) == [("application.photos", "form.too_many_files")]
    assert faults(form, known, photos=["../etc/passwd"]) == [("application.photos", "form.not_a_file")]


def test_rows_hold_the_richer_fields_too(form: forms.Form, known: dict[str, Any]) -> None:
    found = values(
        form, known, machines="0", machines__0__name="车床", machines__0__rented__start="2025-01-01",
        machines__0__rented__end="2025-12-31", machines__0__photos=["3", "4"],
    )  # fmt: skip
    (row,) = found["machines"]
    assert row["rented"] == {"start": date(2025, 1, 1), "end": date(2025, 12, 31)}
    assert row["photos"] == ["3", "4"]
    named = forms.evaluate(form, {**FILLED, "application.machines": [row]}, known)
    assert sorted(forms.files_of(form, named.values)) == [
        ("application.machines.0.photos", "3"),
        ("application.machines.0.photos", "4"),
    ]


@pytest.mark.parametrize(
    "name",
    ["application.lease.middle", "application.area.level9", "application.machines.0.rented.x", "application.x.y"],
)
def test_inputs_that_no_field_has_are_refused(form: forms.Form, known: dict[str, Any], name: str) -> None:
    problems = forms.evaluate(form, {**FILLED, name: "1"}, known).problems
    assert [problem.code for problem in problems] == ["form.unknown_field"]


@pytest.mark.parametrize("name", ["lease", "area", "home", "photos", "impression", "card", "manager", "machines"])
@pytest.mark.parametrize("value", [7, True, {"start": {}}, {"level1": ["x", {}]}, [[]], [{}], "\x00", "x" * 9000])
def test_whatever_is_posted_ends_in_a_value_or_a_problem(
    form: forms.Form, known: dict[str, Any], name: str, value: Any
) -> None:
    raw = {"application.impression": "4", "application.area": "71", f"application.{name}": value}
    problems = forms.evaluate(form, raw, known).problems
    assert {str(one.field).split(".")[1] for one in problems} <= {name}, "told at its field, and nowhere else"
    forms.describe(form, known, raw=raw, telling="all")


def test_a_type_that_a_plugin_brings_is_read_checked_and_kept_closed(form: forms.Form, known: dict[str, Any]) -> None:
    assert values(form, known, chassis="lsvfa49j232037048")["chassis"] == "LSVFA49J232037048"
    assert faults(form, known, chassis="short") == [("application.chassis", "form.vin")]
    stored = {**known, "application": {**known["application"], "chassis": "LSVFA49J232037048"}}
    view = forms.describe(form, stored, ["reader"])
    shown = next(one for one in view.fields() if one.name == "application.chassis")
    assert shown.text == "LSV**********7048"


def test_a_location_is_two_figures_on_the_globe(form: forms.Form, known: dict[str, Any]) -> None:
    there = {"latitude": Decimal("30.274151"), "longitude": Decimal("120.155150"), "accuracy": Decimal(12)}
    measured = {"latitude": "30.2741512", "longitude": "120.15515", "accuracy": "11.6"}
    assert values(form, known, **{f"place__{name}": value for name, value in measured.items()})["place"] == there
    assert values(form, known, place=measured)["place"] == there, "REST"
    assert values(form, known, place="30.274151，120.15515")["place"] == {**there, "accuracy": None}, (
        "a cell of a sheet"
    )
    assert values(form, known, place__latitude="", place__longitude="", place__accuracy="5")["place"] is None
    assert values(form, known, place={**measured, "accuracy": "near"})["place"]["accuracy"] is None


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("30.2", "form.half_location"),
        ("90.1, 20", "form.off_the_globe"),
        ("20, -180.5", "form.off_the_globe"),
        ("here, there", "form.not_a_number"),
        ("1e999, 2", "form.not_a_number"),
    ],
)
def test_a_place_that_is_nowhere_is_told(form: forms.Form, known: dict[str, Any], written: str, code: str) -> None:
    assert faults(form, known, place=written) == [("application.place", code)]


def test_a_formatted_note_is_text_of_some_length(form: forms.Form, known: dict[str, Any]) -> None:
    assert values(form, known, story="**老店**\r\n- 一\r\n- 二")["story"] == "**老店**\n- 一\n- 二"
    assert faults(form, known, story="x" * 201) == [("application.story", "form.too_long")]
