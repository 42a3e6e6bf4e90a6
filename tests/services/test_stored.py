"""What a field of any type was when it was kept it is again when it is read; a secret leaves nothing to be read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from loanloom.metadata.fields import field_from
from loanloom.services import stored
from loanloom.store import json as exact
from loanloom.store.vault import Vault

VAULT = Vault({"a": b"k" * 32}, "a", b"s" * 32, "a secret for tests, longer than thirty-two bytes")
HOME = {"area": "330106", "detail": "文三路1号", "text": "浙江省杭州市西湖区文三路1号"}
VALUES: list[tuple[str, Any]] = [
    ("text", "秀珍早餐店"),
    ("integer", Decimal(3)),
    ("money", Decimal("1234.50")),
    ("rating", Decimal(4)),
    ("date", date(2026, 3, 2)),
    ("period", {"start": date(2025, 1, 1), "end": date(2027, 12, 31)}),
    ("yes_no", True),
    ("yes_no", False),
    ("multi_choice", ["spring", "autumn"]),
    ("cascade", "330106"),
    ("address", HOME),
    ("images", ["7", "8"]),
    ("bank_card", "4111111111111111"),
    ("email", "lin@example.cn"),
]


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_every_type_comes_back_as_it_was(kind: str, value: Any, encrypted: bool) -> None:
    title = {"en": "Field", "zh": "字段"}
    field = field_from({"key": "one", "title": title, "type": kind, "encrypted": encrypted})
    table = field_from(
        {"key": "rows", "title": title, "type": "table", "fields": [{**_declared(kind), "encrypted": encrypted}]}
    )
    values = {"one": value, "rows": [{"one": value}]}
    kept = exact.dumps(stored.to_json(VAULT, 1, "customer", [field, table], values))
    assert stored.from_json(VAULT, 1, "customer", [field, table], exact.loads(kept)) == values
    if encrypted or kind in ("bank_card", "email"):
        assert stored.without_secrets(exact.loads(kept)) == {"one": "•••", "rows": [{"one": "•••"}]}


@pytest.mark.parametrize("kind", ["table", "group"])
def test_of_an_encrypted_table_or_group_every_value_is_closed(kind: str) -> None:
    field = field_from(
        {**_declared(kind), "encrypted": True, "fields": [_declared("text"), {**_declared("date"), "key": "day"}]}
    )
    row = {"one": "秀珍早餐店", "day": date(2026, 3, 2)}
    value = [row] if kind == "table" else row
    kept = exact.loads(exact.dumps(stored.to_json(VAULT, 1, "customer", [field], {"one": value})))
    assert "秀珍" not in str(kept) and "2026" not in str(kept)
    assert stored.from_json(VAULT, 1, "customer", [field], kept) == {"one": value}


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize(("kind", "value"), [*VALUES, ("text", "1e999999"), ("table", [{"one": "x"}]), ("group", {})])
def test_what_was_kept_for_another_type_is_read_as_that_or_as_nothing(kind: str, value: Any, encrypted: bool) -> None:
    columns = {"fields": [_declared("text")]}
    declared = {**_declared(kind), **({"encrypted": encrypted} if kind not in ROWS else columns)}
    kept = exact.loads(exact.dumps(stored.to_json(VAULT, 1, "customer", [field_from(declared)], {"one": value})))
    for other in {kind for kind, _ in VALUES} | ROWS:
        field = field_from({**_declared(other), **(columns if other in ROWS else {})})
        read = stored.from_json(VAULT, 1, "customer", [field], kept)["one"]
        nothing = [] if field.shape.several else None
        plain = {"number": Decimal, "date": date, "boolean": bool, "string": str | Decimal | bool}
        fits = (
            list if field.shape.several else dict if field.shape.parts or other == "group" else plain[field.shape.type]
        )
        assert read == nothing or isinstance(read, fits), (kind, value, other, read)


ROWS = {"table", "group"}


def _declared(kind: str) -> dict[str, Any]:
    return {"key": "one", "title": {"en": "Field", "zh": "字段"}, "type": kind}


def test_nothing_kept_is_nothing_or_an_empty_list() -> None:
    fields = [field_from(_declared(kind)) for kind in ("address", "images", "bank_card")]
    assert [list(stored.from_json(VAULT, 1, "customer", [one], {}).values()) for one in fields] == [
        [None],
        [[]],
        [None],
    ]


def test_what_stays_keeps_its_closed_form_also_within_rows_and_groups() -> None:
    columns = [{**_declared("phone"), "key": "phone"}, {**_declared("text"), "key": "name"}]
    title = {"en": "Field", "zh": "字段"}
    fields = [
        field_from({"key": "card", "title": title, "type": "bank_card"}),
        field_from({"key": "contact", "title": title, "type": "group", "fields": columns}),
        field_from({"key": "people", "title": title, "type": "table", "fields": columns}),
    ]
    one, other = {"phone": "19900000101", "name": "甲"}, {"phone": "19900000102", "name": "乙"}
    values = {"card": "4111111111111111", "contact": one, "people": [one, other]}
    was = stored.to_json(VAULT, 1, "customer", fields, values)
    assert stored.to_json(VAULT, 1, "customer", fields, values, was) == was
    assert stored.to_json(VAULT, 1, "customer", fields, values) != was, "closed anew it reads otherwise"
    changed = {**values, "people": [other, one, one]}
    kept = stored.to_json(VAULT, 1, "customer", fields, changed, was)
    assert (kept["card"], kept["contact"]) == (was["card"], was["contact"])
    assert stored.from_json(VAULT, 1, "customer", fields, kept) == changed
    assert stored.to_json(VAULT, 1, "customer", fields, {"card": None}, was) == {"card": None}
