"""Opening pages and sending forms as somebody who is signed in."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient


def page(client: FlaskClient, url: str, status: int = 200) -> str:
    """The page at `url`; any other answer fails the test with what it says."""
    answer = client.get(url)
    text = answer.get_data(as_text=True)
    assert answer.status_code == status, (url, answer.status_code, re.sub(r"<[^>]+>|\s+", " ", text)[:3000])
    return text


def post(client: FlaskClient, url: str, **fields: Any) -> Any:
    """The answer to a form with these fields."""
    return client.post(url, data={"csrf_token": client.csrf(), **fields})  # type: ignore[attr-defined]
