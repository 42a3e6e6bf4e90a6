"""Every field type in every place where it is filled in or read: pages of records and of requests, REST, sheets, the
studio's preview and paper. What is kept is the same whichever way it came."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select
from tests.services.origination.conftest import PDF
from tests.services.records.test_importing import bring
from tests.settled import Settled
from tests.web.cases.test_screens import token
from tests.web.people import browsers
from tests.web.records import samples
from tests.web.records.samples import FIELDS, FILES, OWNER, STAFF, Samples, typed

from loanloom.metadata.field_types import SHAPES
from loanloom.services import stored
from loanloom.services.records import columns, exporting, importing, kept
from loanloom.store import tables

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SENT = {
    "scan": [("a.pdf", PDF)], "scans": [("b.pdf", PDF), ("c.png", PNG)], "photo": [("d.png", PNG)],
    "photos": [("e.png", PNG), ("f.png", PNG)], "signed": [("g.png", PNG)],
}  # fmt: skip


@pytest.fixture
def house(settled: Settled) -> Iterator[Samples]:
    with settled.by(samples.settle) as made:
        yield made


@pytest.fixture
def as_user(house: Samples) -> Any:
    return browsers(house.database, STAFF)


def page(client: Any, path: str) -> str:
    answer = client.get(path, follow_redirects=True)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200, (path, answer.status_code, re.sub(r"<[^>]+>|\s+", " ", text)[:2000])
    return html.unescape(text)


def send(client: Any, path: str, record: str, *, files: bool = True, **more: str) -> Any:
    """Open the form and post it as a browser would, files too."""
    data: dict[str, Any] = {"csrf_token": token(page(client, path)), "_action": "submit", **typed(record), **more}
    for key, sent in SENT.items() if files else ():
        data[f"{record}.{key}"] = [(io.BytesIO(content), name) for name, content in sent]
    return client.post(path, data=data, content_type="multipart/form-data")


def values_of(house: Samples, record_id: int) -> dict[str, Any]:
    ctx = house.ctx()
    with ctx.transaction() as connection:
        return kept.values_of(ctx, kept.register(ctx, "sample"), kept.read(ctx, connection, "sample", record_id))


def told(answer: Any) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", html.unescape(answer.get_data(as_text=True)))[:3000]


def differing(found: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Fields that hold something else than what was filled in."""
    return {key: (found[key], wanted) for key, wanted in samples.kept().items() if found[key] != wanted}


def unread(shown: str) -> list[str]:
    """Fields that do not read as they should on a page, and secrets that do."""
    missing = [f"{key}: {words}" for key, one in FIELDS.items() for words in one.reads if words not in shown]
    return missing + [f"{key} in full" for key, one in FIELDS.items() for words in one.secret if words in shown]


def made(client: Any, record_path: str = "/records/sample/new") -> int:
    answer = send(client, record_path, "sample", idempotency_key="one")
    assert answer.status_code == 302, told(answer)
    return int(answer.location.rpartition("/")[2])


def test_the_samples_have_a_field_of_every_type() -> None:
    fields = samples.registry().entity_fields("sample")
    assert {one.type for one in fields} >= set(SHAPES), "a new type needs its line in samples.py"


def test_a_page_takes_them_shows_them_and_draws_them_again(house: Samples, as_user: Any) -> None:
    client = as_user("sampler", "zh")
    record = made(client)
    found = values_of(house, record)
    assert differing(found) == {}
    assert {key: len(found[key]) if isinstance(found[key], list) else 1 for key in FILES} == {
        key: len(sent) for key, sent in SENT.items()
    }
    shown = page(client, f"/records/sample/{record}")
    assert unread(shown) == []
    numbers = [number for key in FILES for number in ([found[key]] if isinstance(found[key], str) else found[key])]
    assert [one for one in numbers if f"/uploads/{one}" not in shown] == []
    assert all(client.get(f"/uploads/{one}").status_code == 200 for one in numbers)
    again = client.post(f"/records/sample/{record}/edit", data={
        "csrf_token": token(page(client, f"/records/sample/{record}/edit")), "_version": "1", "sample.count": "13",
    })  # fmt: skip
    assert again.status_code == 302
    after = values_of(house, record)
    assert after["count"] == 13 and {**after, "count": found["count"]} == found


