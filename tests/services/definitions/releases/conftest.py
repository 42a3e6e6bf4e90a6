"""Documents small enough to read, and people with the rights that releases ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from loanloom.metadata.archive import Files
from loanloom.metadata.bundle import Bundle, bundle_of
from loanloom.services.context import Actor, Company, Context, system_actor
from loanloom.services.definitions import releases
from loanloom.services.definitions.releases.known import kinds
from loanloom.store.database import Database

FUNCTIONS = frozenset({
    "definition.read", "definition.edit", "release.propose", "release.approve", "release.activate",
})  # fmt: skip
MANIFEST = 'apiVersion: loanloom/v1\nname: small\nversion: "1.0.0"\nlanguages: [en, zh]\n'
COLOURS = """\
apiVersion: loanloom/v1
kind: code_list
key: colour
title: {en: Colour, zh: 颜色}   # what people like
spec:
  items:
    # the warm one
    - {key: red, title: {en: Red, zh: 红}}
    - {key: blue, title: {en: Blue, zh: 蓝}}
"""
FIELDS = """\
apiVersion: loanloom/v1
kind: entity
key: customer
title: {en: Customer, zh: 客户}
spec:
  fields:
    - {key: likes, title: {en: Likes, zh: 喜好}, type: choice, code_list: colour}
"""
FILES = {
    "metadata/bundle.yaml": MANIFEST,
    "metadata/code_lists/colour.yaml": COLOURS,
    "metadata/entities/customer.yaml": FIELDS,
}


def bundle(**changes: str) -> Bundle:
    """The small bundle, with files (by their last name) replaced or added."""
    files = dict(FILES)
    for name, text in changes.items():
        files[next((path for path in files if path.endswith(f"/{name}.yaml")), name)] = text
    return bundle_of(Files(files, ()), kinds())


Person = Callable[[int], Context]


@pytest.fixture
def empty(database: Database, company: Company) -> Context:
    """A company without any release, as its installer sees it."""
    return Context(
        database=database, company=company, registry=releases.live(database, company), actor=system_actor("installer"),
        now=datetime(2026, 1, 5, 1, 0, tzinfo=UTC), business_date=date(2026, 1, 5),
    )  # fmt: skip


@pytest.fixture
def installed(empty: Context) -> Context:
    """The same with the small bundle live."""
    company = releases.install(empty, bundle())
    return replace(empty, company=company, registry=releases.live(empty.database, company))


@pytest.fixture
def person(installed: Context) -> Person:
    """Somebody (by number) who holds every right about definitions."""

    def acting(number: int) -> Context:
        who = Actor(user_id=number, username=f"user{number}", name=f"User {number}", functions=FUNCTIONS, scope="all")
        return installed.as_actor(who)

    return acting
