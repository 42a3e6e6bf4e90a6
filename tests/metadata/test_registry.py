"""The registry: references and where-used, fields of records, quarantine; and the kinds it is made of."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from loanloom.metadata import schema_walk
from loanloom.metadata.canonical import to_json, unplain
from loanloom.metadata.document import document_from
from loanloom.metadata.fields import Field
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import build, builtin_documents
from loanloom.metadata.uses import Use
from loanloom.problems import errors

KINDS = load_kinds()


def document(kind: str, key: str, spec: dict[str, Any]):
    return document_from({"kind": kind, "key": key, "title": {"en": key, "zh": key}, "spec": spec})


ROLE = document("role", "teller", {"functions": ["customer.read"], "data_scope": "own"})
POSITION = document("position", "counter", {"roles": ["teller"]})
INDICATOR = document("indicator", "share", {"subject": "application", "type": "number",
                     "value": "application.amount / 100"})  # fmt: skip
CALCULATION = document("calculation", "limit", {
    "subject": "application", "result": "a",
    "steps": [{"key": "a", "title": {"en": "A", "zh": "A"}, "value": 'if "indicators.other" = "" then 1 '
               "else indicators.share"}]})  # fmt: skip


def test_where_used_by_reference_and_by_expression() -> None:
    registry = build([ROLE, POSITION, INDICATOR, CALCULATION], KINDS).registry
    assert registry.used_by("role", "teller") == (Use("position", "counter", "/roles/0"),)
    assert registry.used_by("indicator", "share") == (Use("calculation", "limit", "/steps/0/value"),)
    assert registry.used_by("indicator", "other") == ()
    assert registry.mentions("application.amount") == (Use("indicator", "share", "/value"),)


def test_where_used_knows_what_built_in_records_name_beside_what_the_company_adds() -> None:
    """The built-in customer has an industry; the company's own customer only adds fields to it."""
    field = {
        "key": "second_industry",
        "title": {"en": "Second", "zh": "第二"},
        "type": "choice",
        "code_list": "industry",
    }
    added = document("entity", "customer", {"fields": [field]})
    plain, registry = (build(each, KINDS).registry for each in ([], [added]))
    (inside,) = plain.used_by("code_list", "industry")
    assert inside.key == "customer" and inside.builtin
    assert set(registry.used_by("code_list", "industry")) == {inside, Use("entity", "customer", "/fields/0/code_list")}
    named = {use: registry.using(use) for use in registry.used_by("code_list", "industry")}
    assert {one.at(use.pointer) for use, one in named.items() if one is not None} == {"industry"}
    assert named[inside] is plain.get("entity", "customer")


def test_a_broken_document_is_quarantined_and_its_users_do_not_complain() -> None:
    broken = document("role", "teller", {"functions": "all of them", "data_scope": "own"})
    built = build([broken, POSITION, INDICATOR], KINDS)
    assert built.registry.quarantined == (("role", "teller"),)
    assert {problem.code for problem in built.problems} == {"metadata.wrong_type"}
    assert built.registry.get("role", "teller") is None
    assert built.registry.get("indicator", "share") is INDICATOR


def test_missing_references_name_what_is_near() -> None:
    (problem,) = build([ROLE, document("position", "counter", {"roles": ["tellr"]})], KINDS).problems
    assert problem.code == "metadata.missing_reference"
    assert problem.hint["en"] == 'Did you mean "teller"?'


def test_company_fields_follow_the_built_in_ones() -> None:
    more = document("entity", "application", {"fields": [
        {"key": "crop", "title": {"en": "Crop", "zh": "作物"}, "type": "text", "max_length": 20}]})  # fmt: skip
    own = document("entity", "visit", {"extends": "application", "fields": [
        {"key": "seen", "title": {"en": "Seen", "zh": "已访"}, "type": "yes_no"}]})  # fmt: skip
    registry = build([more, own], KINDS).registry
    fields = registry.entity_fields("application")
    assert fields[0].key == "number" and fields[0].builtin
    assert [field.key for field in fields if not field.builtin] == ["crop", "seen"]
    assert isinstance(fields[-1], Field) and fields[-2].max_length == 20
    assert registry.code_title("guarantee_mode", "mortgage", "zh") == "抵押"


def test_documents_and_registries_do_not_change() -> None:
    registry = build([ROLE], KINDS).registry
    with pytest.raises(TypeError):
        registry.documents[("role", "other")] = ROLE  # type: ignore[index]
    with pytest.raises(TypeError):
        ROLE.spec["data_scope"] = "all"  # type: ignore[index]
    with pytest.raises(AttributeError):
        ROLE.spec["functions"].append("x")


