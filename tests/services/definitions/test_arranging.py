"""All that the outline of a definition offers can be done, whatever the kind: what comes out has the shape that it
asks for, and no comment is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loanloom.metadata.bundle import read_bundle, source_text
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.services.definitions.arranging import Asked, step_for
from loanloom.services.definitions.outline import Node, outline
from loanloom.services.errors import Refused

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def model_registry() -> Registry:
    return build(read_bundle(ROOT, load_kinds()).documents, load_kinds()).registry


def nodes(of: tuple[Node, ...]) -> Iterator[Node]:
    for node in of:
        yield node
        yield from nodes(node.children)


def asked(document: Document, registry: Registry) -> Iterator[Asked]:
    """What is offered, each kind of thing once for each place of the schema."""
    seen = set()
    for node in nodes(outline(document, registry)):
        place = node.place
        tools = [(one.do, one.pointer, one.choice) for one in node.offers]
        if place is not None and place.in_list:
            tools += [("copy", node.pointer, "")]
            tools += [("up", node.pointer, "")] if place.index else []
            tools += [("down", node.pointer, "")] if place.index + 1 < place.count else []
        if place is not None and place.removable:
            tools += [("remove", node.pointer, "")]
        for do, pointer, choice in tools:
            tokens = pointer.split("/")
            place_of_schema = (
                do,
                choice,
                len(tokens),
                next((one for one in reversed(tokens) if not one.isdigit()), ""),
            )
            if place_of_schema not in seen:
                seen.add(place_of_schema)
                yield Asked(do, pointer, choice, "added")


@pytest.mark.parametrize("kind", [kind.key for kind in load_kinds()])
def test_what_is_offered_can_be_done(kind: str, model_registry: Registry) -> None:
    written = [one for one in model_registry.all(kind) if one.source is not None and not one.builtin]
    for document in sorted(written, key=lambda one: len(source_text(one)))[:1]:
        source, schema = source_text(document), model_registry.kinds.require(kind).compiled
        for one in asked(document, model_registry):
            edited = step_for(document, model_registry, one).edit(source)
            where = (document.key, one)
            assert edited.problems == () and edited.text != source, where
            after = read_document(edited.text).document
            assert after is not None, where
            if one.do != "remove":
                assert schema.faults(after.spec) == (), where
            if one.do in ("add", "up", "down", "part", "member"):
                assert edited.text.count("#") >= source.count("#"), where


def test_a_copied_rule_has_a_key_of_its_own_and_a_new_one_never_applies(model_registry: Registry) -> None:
    document = next(one for one in model_registry.all("ruleset") if one.at("/rules"))
    key, count = document.at("/rules/0/key"), len(document.at("/rules"))
    source = source_text(document)
    copied = read_document(step_for(document, model_registry, Asked("copy", "/rules/0")).edit(source).text).document
    assert copied.at("/rules/1/key") not in [rule["key"] for rule in document.at("/rules")]
    assert copied.at("/rules/1/key").startswith(key) and copied.at("/rules/1/when") == copied.at("/rules/0/when")
    added = read_document(step_for(document, model_registry, Asked("add", "/rules")).edit(source).text).document
    assert added.at(f"/rules/{count}/when") is False


def test_a_rule_list_may_become_a_table_and_a_place_take_another_shape(model_registry: Registry) -> None:
    document = next(one for one in model_registry.all("ruleset") if one.at("/rules"))
    step = step_for(document, model_registry, Asked("instead", "/table", "rules"))
    after = read_document(step.edit(source_text(document)).text).document
    assert after.at("/rules") is None and after.at("/table/rows") is not None
    flow = next(one for one in model_registry.all("flow"))
    number, node = next((at, node) for at, node in enumerate(flow.at("/nodes")) if isinstance(node.get("assign"), dict)
                        or hasattr(node.get("assign"), "items"))  # fmt: skip
    many = step_for(flow, model_registry, Asked("shape", f"/nodes/{number}/assign", "1"))
    listed = read_document(many.edit(source_text(flow)).text).document.at(f"/nodes/{number}/assign")
    assert len(listed) == 1 and dict(listed[0]) == dict(node["assign"])


def test_what_is_no_longer_there_is_said(model_registry: Registry) -> None:
    document = next(one for one in model_registry.all("ruleset") if one.at("/rules"))
    for one in (Asked("up", "/rules/0"), Asked("remove", "/rules/99"), Asked("add", "/subject"), Asked("explode", ""),
                Asked("part", "/rules"), Asked("member", "/otherwise"), Asked("shape", "/rules", "7")):  # fmt: skip
        with pytest.raises(Refused) as refused:
            step_for(document, model_registry, one)
        assert [problem.code for problem in refused.value.problems] == ["draft.place_gone"]
