"""Records by Excel: the empty sheet filled and read back, sound lines in, the others handed back to be mended."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import event
from tests.services.records.test_kept import PROSPECT, customer, names, rows

from loanloom.engines.forms.model import Spec
from loanloom.engines.forms.types import BUILT_IN
from loanloom.problems import text
from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.records import columns, exporting, importing, kept, sheets
from loanloom.services.running.work import Progress


def heads(content):
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return [cell.value for cell in sheet[1]]


def book(content, *lines):
    """A sheet with lines by the beginnings of its headings."""
    found = load_workbook(io.BytesIO(content))
    sheet = found.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    for line in lines:
        sheet.append(
            [next((value for name, value in line.items() if (head or "").startswith(name)), None) for head in headings]
        )
    written = io.BytesIO()
    found.save(written)
    return written.getvalue()


def bring(ctx, entity, content):
    run, job = importing.begin(ctx, entity, "档案.xlsx", content)
    done = importing.go(ctx, Progress(ctx.database, ctx.company.id, job), {"run": run, "entity": entity})
    return run, done


def line(number, **more):
    return {
        "姓名": f"客户{number}（演示）",
        "客户类型": "农户",
        "联系电话": f"1990000{number:04d}",
        "意向等级": "B 级：有明确意向",
    } | more


def test_a_sheet_filled_in_becomes_records(lender):
    ctx = lender.ctx("business")
    empty = exporting.sheet(ctx, "prospect", "zh")
    assert heads(empty)[:5] == ["编号（新建留空）", "姓名或企业名称 *", "客户类型 *", "联系电话 *", "意向等级 *"]
    _, done = bring(ctx, "prospect", book(empty, line(1, 意向金额="80,000", 下次联系日期="2026/3/9"), line(2)))
    assert done == {"rows": 2, "created": 2, "changed": 0, "same": 0, "refused": 0}
    first = next(row for row in rows(ctx, "prospect") if row["prospect.name"] == "客户1（演示）")
    assert (first["prospect.kind"], first["prospect.interest"]) == ("farmer", "b")
    assert first["prospect.amount"] == 80000
    assert str(first["prospect.next_contact_on"]) == "2026-03-09"


def test_lines_with_mistakes_come_back_with_words_and_go_in_once_mended(lender):
    ctx = lender.ctx("business")
    empty = exporting.sheet(ctx, "prospect", "zh")
    wrong = book(empty, line(1), line(2, 意向等级="很想要"), line(3, 联系电话=None), line(1, 姓名="同号（演示）"))
    run, done = bring(ctx, "prospect", wrong)
    assert (done["created"], done["refused"]) == (1, 3)
    back = load_workbook(io.BytesIO(importing.errors_file(ctx, "prospect", run, "zh"))).worksheets[0]
    told = {row[1].value: row[-1].value for row in back.iter_rows(min_row=2)}
    assert told["客户2（演示）"].startswith("意向等级: ")
    assert told["客户3（演示）"] == "联系电话: 请填写“联系电话”。"
    assert "相同" in told["同号（演示）"]
    back["E2"], back["D3"], back["D4"] = "A 级：本月拟申请", "19900000033", "19900000034"
    written = io.BytesIO()
    back.parent.save(written)
    _, again = bring(ctx, "prospect", written.getvalue())
    assert again == {"rows": 3, "created": 3, "changed": 0, "same": 0, "refused": 0}


def test_a_run_that_broke_off_goes_on_without_bringing_a_line_twice(lender, monkeypatch):
    ctx = lender.ctx("business")
    monkeypatch.setattr(importing, "AT_ONCE", 2)
    content = book(exporting.sheet(ctx, "prospect", "zh"), *(line(number) for number in range(1, 6)))
    run, job = importing.begin(ctx, "prospect", "x.xlsx", content)
    progress, arguments = Progress(ctx.database, ctx.company.id, job), {"run": run, "entity": "prospect"}
    real, seen = kept.add, []

    def dies_at_the_third(*given, **more):
        seen.append(1)
        if len(seen) == 4:
            raise KeyboardInterrupt
        return real(*given, **more)

    monkeypatch.setattr(kept, "add", dies_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        importing.go(ctx, progress, arguments)
    assert len(rows(ctx, "prospect")) == 2
    assert importing.go(ctx, progress, arguments)["created"] == 5
    assert len(rows(ctx, "prospect")) == 5
    assert importing.go(ctx, progress, arguments)["created"] == 5
    assert len(rows(ctx, "prospect")) == 5


def test_a_file_that_is_wrong_throughout_is_told_line_by_line_without_saying_all_again(lender):
    ctx = lender.ctx("business")
    wrong = [line(number, 意向等级="没有这一级") for number in range(250)]
    sent = []

    @event.listens_for(ctx.database.engine, "before_cursor_execute")
    def heard(_connection, _cursor, statement, parameters, *_more):
        if statement.startswith("UPDATE import_run"):
            sent.append(len(str(parameters)))

    try:
        run, done = bring(ctx, "prospect", book(exporting.sheet(ctx, "prospect", "zh"), *wrong))
    finally:
        event.remove(ctx.database.engine, "before_cursor_execute", heard)
    assert (done["created"], done["refused"]) == (0, 250)
    assert {one["line"] for one in importing.read(ctx, "prospect", run).problems} == set(range(2, 252))
    said = sent[:5]
    assert max(said) < 2 * min(said), "each handful of lines says its own problems alone"


def test_present_records_go_out_are_mended_and_come_in_as_changes(lender):
    ctx = lender.ctx("business")
    kept.create(lender.ctx("manager"), "prospect", PROSPECT)
    out = exporting.sheet(ctx, "prospect", "zh", filled=True)
    found = load_workbook(io.BytesIO(out))
    sheet, headings = found.worksheets[0], heads(out)
    assert [sheet.cell(2, headings.index(name) + 1).value for name in ("姓名或企业名称 *", "意向等级 *")] == [
        "陈静茶庄（演示）", "B 级：有明确意向",
    ]  # fmt: skip
    sheet.cell(2, headings.index("意向等级 *") + 1, "D 级：暂无意向")
    sheet.cell(2, headings.index("来源") + 1, "")
    written = io.BytesIO()
    found.save(written)
    assert bring(ctx, "prospect", written.getvalue())[1] == {
        "rows": 1,
        "created": 0,
        "changed": 1,
        "same": 0,
        "refused": 0,
    }
    (row,) = rows(ctx, "prospect")
    assert (row["prospect.interest"], row["prospect.source"]) == ("d", "visit")


def test_accounts_come_in_for_the_customers_that_the_file_names(lender):
    ctx = lender.ctx("business")
    actor = ctx.actor
    functions = actor.functions | {"record.bank_account.read", "record.bank_account.write"}
    ctx = ctx.as_actor(type(actor)(user_id=72, username="b", name="b", roles=(), functions=functions, scope="all"))
    owner = customer(lender)
    with lender.database.transaction(lender.company.id) as connection:
        number = (
            connection.execute(kept.tables.customer.select().where(kept.tables.customer.c.id == owner)).one().number
        )
    account = {"户名": "王小明（演示）", "银行": "农商银行", "账号": "6200000000000009", "用途": "还款"}
    content = book(
        exporting.sheet(ctx, "bank_account", "zh"), {"客户编号": number, **account}, {"客户编号": "C99999", **account}
    )
    _, done = bring(ctx, "bank_account", content)
    assert (done["created"], done["refused"]) == (1, 1)
    assert names(ctx, "bank_account") == ["王小明（演示）"]


@pytest.mark.parametrize("content", [b"", b"name,phone\n", b"PK\x03\x04 nothing"])
def test_what_is_no_workbook_is_refused_in_words(lender, content):
    with pytest.raises(Refused) as refused:
        importing.begin(lender.ctx("business"), "prospect", "x.xlsx", content)
    assert refused.value.problems[0].code == "records.not_a_sheet"


def test_a_column_nobody_knows_is_told_before_anything_comes_in(lender):
    ctx = lender.ctx("business")
    found = load_workbook(io.BytesIO(exporting.sheet(ctx, "prospect", "zh")))
    found.worksheets[0]["Z1"] = "星座"
    written = io.BytesIO()
    found.save(written)
    with pytest.raises(Refused) as refused:
        importing.begin(ctx, "prospect", "x.xlsx", written.getvalue())
    assert "星座" in refused.value.problems[0].message["zh"]


def test_a_title_that_a_spreadsheet_would_run_heads_its_column_as_words():
    title = text('=HYPERLINK("http://x")', "=1+1")
    shown = [columns.Column(name="x.name", title=title, path=("x.name",))]
    content = sheets.workbook("x", shown, "zh", [{"x.name": "甲"}])
    head = load_workbook(io.BytesIO(content)).worksheets[0]["A1"]
    assert (head.data_type, head.value) == ("s", "'=1+1")
    assert [one.cells for one in sheets.read(content, shown)] == [{"x.name": "甲"}]


def test_a_text_that_a_spreadsheet_would_run_comes_back_as_it_was(lender):
    ctx = lender.ctx("business")
    kept.create(ctx, "prospect", {**PROSPECT, "prospect.name": "=HYPERLINK(1)"})
    out = exporting.sheet(ctx, "prospect", "zh", filled=True)
    cell = load_workbook(io.BytesIO(out)).worksheets[0]["B2"]
    assert cell.data_type == "s"
    assert (
        sheets.read(out, columns.columns(ctx, kept.register(ctx, "prospect")))[0].cells["prospect.name"]
        == "=HYPERLINK(1)"
    )


def test_only_who_may_write_and_import_brings_in_and_only_they_see_the_file(lender):
    ctx = lender.ctx("business")
    content = book(exporting.sheet(ctx, "prospect", "zh"), line(1))
    with pytest.raises(Forbidden):
        importing.begin(lender.ctx("manager"), "prospect", "x.xlsx", content)
    with pytest.raises(Forbidden):
        importing.begin(lender.ctx("auditor"), "prospect", "x.xlsx", content)
    run, _ = bring(ctx, "prospect", content)
    other = ctx.as_actor(
        type(ctx.actor)(user_id=999, username="o", name="o", functions=ctx.actor.functions, scope="all")
    )
    with pytest.raises(NotFound):
        importing.read(other, "prospect", run)
    with pytest.raises(NotFound):
        importing.errors_file(other, "prospect", run, "zh")


@pytest.mark.parametrize(
    ("cell", "keys"),
    [
        ("厂房、设备；车辆", ["plant", "cars"]),
        ("车辆、存货", ["cars", "stock"]),
        ("Cars; stock，厂房、设备", ["Cars", "stock", "厂房", "设备"]),
        ("cars，stock", ["cars", "stock"]),
        ("厂房、设备", ["plant"]),
    ],
)
def test_several_choices_are_parted_by_any_mark_but_a_name_may_hold_one(cell, keys):
    choices = {"plant": text("Plant", "厂房、设备"), "cars": text("Vehicles", "车辆"), "stock": text("Stock", "存货")}
    spec = Spec(key="kept", title={}, type="multi_choice", field_type=BUILT_IN["multi_choice"])
    column = columns.Column(name="a.kept", title={}, path=("a.kept",), choices=choices, spec=spec)
    assert column.raw(cell) == keys
