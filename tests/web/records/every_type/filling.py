"""Filling in the samples as a browser does, and what is kept of them and told."""

from __future__ import annotations

import html
import io
import re
from typing import Any

from tests.services.origination.conftest import PDF
from tests.web.cases.test_screens import token
from tests.web.records.every_type import sample_fields
from tests.web.records.every_type.sample_fields import FIELDS, typed
from tests.web.records.every_type.samples import Samples

from loanloom.services.records import kept

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
SENT = {
    "scan": [("a.pdf", PDF)], "scans": [("b.pdf", PDF), ("c.png", PNG)], "photo": [("d.png", PNG)],
    "photos": [("e.png", PNG), ("f.png", PNG)], "signed": [("g.png", PNG)],
}  # fmt: skip


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
    return {key: (found[key], wanted) for key, wanted in sample_fields.kept().items() if found[key] != wanted}


def unread(shown: str) -> list[str]:
    """Fields that do not read as they should on a page, and secrets that do."""
    missing = [f"{key}: {words}" for key, one in FIELDS.items() for words in one.reads if words not in shown]
    return missing + [f"{key} in full" for key, one in FIELDS.items() for words in one.secret if words in shown]


def made(client: Any, record_path: str = "/records/sample/new") -> int:
    answer = send(client, record_path, "sample", idempotency_key="one")
    assert answer.status_code == 302, told(answer)
    return int(answer.location.rpartition("/")[2])
