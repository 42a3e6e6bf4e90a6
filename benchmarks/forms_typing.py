"""What typing into a generated form of 40 fields costs over HTTP, eight clients at once on one worker process: the
post that htmx sends when a field changes, kept as the draft and answered with the form's inside drawn again. And what
the first visit to that page weighs on the wire.

The form, the lender and the servers are those of `forms_spine`; beside each figure, in the same run, the same
post or page of a bare Flask view.
"""

from __future__ import annotations

import gzip
import http.client
import os
import re
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping

from benchmarks.figure import Figure
from benchmarks.forms_spine import (
    CLIENTS,
    ROUNDS,
    _ask,
    _body,
    _get,
    _in_words,
    _lender,
    _percentile,
    _served,
    _sign_in,
)

CHANGES, BAR, WEIGHT_BAR = 20, 80.0, 200.0
"""Changes of a client in each round; milliseconds that nineteen of twenty may take; kB of the first visit."""
NEEDED = re.compile(r'<(?:link rel="stylesheet"|link rel="icon"|script)[^>]* (?:href|src)="([^"]+)"')
ICONS = re.compile(r'<use href="([^"#]+)')
LOADED = re.compile(r'(?:^|[;}\s])import\s*(?:[^"\'()]*?from\s*)?["\']\./([^"\']+)["\']')
"""What a module cannot start without; what it loads when it is needed (charts, editors) is not among it."""


def figures() -> Iterator[Figure]:
    """The partial re-render, then the weight."""
    with tempfile.TemporaryDirectory() as home, _lender() as lender:
        environment = {**os.environ, **lender.environment, "LOANLOOM_HOME": home, "LOANLOOM_LOG_LEVEL": "warning"}
        with (
            _served("loanloom.web.wsgi:app", environment) as (port, worked),
            _served("benchmarks.bare_view:app", environment) as (bare, _),
        ):
            cookie = _sign_in(port)
            ids = lender.application_ids[:CLIENTS]
            pages = [_get(port, f"/applications/{each}/fill", cookie) for each in ids]
            yield _redrawn(port, bare, cookie, dict(zip(ids, map(_body, pages), strict=True)), worked)
            yield _weight(port, cookie, f"/applications/{ids[0]}/fill")


def _redrawn(port: int, bare: int, cookie: str, posts: Mapping[int, str], worked: Callable[[], float]) -> Figure:
    """What eight people wait for while they type into eight applications."""
    ids = list(posts)
    ours, floor, cost = [], [], 0.0
    for _ in range(ROUNDS):
        before = worked()
        ours.append(_percentile(lambda client, at: _typed(port, ids[client], posts[ids[client]], at, cookie), CHANGES))
        cost += (worked() - before) / CLIENTS / CHANGES
        floor.append(_percentile(lambda client, at: _typed(bare, ids[client], posts[ids[client]], at, cookie), CHANGES))
    return Figure(
        name=f"form of 40 fields, drawn again while typing, p95 of {CLIENTS} clients",
        value=statistics.median(ours),
        unit="ms",
        ratio=statistics.median(a / b for a, b in zip(ours, floor, strict=True)),
        peer="a bare Flask view that reads the same post",
        bar=BAR,
        beside=_in_words(cost / ROUNDS),
    )


def _typed(port: int, application_id: int, body: str, at: int, cookie: str) -> None:
    """One change of the amount, as the page sends it."""
    changed = body.replace("_action=submit", "_action=refresh")
    changed = re.sub(r"application\.amount=\d+", f"application.amount={5000 + 100 * at}", changed)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
    status, text, _ = _ask(port, "POST", f"/applications/{application_id}/fill", headers, changed)
    if status not in (200, 302):
        raise RuntimeError(f"the change answered {status}: {re.sub('<[^>]+>', ' ', text)[:1000]}")


def _weight(port: int, cookie: str, path: str) -> Figure:
    """The page and everything it needs at once, compressed as it is sent: styles, scripts, icons."""
    page, content = _fetched(port, path, cookie)
    text = content.decode()
    wanted = {*NEEDED.findall(text), *ICONS.findall(text)}
    sent, seen = page, set()
    while wanted:
        address = wanted.pop()
        seen.add(address)
        size, content = _fetched(port, address, cookie)
        sent += size
        if address.endswith(".js"):
            folder = address.rpartition("/")[0]
            wanted |= {f"{folder}/{name}" for name in LOADED.findall(content.decode())} - seen
    return Figure(
        name=f"form of 40 fields, first visit ({1 + len(seen)} files)", value=sent / 1000, unit="kB",
        ratio=sent / page, peer="the page alone, compressed", bar=WEIGHT_BAR,
    )  # fmt: skip


def _fetched(port: int, path: str, cookie: str) -> tuple[int, bytes]:
    """How many bytes were sent, and what they say."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    zipped = answer.headers.get("Content-Encoding") == "gzip"
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}")
    return len(body), gzip.decompress(body) if zipped else body
