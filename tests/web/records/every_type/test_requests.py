"""Every field type in requests: filled in, shown to whom it is open, files only of whoever chose them."""

from __future__ import annotations

import html
import io
import re
from typing import Any

from sqlalchemy import select
from tests.services.origination.conftest import PDF
from tests.web.cases.test_screens import token
from tests.web.records.every_type import samples
from tests.web.records.every_type.filling import (
    differing,
    made,
    page,
    send,
    told,
    unread,
    values_of,
)
from tests.web.records.every_type.sample_fields import FILES, typed
from tests.web.records.every_type.samples import Samples

from loanloom.services import stored
from loanloom.store import tables


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