def test_the_form_of_a_record_holds_what_was_kept(house: Samples, as_user: Any) -> None:
    """Posting the page as it is drawn changes nothing: every type writes what it reads."""
    client = as_user("sampler", "zh")
    record = made(client)
    before, path = values_of(house, record), f"/records/sample/{record}/edit"
    drawn = drawn_values(page(client, path))
    assert client.post(path, data={**drawn, "_action": "submit"}).status_code == 302
    assert values_of(house, record) == before


def drawn_values(text: str) -> dict[str, Any]:
    """The inputs of the page's form as a browser sends them."""
    form = text[text.index('<form id="form"') :]
    form = form[: form.index("</form>")]
    found: dict[str, list[str]] = {}
    for tag in re.finditer(
        r"<input([^>]*)>|<select([^>]*)>(.*?)</select>|<textarea([^>]*)>(.*?)</textarea>", form, re.S
    ):
        attributes = tag[1] or tag[2] or tag[4] or ""
        name = re.search(r'name="([^"]*)"', attributes)
        if name is None or 'type="file"' in attributes or name[1].startswith("_find"):
            continue
        if re.search(r'type="(checkbox|radio)"', attributes) and " checked" not in attributes:
            continue
        if tag[2] is not None:
            values = [html.unescape(one) for one in re.findall(r'<option value="([^"]*)"[^>]* selected', tag[3])]
        elif tag[4] is not None:
            values = [tag[5].removeprefix("\n")]
        else:
            given = re.search(r'value="([^"]*)"', attributes)
            values = [given[1] if given else "on"]
        found.setdefault(name[1], []).extend(values)
    return {name: values for name, values in found.items() if values}


def test_rest_gives_what_it_takes_groups_rows_and_parts_too(house: Samples, as_user: Any) -> None:
    client = as_user("sampler")
    headers = {"X-CSRFToken": re.search(r'name="csrf-token" content="([^"]+)"', page(client, "/"))[1]}
    nested = {
        "sample.lease": {"start": "2026-01-01", "end": "2027-12-31"},
        "sample.contact": {
            "name": "李四", "phone": "19900000202", "known": {"start": "2026-01-01", "end": "2027-12-31"},
            "home": {"area": "330106", "detail": "文三路1号"},
        },
        "sample.items": [{"what": "碾茶机", "cost": "80,000", "rented": {"start": "2026-01-01", "end": "2027-12-31"}},
                         {"what": "烘干机", "cost": 20000}],
        "sample.area": "330106", "sample.home": {"area": "330106", "detail": "文三路1号"},
        "sample.place": {"latitude": "30.25", "longitude": 120.15, "accuracy": 8},
        "sample.count": 12, "sample.agreed": True, "sample.kinds": ["c"],
    }  # fmt: skip
    whole = {name.rpartition(".")[0] if name.count(".") > 1 else name for name in typed("sample")}
    plain = {name: value for name, value in typed("sample").items() if name in whole and name not in nested}
    sent = {name: value for name, value in plain.items() if name.count(".") == 1} | nested
    answer = client.post("/api/v1/records/sample/", json={"values": sent}, headers=headers)
    assert answer.status_code == 201, answer.json
    record, given = answer.json["id"], answer.json["values"]
    assert differing(values_of(house, record)) == {}
    assert given["sample.contact"]["home"]["detail"] == "文三路1号" and given["sample.items"][1]["rented"] is None
    assert given["sample.contact"]["phone"] == "199****0202", "closed within a group as elsewhere"
    closed = [key for key, one in FIELDS.items() if one.secret]
    back = {name: value for name, value in given.items() if name.partition(".")[2] not in closed}
    path = f"/api/v1/records/sample/{record}"
    changed = client.put(path, json={"values": back, "version": 1}, headers=headers)
    assert changed.status_code == 200, changed.json
    assert differing(values_of(house, record)) == {}, "what it gave may be sent back as it is"
    one_more = {"sample.contact": {"name": "王五"}}
    assert client.put(path, json={"values": one_more, "version": 2}, headers=headers).status_code == 200
    assert values_of(house, record)["contact"] == {**FIELDS["contact"].kept, "name": "王五"}
    wrong = {"sample.contact": {"known": {"start": "2027-01-01", "end": "2026-01-01"}, "nothing": 1}}
    refused = client.put(path, json={"values": wrong, "version": 3}, headers=headers)
    assert {one["field"] for one in refused.json["problems"]} == {"sample.contact.known", "sample.contact.nothing"}


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
    wanted = {key: value for key, value in samples.kept().items() if FIELDS[key].in_sheets}
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


