"""Two thousand definitions, in processor time: what a worker needs to load them from the database when a release goes
live, and what the check of one edited document costs an author, by the kind that is edited.

Beside the loading, the shortest way to the same values: the same rows through `json.loads`. Beside the check, the check
of everything, as it was before it remembered. What both find is compared each time.
"""

from __future__ import annotations

import json
import re
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Text, cast, select

from benchmarks.figure import Figure
from benchmarks.forms_spine import context_of
from benchmarks.registry_cases import ROOT, documents
from loanloom.metadata.bundle import read_bundle, source_text
from loanloom.metadata.document import Document
from loanloom.metadata.reader import read_document
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases import checking, snapshots
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.running import founding
from loanloom.store.tables import definition
from loanloom.testing.postgres import Cluster

WANTED = 2000
LOADED, CHECKED = 3.0, 100.0
"""Seconds for the whole registry; milliseconds for one edited document."""
EDITS: Mapping[str, tuple[str, str]] = {
    "product": ("max: ", "max: 1"),
    "form": ("zh: ", "zh: 新"),
    "flow": ("zh: ", "zh: 新"),
    "ruleset": ("zh: ", "zh: 新"),
    "scorecard": ("points: ", "points: 1"),
    "indicator": ("value: ", "value: 1 + "),
    "template": ("zh: ", "zh: 新"),
    "code_list": ("zh: ", "zh: 新"),
    "role": ("zh: ", "zh: 新"),
    "entity": ("zh: ", "zh: 新"),
}
RETYPED: Mapping[str, str] = {
    "village": "customer", "purpose_detail": "application", "existing_debt": "application",
    "prior_claims": "collateral", "employer": "guarantor",
}  # fmt: skip
"""Fields that become numbers: one of a few forms, one of most; an amount that forms, score cards and calculations read;
one of rows that forms show, and one of rows that calculations add up."""
RUNS = 5


def figures() -> Iterator[Figure]:
    """Seconds to load, then milliseconds for each kind that is edited."""
    every = documents(kinds(), WANTED)
    yield _loading(every)
    start = time.process_time()
    first = checking.check(every)
    whole = time.process_time() - start
    for kind, change in EDITS.items():
        at, before = next(
            (at, one) for at, one in enumerate(every) if one.kind == kind and change[0] in source_text(one)
        )
        text = source_text(before).replace(*change, 1)
        yield _edited(f"one edited {kind}", at, text, every, first, whole)
    for field, key in RETYPED.items():
        at = next(at for at, one in enumerate(every) if one.identity == ("entity", key))
        declared = re.compile(rf"(\bkey: {field}\b.*?\btype: )\w+", re.DOTALL)
        text = declared.sub(r"\1number", source_text(every[at]), count=1)
        assert text != source_text(every[at])
        yield _edited(f"an entity whose field {field} has another type", at, text, every, first, whole)


def _loading(every: tuple[Document, ...]) -> Figure:
    cluster = Cluster()
    try:
        clone = cluster.clone("registry")
        founding.found(clone.database, founding.Founding(key="bench", name="bench"), now=datetime.now(UTC))
        releases.install(context_of(clone.database, "bench"), replace(read_bundle(ROOT, kinds()), documents=every))
        ctx = context_of(clone.database, "bench")

        def ours() -> None:
            with ctx.transaction() as connection:
                assert ctx.company.release_id is not None
                found = snapshots._built(connection, ctx.company.release_id)
                assert len(found.registry.own) == WANTED

        def floor() -> None:
            with ctx.transaction() as connection:
                rows = connection.execute(select(cast(definition.c.content, Text))).scalars().all()
                assert len([json.loads(row) for row in rows]) == WANTED

        seconds, bare = _spent(ours), _spent(floor)
        clone.close()
    finally:
        cluster.close()
    return Figure(
        name=f"{WANTED} definitions from the database", value=seconds, unit="s", ratio=seconds / bare,
        peer="the same rows through json.loads", bar=LOADED,
    )  # fmt: skip


def _edited(
    what: str, at: int, text: str, every: tuple[Document, ...], first: checking.Checked, whole: float
) -> Figure:
    spent = []
    for number in range(RUNS):
        start = time.process_time()
        after = read_document(f"{text}\n# {number}\n", every[at].file).document
        assert after is not None
        found = checking.check((*every[:at], after, *every[at + 1 :]), before=first.memory)
        spent.append(time.process_time() - start)
    assert found.problems == checking.check((*every[:at], after, *every[at + 1 :])).problems
    seconds = statistics.median(spent)
    return Figure(
        name=f"check of {what} among {WANTED}", value=seconds * 1e3, unit="ms", ratio=seconds / whole,
        peer="the check of everything", bar=CHECKED,
    )  # fmt: skip


def _spent(work: Callable[[], None]) -> float:
    """Median processor seconds."""
    found = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        found.append(time.process_time() - start)
    return statistics.median(found)
