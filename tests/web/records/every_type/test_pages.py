"""Every field type on pages of records, over REST, in the studio's preview and on paper, in the history and the audit.
What is kept is the same whichever way it came.
"""

from __future__ import annotations

import html
import re
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from tests.web.cases.test_screens import token
from tests.web.records.every_type import samples
from tests.web.records.every_type.filling import (
    SENT,
    differing,
    made,
    page,
    send,
    unread,
    values_of,
)
from tests.web.records.every_type.sample_fields import FIELDS, FILES, OWNER, typed
from tests.web.records.every_type.samples import Samples

from loanloom.metadata.field_types import SHAPES
from loanloom.store import tables


def test_the_samples_have_a_field_of_every_type() -> None:
    fields = samples.registry().entity_fields("sample")
    assert {one.type for one in fields} >= set(SHAPES), "a new type needs its line in sample_fields.py"


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