def test_the_studio_previews_a_record_on_the_screen_and_on_paper(house: Samples, as_user: Any) -> None:
    client = as_user("sampler", "zh")
    record = made(client)
    with house.ctx().transaction() as connection:
        number = connection.execute(select(tables.record.c.number).where(tables.record.c.id == record)).scalar_one()
    here = f"/studio/definitions/form/sample-form/?view=preview&_role=sampler&_case={number}"
    drawn, paper = page(client, here), page(client, f"{here}&_paper=yes")
    open_ = {key: one for key, one in FIELDS.items() if not one.secret}
    assert [key for key, one in open_.items() for words in one.reads if words not in paper] == []
    assert [words for one in FIELDS.values() for words in one.secret if words in drawn or words in paper] == []
    assert 'name="sample.lease.end" value="2027-12-31"' in re.sub(r'\s+(id|aria-\S+|type|class)="[^"]*"', "", drawn)
    made_up = page(client, "/studio/definitions/form/sample-form/?view=preview&_with=sample")
    assert [key for key in (*FIELDS, *FILES) if f'"f-sample.{key}' not in made_up] == []


def test_a_request_takes_every_type_and_its_step_fills_in_more(house: Samples, as_user: Any) -> None:
    client = as_user("sampler", "zh")
    answer = send(client, "/cases/new/sample-review", "sample_request", idempotency_key="one")
    assert answer.status_code == 302, told(answer)
    with house.ctx().transaction() as connection:
        case = connection.execute(select(tables.flow_case)).one()
        item = connection.execute(select(tables.work_item)).one()
    fields = samples.registry().entity_fields("sample_request")
    found = stored.from_json(house.database.vault, house.company.id, "sample_request", fields, case.data)
    assert differing(found) == {} and [key for key in FILES if not found[key]] == []
    shown = page(client, answer.location)
    facts = shown[: shown.index('id="item-')]
    assert unread(facts) == []
    assert f"/uploads/{found['scan']}" in facts
    assert client.get(f"/uploads/{found['scan']}").status_code == 200
    here = f"/cases/items/{item.id}/resubmit"
    more = {"csrf_token": token(shown), "version": item.version}
    looked = {"_action": "find:sample_request.owner", "_find.sample_request.owner": "xiaoming"}
    searching = client.post(here, data={**more, **typed("sample_request"), "sample_request.name": "改名", **looked})
    kept_typed = html.unescape(searching.get_data(as_text=True))
    assert searching.status_code == 200 and 'value="改名"' in kept_typed and "王小明（演示）" in kept_typed
    assert 'value="xiaoming"' in kept_typed and "pick:sample_request.owner=" in kept_typed
    part = client.post(here, data={**more, "_action": "refresh", "sample_request.name": "改名"},
                       headers={"HX-Request": "true"}).get_data(as_text=True)  # fmt: skip
    assert 'value="改名"' in part and "<html" not in part
    new_scan = {"sample_request.scan": (io.BytesIO(PDF), "new.pdf"), "sample_request.name": "改名", "_action": "submit"}
    done = client.post(here, data={**more, **new_scan}, content_type="multipart/form-data")
    assert done.status_code == 302, told(done)
    with house.ctx().transaction() as connection:
        data = connection.execute(select(tables.flow_case.c.data)).scalar_one()
    after = stored.from_json(house.database.vault, house.company.id, "sample_request", fields, data)
    assert after["name"] == "改名" and after["scan"] != found["scan"]
    assert {**after, "name": found["name"], "scan": found["scan"]} == found


