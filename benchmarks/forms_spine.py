"""A generated form of 40 fields over HTTP: opened, and handed in to be judged, scored and routed; eight clients at
once.

One gunicorn worker process serves the real application over a real PostgreSQL; beside it, in the same run, one
worker of a bare Flask view that answers with a page of the same size (GET) or reads the same post (POST). Each
client works through its own applications without a pause; the figure is the 95th percentile of all answers. What the
worker computes for each answer stands beside it: that hardly depends on what else the machine does.
"""

from __future__ import annotations

import http.client
import os
import re
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import psutil

from benchmarks.figure import Figure
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.document import Document, document_from
from loanloom.services.access import users
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.origination import applications
from loanloom.services.parties import customers
from loanloom.services.running import founding
from loanloom.services.running.surroundings import context_of
from loanloom.settings import Settings
from loanloom.testing.postgres import Cluster

ROOT = Path(__file__).parent.parent
CLIENTS, ROUNDS, OPENS, SUBMITS, BAR = 8, 3, 15, 5, 100.0
THREADS = Settings().web_threads
"""As `loanloom up` starts a worker."""
PASSWORD = secrets.token_urlsafe(16)
PLAIN = 25
"""Fields of the form beside the fifteen that the product's rules and score need: 40 in all."""


def figures() -> Iterator[Figure]:
    """Open and submit, each beside the bare view."""
    with tempfile.TemporaryDirectory() as home, _lender() as lender:
        environment = {**os.environ, **lender.environment, "LOANLOOM_HOME": home, "LOANLOOM_LOG_LEVEL": "warning"}
        with (
            _served("loanloom.web.wsgi:app", environment) as (port, worked),
            _served("benchmarks.bare_view:app", environment) as (bare, _),
        ):
            found = _rounds(port, bare, worked, lender.application_ids)
    for name, rounds in found.items():
        yield Figure(
            name=f"form of 40 fields, {name}, p95 of {CLIENTS} clients",
            value=statistics.median(ours for ours, _, _ in rounds),
            unit="ms",
            ratio=statistics.median(ours / floor for ours, floor, _ in rounds),
            peer="a bare Flask view of the same size",
            bar=BAR,
            beside=_in_words(statistics.median(seconds for _, _, seconds in rounds)),
        )


Round = tuple[float, float, float]
"""What our clients waited for, what those of the bare view did, and the seconds that our worker computed for each."""


def _rounds(port: int, bare: int, worked: Callable[[], float], ids: list[int]) -> dict[str, list[Round]]:
    cookie = _sign_in(port)
    page = _get(port, f"/applications/{ids[0]}/fill", cookie)
    posts = {each: _body(_get(port, f"/applications/{each}/fill", cookie)) for each in ids}
    found: dict[str, list[Round]] = {"open": [], "submit": []}
    for turn in range(ROUNDS):
        mine = ids[turn * CLIENTS * SUBMITS : (turn + 1) * CLIENTS * SUBMITS]

        def one(client: int, number: int, mine: list[int] = mine) -> tuple[int, str]:
            each = mine[client * SUBMITS + number]
            return each, posts[each]

        began = worked()
        opened = _percentile(lambda client, at: _get(port, f"/applications/{ids[-1 - client]}/fill", cookie), OPENS)
        between = worked()
        submitted = _percentile(lambda client, at: _post(port, *one(client, at), cookie), SUBMITS)
        ended = worked()
        floor = _percentile(lambda client, at: _get(bare, f"/page?size={len(page)}", cookie), OPENS)
        found["open"].append((opened, floor, (between - began) / CLIENTS / OPENS))
        floor = _percentile(lambda client, at: _post(bare, *one(client, at), cookie), SUBMITS)
        found["submit"].append((submitted, floor, (ended - between) / CLIENTS / SUBMITS))
    return found


# -- the lender ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Lender:
    environment: Mapping[str, str]
    application_ids: list[int]


@contextmanager
def _lender() -> Iterator[_Lender]:
    """A company with the model bundle, a form of 40 fields, and a draft for every submission."""
    cluster = Cluster()
    try:
        clone = cluster.clone("forms")
        founded = founding.Founding(key="bench", name="bench", business_date=date(2026, 3, 2))
        founding.found(clone.database, founded, now=datetime.now(UTC))
        bundle = read_bundle(ROOT, releases.kinds())
        bundle = replace(bundle, documents=(*(_changed(one) for one in bundle.documents), _fields()))
        releases.install(context_of(clone.database, "bench"), bundle)
        ctx = context_of(clone.database, "bench")
        ids = _drafts(ctx)
        users.create(
            ctx, username="bench", name="Bench", email="bench@example.org", password=PASSWORD,
            roles=["relationship-manager"], unit="east-lending",
        )  # fmt: skip
        clone.database.close()
        environment = {**clone.environment(), "LOANLOOM_DATABASE_POOL": str(THREADS)}
        yield _Lender(environment, ids)
        clone.close()
    finally:
        cluster.close()


def _fields() -> Document:
    """An entity with the further fields."""
    fields = [
        {"key": f"extra_{at}", "title": {"en": f"Extra {at}", "zh": f"附加项{at}"}, "type": "money", "max": 1_000_000}
        for at in range(PLAIN)
    ]
    title = {"en": "Further fields", "zh": "附加字段"}
    spec = {"extends": "application", "fields": fields}
    return document_from({"kind": "entity", "key": "bench_application", "title": title, "spec": spec})


