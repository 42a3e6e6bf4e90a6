"""A prospect becomes a customer: what is known goes along, the record leaves its list and points at the customer."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from tests.services.origination.conftest import TRADER
from tests.web.records.test_records import PROSPECT, page, send

from loanloom.metadata.reader import read_document
from loanloom.metadata.register_checks import check_registers
from loanloom.metadata.registry import builtin_documents
from loanloom.services.context import Context
from loanloom.store import tables

Person = Callable[..., FlaskClient]
REST = {name: value for name, value in TRADER.items() if name not in ("customer.name", "customer.phone")}


def typed_in(form: str) -> dict[str, str]:
    """The boxes of the page and what stands in them."""
    found = re.findall(r'value="([^"]*)"[^>]*name="(customer\.(?:name|phone))"', form)
    return {name: value for value, name in found}


def test_what_is_known_goes_along_and_the_record_points_at_the_customer(person: Person, model_company: Context) -> None:
    manager = person("relationship-manager")
    prospect = send(manager, "/records/prospect/new", **PROSPECT).location
    offered = page(manager, prospect)
    (begin,) = re.findall(r'href="(/customers/new\?from=[^"]+)"', offered)
    form = page(manager, begin)
    assert typed_in(form) == {"customer.name": "陈静茶庄（演示）", "customer.phone": "19900000101"}
    origin = prospect.removeprefix("/records/")
    refused = send(manager, "/customers/new", _from=origin, **{**REST, **typed_in(form), "customer.id_number": "1"})
    assert refused.status_code == 422 and f'name="_from" value="{origin}"' in refused.get_data(as_text=True)
    made = send(manager, "/customers/new", _from=origin, idempotency_key="once", **{**REST, **typed_in(form)})
    assert made.status_code == 302, made.get_data(as_text=True)[-3000:]
    after = page(manager, prospect)
    assert f'href="{made.location}"' in after and "Became a customer" in after and "Take on as" not in after
    assert prospect not in page(manager, "/records/prospect/")
    again = send(manager, "/customers/new", _from=origin, idempotency_key="once", **{**REST, **typed_in(form)})
    assert again.location == made.location, "a second click takes nobody on twice"
    late = send(manager, "/customers/new", _from=origin, idempotency_key="twice", _although_similar="yes", **{
        **REST, **typed_in(form), "customer.id_number": "330000198206060053",
    })  # fmt: skip
    assert late.status_code == 422 and "has become a customer" in late.get_data(as_text=True)
    with model_company.transaction() as connection:
        assert len(connection.execute(select(tables.customer.c.id)).all()) == 1


def test_whoever_may_not_change_the_record_takes_nothing_from_it(person: Person) -> None:
    prospect = send(person("relationship-manager"), "/records/prospect/new", **PROSPECT).location
    origin = prospect.removeprefix("/records/")
    stranger = person("relationship-manager", unit="west-lending")
    assert stranger.get(f"/customers/new?from={origin}").status_code == 404
    assert send(stranger, "/customers/new", _from=origin, **TRADER).status_code == 404
    assert stranger.get("/customers/new?from=bank_account/1").status_code in (403, 404)
    assert stranger.get("/customers/new?from=%3Cscript%3E").status_code == 200, "no record is named, the form is empty"


def test_only_fields_that_customers_have_can_go_along() -> None:
    written = """
apiVersion: loanloom/v1
kind: entity
key: lead
title: {en: Leads, zh: 线索}
spec:
  register: {name: name, becomes_customer: [name, colour]}
  fields:
    - {key: name, title: {en: Name, zh: 名称}, type: text}
    - {key: colour, title: {en: Colour, zh: 颜色}, type: text}
"""
    read = read_document(written, "lead.yaml")
    assert read.document is not None
    built_in = [one for one in builtin_documents() if one.kind == "entity"]
    (problem,) = check_registers([*built_in, read.document])
    assert (problem.code, problem.pointer) == ("register.no_customer", "/spec/register/becomes_customer/1")
    owned = read_document(written.replace("register: {", "register: {about: customer, "), "lead.yaml").document
    assert owned is not None
    assert {one.code for one in check_registers([*built_in, owned])} == {"register.no_customer"}