def test_a_case_shows_nobody_what_its_form_hides_from_them(house: Samples, as_user: Any) -> None:
    where = send(as_user("sampler", "zh"), "/cases/new/sample-review", "sample_request", idempotency_key="one").location
    shown = page(as_user("looker", "zh"), where)
    assert "碾茶机" in shown and "第一行" in shown
    assert "120,000.50" not in shown and "栏目contact" not in shown and "李四" not in shown
    assert "91350100M000100Y43" not in shown and "913***********0Y43" in shown


def test_a_file_of_somebody_else_is_nobodys_answer(house: Samples, as_user: Any) -> None:
    theirs = made(as_user("sampler", "zh"))
    scan = values_of(house, theirs)["scan"]
    forged = {"sample_request.scan": scan, "_action": "submit", "idempotency_key": "two"}
    client = as_user("other")
    answer = client.post("/cases/new/sample-review", data={
        "csrf_token": token(page(client, "/cases/new/sample-review")), "sample_request.name": "x", **forged,
    })  # fmt: skip
    assert answer.status_code == 422 and "Choose the file again" in told(answer)


def test_a_file_chosen_by_somebody_else_is_not_even_named(house: Samples, as_user: Any) -> None:
    theirs, mine = as_user("sampler", "zh"), as_user("other", "zh")

    def shown(client: Any, **scan: Any) -> str:
        data = {"csrf_token": token(page(client, "/records/sample/new")), "_action": "refresh", **scan}
        return html.unescape(
            client.post("/records/sample/new", data=data, content_type="multipart/form-data").get_data(as_text=True)
        )

    chosen = shown(theirs, **{"sample.scan": [(io.BytesIO(PDF), "secret.pdf")]})
    assert "secret.pdf" in chosen
    number = re.search(r"/uploads/(\d+)", chosen)[1]
    assert "secret.pdf" in shown(theirs, **{"sample.scan": number})
    assert "secret.pdf" not in shown(mine, **{"sample.scan": number})


def test_files_are_read_by_their_names_and_pictures_are_seen(house: Samples, as_user: Any) -> None:
    client = as_user("sampler", "zh")
    record = made(client)
    pictures = values_of(house, record)["scans"][1:] + values_of(house, record)["photos"]
    case = send(client, "/cases/new/sample-review", "sample_request", idempotency_key="one").location
    for where in (f"/records/sample/{record}", f"/records/sample/{record}/edit", case):
        shown = page(client, where)
        assert all(f"<span>{name}</span>" in shown for name in ("a.pdf", "b.pdf", "c.png", "d.png", "e.png")), where
        assert not re.search(r"</svg>\s*<span>(打开文件|文件\d)", shown) and "thumb whole" in shown, where
        assert where == case or all(f'src="/uploads/{one}"' in shown for one in pictures), where


def test_the_history_reads_in_the_words_of_the_fields(house: Samples, as_user: Any) -> None:
    client = as_user("sampler", "zh")
    record = made(client)
    shown = page(client, f"/records/sample/{record}")
    story = shown[shown.index("timeline") :]
    written = [key for key, one in FIELDS.items() if not one.secret and key not in ("note", "owner")]
    assert [key for key in written for words in FIELDS[key].reads if words not in story] == []
    assert OWNER in story and "•••" in story and "{" not in story[: story.index("</ol>")]
    assert "栏目lease" in story and ">sampler<" in story, "people by their names, not their numbers"


def test_nothing_closed_stands_in_the_audit(house: Samples, as_user: Any) -> None:
    made(as_user("sampler", "zh"))
    with house.ctx().transaction() as connection:
        rows = connection.execute(select(tables.audit_log.c.before, tables.audit_log.c.after)).all()
        data = connection.execute(select(tables.record.c.data)).scalar_one()
    written = str([tuple(row) for row in rows]) + str(data)
    assert [words for one in FIELDS.values() for words in one.secret if words in written] == []
    assert Decimal("120000.50") == FIELDS["price"].kept
