"""Every field type in sheets: carried out, changed in parts, brought back."""

from __future__ import annotations

import io
from typing import Any

from openpyxl import load_workbook
from sqlalchemy import select
from tests.services.records.test_importing import bring
from tests.web.records.every_type import sample_fields
from tests.web.records.every_type.filling import (
    made,
    page,
    values_of,
)
from tests.web.records.every_type.sample_fields import FIELDS, FILES
from tests.web.records.every_type.samples import Samples

from loanloom.services.records import columns, exporting, importing, kept
from loanloom.store import tables


def rows_of(content: bytes) -> list[dict[str, str]]:
    head, *rows = load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def edited(content: bytes, *changes: dict[str, str | None]) -> bytes:
    """A sheet with its lines changed by the beginnings of its headings."""
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    heads = [str(cell.value) for cell in sheet[1]]
    for number, change in enumerate(changes, 2):
        for begin, value in change.items():
            (at,) = (at for at, head in enumerate(heads, 1) if head.startswith(begin))
            sheet.cell(number, at).value = value
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_a_sheet_carries_every_value_a_cell_can_hold_and_brings_it_back(house: Samples, as_user: Any) -> None:
    first = made(as_user("sampler", "zh"))
    ctx, before = house.ctx(), values_of(house, first)
    out = exporting.sheet(ctx, "sample", "zh", filled=True)
    shown = {one.name: one.heading("zh") for one in columns.columns(ctx, kept.register(ctx, "sample"))}
    (line,) = rows_of(out)
    for key, one in FIELDS.items():
        ends = (one.cells or one.typed) if one.in_sheets else {}
        assert {end: line[shown[f"sample.{key}{end}"]] for end in ends} == ends, key
    left_out = columns.left_out(ctx, kept.register(ctx, "sample"))
    assert [title["zh"] for title in left_out] == ["栏目items", *(f"栏目{key}" for key in FILES)]
    assert "栏目items" in page(as_user("sampler", "zh"), "/records/sample/import")
    assert bring(ctx, "sample", out)[1] == {"rows": 1, "created": 0, "changed": 0, "same": 1, "refused": 0}
    assert values_of(house, first) == before
    assert bring(ctx, "sample", edited(out, {"编号": None}))[1]["created"] == 1
    with ctx.transaction() as connection:
        second = connection.execute(select(tables.record.c.id).where(tables.record.c.id != first)).scalar_one()
    wanted = {key: value for key, value in sample_fields.kept().items() if FIELDS[key].in_sheets}
    assert {key: value for key, value in values_of(house, second).items() if key in wanted} == wanted


def test_a_part_that_is_changed_leaves_the_others_as_they_are(house: Samples, as_user: Any) -> None:
    record = made(as_user("sampler", "zh"))
    ctx = house.ctx()
    out = exporting.sheet(ctx, "sample", "en", filled=True)
    changed = edited(out, {
        "The lease: to": "2028/6/30", "The home: street": "文三路2号", "The contact: Known: from": None,
        "The contact: Name": "王五", "The place: within": None, "The area": "浙江省/宁波市",
    })  # fmt: skip
    assert bring(ctx, "sample", changed)[1]["changed"] == 1
    after = values_of(house, record)
    assert (after["lease"]["start"], str(after["lease"]["end"])) == (FIELDS["lease"].kept["start"], "2028-06-30")
    assert after["home"]["text"] == "浙江省杭州市西湖区文三路2号" and after["area"] == "3302"
    assert after["contact"] == {**FIELDS["contact"].kept, "name": "王五"} and after["place"] == FIELDS["place"].kept
    wrong = edited(out, {"The lease: to": "2020-01-01", "The area": "西湖区", "The contact: Telephone": "12"})
    run, done = bring(ctx, "sample", wrong)
    assert done["refused"] == 1
    row = importing.read(ctx, "sample", run)
    assert {one["column"]["zh"] for one in row.problems} == {"栏目lease", "栏目area", "栏目contact：手机"}