def _changed(document: Document) -> Document:
    """The consumer form with the further fields: computed, conditional, checked and required ones among them."""
    if document.identity == ("materials", "consumer"):
        items = [{**item, "required": False} for item in document.as_mapping()["spec"]["items"]]
        return document_from({**document.as_mapping(), "spec": {"items": items}})
    if document.identity != ("form", "consumer-application"):
        return document
    rules: list[dict[str, object]] = [
        {},
        {"required": "application.amount > 100"},
        {"visible": "application.term_months >= 3"},
        {"check": {"rule": "application.amount >= 0", "message": {"en": "Too little.", "zh": "过低。"}}},
    ]
    fields = [{"field": f"application.extra_{at}", **rules[at % 4]} for at in range(PLAIN)]
    fields[-1] = {"field": f"application.extra_{PLAIN - 1}", "computed": "application.extra_1 + application.extra_2"}
    whole = document.as_mapping()
    section = {"key": "further", "title": {"en": "Further", "zh": "附加"}, "columns": 3, "fields": fields}
    return document_from({**whole, "spec": {**whole["spec"], "sections": [*whole["spec"]["sections"], section]}})


def _drafts(ctx: Context) -> list[int]:
    """An application begun for every submission."""
    person = ctx.registry.require("role", "relationship-manager").spec
    actor = replace(
        ctx.actor,
        user_id=1,
        functions=frozenset(person["functions"]),
        roles=("relationship-manager",),
        unit="east-lending",
    )
    ctx = ctx.as_actor(replace(actor, scope="all"))
    with ctx.transaction() as connection:
        known = {"kind": "person", "name": "Bench", "since_on": ctx.business_date}
        customer = customers.add(ctx, connection, known)
    return [applications.begin(ctx, "consumer-instalment", customer) for _ in range(CLIENTS * (ROUNDS * SUBMITS + 1))]


# -- the servers and the clients ------------------------------------------------------------------------------------


@contextmanager
def _served(app: str, environment: Mapping[str, str]) -> Iterator[tuple[int, Callable[[], float]]]:
    """One gunicorn worker process on a free port of the loopback; its port, and the seconds that it has computed."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [
        sys.executable, "-m", "gunicorn", "--config", "python:loanloom.web.gunicorn", "--workers", "1",
        "--threads", str(THREADS), "--bind", f"127.0.0.1:{port}", app,
    ]  # fmt: skip
    server = subprocess.Popen(command, env=dict(environment), cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port, lambda: sum(sum(one.cpu_times()[:2]) for one in psutil.Process(server.pid).children())
    finally:
        server.terminate()
        server.wait(60)


def _in_words(seconds: float) -> str:
    """What stays when the machine does other things too."""
    return f"{seconds * 1000:.1f} ms of the worker's processor time each"


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not come up")


def _percentile(ask: Callable[[int, int], object], times: int) -> float:
    """The 95th percentile, in milliseconds, of what eight clients wait for; the first round is a warm-up."""
    gate = Barrier(CLIENTS)

    def client(number: int) -> list[float]:
        gate.wait()
        waited = []
        for at in range(times):
            began = time.perf_counter()
            ask(number, at)
            waited.append((time.perf_counter() - began) * 1000)
        return waited[1:]

    with ThreadPoolExecutor(CLIENTS) as pool:
        waited = [one for each in pool.map(client, range(CLIENTS)) for one in each]
    return statistics.quantiles(waited, n=20)[-1]


def _ask(
    port: int, method: str, path: str, headers: Mapping[str, str], body: str | None = None
) -> tuple[int, str, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, path, body, dict(headers))
    answer = connection.getresponse()
    text = answer.read().decode()
    found = answer.status, text, answer.headers.get("Set-Cookie", "").partition(";")[0]
    connection.close()
    return found


def _get(port: int, path: str, cookie: str) -> str:
    status, text, _ = _ask(port, "GET", path, {"Cookie": cookie})
    if status != 200:
        raise RuntimeError(f"{path} answered {status}")
    return text


def _post(port: int, application_id: int, body: str, cookie: str) -> None:
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    status, text, _ = _ask(port, "POST", f"/applications/{application_id}/fill", headers, body)
    if status != 302:
        raise RuntimeError(f"the submission answered {status}: {re.sub('<[^>]+>', ' ', text)[:2000]}")


def _sign_in(port: int) -> str:
    _, page, cookie = _ask(port, "GET", "/login/", {})
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token, page[:500]
    body = urlencode({"username": "bench", "password": PASSWORD, "csrf_token": token[1]})
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    status, text, signed_in = _ask(port, "POST", "/login/", headers, body)
    assert status == 302, text[:500]
    _, _, with_token = _ask(port, "GET", "/customers/new", {"Cookie": signed_in})  # the session gains its CSRF token
    return with_token or signed_in


ANSWERS = {
    "application.amount": "5000", "application.term_months": "12", "application.method": "equal_instalment",
    "application.purpose": "consumption", "application.credit_purpose": "A43", "application.channel": "branch",
    "application.employment": "A73", "application.german_housing": "A152", "application.savings": "A61",
    "application.checking_account": "A14", "application.credit_history": "A32", "application.other_plans": "A143",
    "application.other_debtors": "A101", "application.instalment_share": "4",
}  # fmt: skip


def _body(page: str) -> str:
    """What a browser posts: the page's own hidden names and every field filled in."""
    hidden = dict(re.findall(r'<input type="hidden" name="(csrf_token|idempotency_key|_\w+)" value="([^"]*)"', page))
    extras = {f"application.extra_{at}": "1,234.50" for at in range(PLAIN - 1)}
    return urlencode({**hidden, "_action": "submit", **ANSWERS, **extras})