def test_a_document_survives_the_database() -> None:
    from decimal import Decimal

    series = [{"from": "2026-01-01", "value": Decimal("0.031")}]
    rates = document("rate_table", "lpr", {"index": "LPR", "series": series})
    again = document_from(unplain(json.loads(to_json(rates.as_mapping()))))
    assert again.digest == rates.digest
    assert again.at("/series/0/value") == Decimal("0.031")


# -- kinds ------------------------------------------------------------------------------------------------------------


def properties(piece: dict[str, Any], root: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, below in piece.get("properties", {}).items():
        yield f"{path}/{name}", below
        if "$ref" not in below:
            yield from properties(below, root, f"{path}/{name}")
    for word in ("items", "additionalProperties"):
        if isinstance(piece.get(word), dict) and "$ref" not in piece[word]:
            yield from properties(piece[word], root, f"{path}/*")
    for branch in piece.get("anyOf", ()):
        yield from properties(branch, root, path)
    for name, below in piece.get("$defs", {}).items() if path == "" else ():
        yield from properties(below, root, f"$defs/{name}")


@pytest.mark.parametrize("kind", list(KINDS), ids=lambda kind: kind.key)
def test_every_kind_is_whole(kind) -> None:
    Draft202012Validator.check_schema(kind.schema)
    for path, piece in properties(kind.schema, kind.schema, ""):
        label = piece.get("x-title")
        assert label and {"en", "zh"} <= set(label), f"{kind.key}{path} has no title in both languages"
        followed = schema_walk.follow(piece, kind.schema)
        choices = followed.get("x-values")
        assert choices is None or set(choices) == {str(value) for value in followed["enum"]}, f"{kind.key}{path}"
    for reference in kind.references:
        assert reference.kind in KINDS, reference
        assert leads_somewhere(kind, reference.pointer), reference
    for expression in kind.expressions:
        assert leads_somewhere(kind, expression.pointer), expression
    assert kind.group in {group.key for group in KINDS.groups}
    assert {"en", "zh"} <= set(kind.title) & set(kind.about)


def leads_somewhere(kind, pointer: str) -> bool:
    """Whether the schema knows the place that a pattern speaks of."""
    pieces = [schema_walk.follow(kind.schema, kind.schema)]
    for token in pointer.split("/")[1:]:
        pieces = [schema_walk.follow(below, kind.schema) for piece in pieces for below in below_of(kind, piece, token)]
    return bool(pieces)


def below_of(kind, piece: dict[str, Any], token: str) -> list[dict[str, Any]]:
    branches = [piece, *(schema_walk.follow(one, kind.schema) for one in piece.get("anyOf", ()))]
    found: list[Any] = []
    for branch in branches:
        if token == "*":
            found += [branch.get("items"), branch.get("additionalProperties"), *branch.get("properties", {}).values()]
        else:
            found.append(branch.get("properties", {}).get(token))
    return [each for each in found if isinstance(each, dict)]


def test_the_items_of_a_list_among_alternatives_are_found() -> None:
    """People of a step are one assignment or a list of them."""
    flow = KINDS.require("flow")
    spec = {"nodes": [{"assign": [{"authority": "approval"}]}]}
    assert schema_walk.label(schema_walk.at(flow.schema, spec, "/nodes/0/assign/0/authority"))["zh"] == "按权限表"


def test_built_in_records_are_sound() -> None:
    assert not errors(build(builtin_documents(), KINDS).problems)


def test_a_plugin_adds_a_kind_by_shipping_one_and_a_broken_one_is_left_out() -> None:
    good = """\
apiVersion: loanloom/v1
kind: kind
key: gift
title: {en: Gift, zh: 礼品}
spec:
  about: {en: Something given., zh: 赠送的东西。}
  folder: gifts
  pinning: live
  ui: {group: products, order: 90}
  references: [{pointer: /product, kind: product}]
  expressions: []
  schema:
    type: object
    required: [product]
    additionalProperties: false
    properties: {product: {$ref: "#/$defs/key", x-title: {en: Product, zh: 产品}}}
"""
    kinds = load_kinds([(good, "gift.yaml"), (good.replace("pinning: live", "pinning: never").replace(
        "key: gift", "key: other"), "other.yaml"), (good, "again.yaml")])  # fmt: skip
    assert "gift" in kinds and "other" not in kinds
    assert {problem.code for problem in kinds.problems} == {"metadata.not_a_choice", "metadata.duplicate_document"}
    (problem,) = build([document("gift", "mug", {"product": "none"})], kinds).problems
    assert problem.code == "metadata.missing_reference"
