"""A lender whose registers and requests have a field of every type there is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import insert
from tests.services.approval import lender
from tests.services.approval.lender import NOW
from tests.web.records.every_type.sample_fields import FIELDS, FILES, OWNER

from loanloom.metadata.document import Document
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.services.access.rights import functions_of
from loanloom.services.access.sign_in import ab_user
from loanloom.services.context import Actor, Company, Context
from loanloom.services.definitions.releases import stored
from loanloom.store import names, tables
from loanloom.store.database import Database

STAFF = {
    "sampler": (81, "sampler", "head-office"),
    "other": (82, "sampler", "head-office"),
    "looker": (83, "onlooker", "head-office"),
}


def _entity(key: str, title: str, more: str) -> str:
    declared = {**{name: found.declared for name, found in FIELDS.items()}, **FILES}
    fields = "\n".join(
        f"    - {{key: {name}, title: {{en: The {name}, zh: 栏目{name}}}, {one}}}" for name, one in declared.items()
    )
    return f"""
apiVersion: loanloom/v1
kind: entity
key: {key}
title: {{en: {title}, zh: 样本}}
effective_from: 2026-01-01
spec:
  label: {{en: {title}, zh: 样本}}
{more}
  fields:
{fields}
"""


FLOW = """
apiVersion: loanloom/v1
kind: flow
key: sample-review
title: {en: Review of samples, zh: 样本审批}
effective_from: 2026-01-01
spec:
  subject: request
  record: sample_request
  nodes:
    - {key: begin, title: {en: Begin, zh: 开始}, type: start, form: sample-request-form, next: more}
    - {key: more, title: {en: Fill in, zh: 补录}, type: form, assign: {role: sampler, scope: all}, next: done}
    - {key: done, title: {en: Done, zh: 通过}, type: end, outcome: approved}
"""
ROLE = """
apiVersion: loanloom/v1
kind: role
key: sampler
title: {en: Sampler, zh: 样本管理员}
effective_from: 2026-01-01
spec:
  functions: [customer.read, customer.write, import.run, definition.read, definition.edit]
  records: [{entity: sample, may: write}]
  data_scope: all
"""
ONLOOKER = """
apiVersion: loanloom/v1
kind: role
key: onlooker
title: {en: Onlooker, zh: 查看}
effective_from: 2026-01-01
spec: {functions: [customer.read, report.read], data_scope: all}
"""
MENU = """
apiVersion: loanloom/v1
kind: menu
key: samples
title: {en: Samples, zh: 样本}
effective_from: 2026-01-01
spec: {door: workspace, items: [{key: samples, title: {en: Samples, zh: 样本}, entity: sample}]}
"""
ACCESS = """
  access:
    - {roles: [onlooker], mode: hidden, fields: [sample_request.price, sample_request.contact]}
    - {roles: [onlooker], mode: masked, fields: [sample_request.code]}
"""
FORM = """
apiVersion: loanloom/v1
kind: form
key: %(key)s
title: {en: Sample, zh: 样本登记表}
effective_from: 2026-01-01
spec:
  record: %(record)s
  sections:
    - key: all
      title: {en: All, zh: 全部}
      fields:
"""


def _form(key: str, record: str, access: str = "") -> str:
    lines = []
    for name, declared in {**{name: found.declared for name, found in FIELDS.items()}, **FILES}.items():
        inner = ""
        if "fields:" in declared:
            names_ = [part.partition(",")[0] for part in declared.split("{key: ")[1:]]
            inner = f", fields: [{', '.join(f'{{field: {name}}}' for name in names_)}]"
        lines.append(f"        - {{field: {record}.{name}{inner}}}")
    return FORM % {"key": key, "record": record} + "\n".join(lines) + access


@cache
def documents() -> tuple[Document, ...]:
    """The model company's documents and these."""
    own = (
        _entity("sample", "Sample", "  register: {name: name, shared: true}"),
        _entity("sample_request", "Sample request", ""), FLOW, ROLE, ONLOOKER, MENU,
        _form("sample-form", "sample"), _form("sample-request-form", "sample_request", ACCESS),
    )  # fmt: skip
    read = [read_document(text) for text in own]
    assert all(found.document is not None for found in read), [found.problems for found in read]
    return (*lender.documents(), *(found.document for found in read if found.document is not None))


@cache
def registry() -> Registry:
    """All of them, sound."""
    built = build(documents(), load_kinds())
    assert not built.problems, [problem.in_words() for problem in built.problems]
    return built.registry


@dataclass
class Samples:
    """The lender."""

    database: Database
    company: Company

    def ctx(self, who: str = "sampler") -> Context:
        """The surroundings of somebody who keeps samples."""
        spec, (user_id, role, unit) = registry().require("role", "sampler").spec, STAFF[who]
        actor = Actor(
            user_id=user_id, username=who, name=who, roles=(role,), unit=unit, functions=functions_of(spec), scope="all"
        )
        return Context(
            database=self.database, company=self.company, registry=registry(), actor=actor, now=NOW,
            business_date=NOW.date(),
        )  # fmt: skip


def settle(database: Database, company: Company) -> Samples:
    """Such a lender in an empty company, with one customer."""
    with database.transaction(company.id) as connection:
        ids = stored.keep(connection, documents(), None)
        values = {"number": 1, "state": "live", "origin": "installer", "digest": registry().digest}
        release = int(
            connection.execute(insert(tables.release).values(values).returning(tables.release.c.id)).scalar_one()
        )
        stored.add_items(connection, release, ids)
        row = {
            "number": OWNER,
            "kind": "person",
            "name": "王小明（演示）",
            "since_on": NOW.date(),
            "unit": "head-office",
        }
        connection.execute(insert(tables.customer).values({**row, **names.name_columns(row["name"])}))
    with database.transaction() as connection:
        begun = {"live_release_id": release, "business_date": NOW.date()}
        connection.execute(tables.company.update().where(tables.company.c.id == company.id).values(begun))
        for who, (user_id, role, unit) in STAFF.items():
            person = {"id": user_id, "username": who, "first_name": who, "last_name": "", "active": True}
            connection.execute(insert(ab_user).values(**person, email=f"{who}@example.com", password="none"))
            member = {"user_id": user_id, "company_id": company.id, "roles": [role], "unit": unit}
            connection.execute(insert(tables.membership).values(member))
    return Samples(database, company)
