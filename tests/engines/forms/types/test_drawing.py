"""How the richer fields are shown: words, totals, what a number says, and masks where they belong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.engines import forms
from loanloom.metadata.registry import Registry

STORED = {
    "holder": "11010519491231002X",
    "card": "4111111111111111",
    "impression": Decimal(4),
    "lease": {"start": date(2025, 1, 1), "end": date(2027, 12, 31)},
    "area": "330106",
    "hidden_home": {"area": "330106", "detail": "文三路1号", "text": "浙江省杭州市西湖区文三路1号"},
    "photos": ["7", "8"],
    "machines": [{"name": "a", "price": Decimal("10.50")}, {"name": "b", "price": Decimal(2)}, {"name": "c"}],
}


def shown(form: forms.Form, known: dict[str, Any], name: str, *roles: str) -> forms.FieldView:
    facts = {**known, "application": {**known["application"], **STORED}}
    view = forms.describe(form, facts, roles)
    return next(one for one in view.fields() if one.name == f"application.{name}")


def test_values_read_in_both_languages(form: forms.Form, known: dict[str, Any]) -> None:
    assert shown(form, known, "area").words == {"en": "Zhejiang / Hangzhou / Xihu", "zh": "浙江省杭州市西湖区"}
    assert shown(form, known, "lease").words == {"en": "2025-01-01 to 2027-12-31", "zh": "2025-01-01 至 2027-12-31"}
    assert shown(form, known, "impression").words == {"en": "4 / 5", "zh": "4 / 5"}
    assert shown(form, known, "lease").parts == {"start": "2025-01-01", "end": "2027-12-31"}


def test_an_identity_number_says_birth_and_sex_only_to_those_who_may_read_it(
    form: forms.Form, known: dict[str, Any]
) -> None:
    said = [value for _, value in shown(form, known, "holder").derived]
    assert said == [date(1949, 12, 31), {"en": "female", "zh": "女"}]
    assert shown(form, known, "holder", "reader").derived == ()


def test_secrets_leave_no_trace_in_the_view(form: forms.Form, known: dict[str, Any]) -> None:
    for name in ("card", "hidden_home"):
        drawn = repr(shown(form, known, name, "reader"))
        assert "11111111" not in drawn and "文三路" not in drawn and "330106'" not in drawn, name


def test_files_and_totals_are_shown(form: forms.Form, known: dict[str, Any]) -> None:
    photos = shown(form, known, "photos")
    assert (photos.files, photos.is_image, photos.most) == (("7", "8"), True, 2)
    machines = shown(form, known, "machines").group
    assert machines is not None
    (total,) = machines.totals
    assert (total.value, total.text) == (Decimal("12.50"), "12.50")
    price = machines.rows[0].fields[1]
    assert price.triggers, "the total follows what is typed"


def test_words_serve_sheets_and_lists_as_well(registry: Registry) -> None:
    fields = {one.key: one for one in registry.entity_fields("application")}
    assert forms.words(registry, fields["area"], "3301", "zh") == "浙江省杭州市"
    assert forms.words(registry, fields["impression"], Decimal(3), "en") == "3 / 5"
    assert forms.words(registry, fields["card"], "4111111111111111", "en") is None
