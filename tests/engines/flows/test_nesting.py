"""Sub-flows within each other: a flow that would begin itself is told at the step that does, at any distance."""

from __future__ import annotations

import pytest

from loanloom.engines import flows
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build

FLOW = """apiVersion: loanloom/v1
kind: flow
key: {key}
title: {{en: A, zh: 甲}}
effective_from: 2026-01-01
spec:
  subject: request
  nodes:
    - {{key: begin, title: {{en: A, zh: 甲}}, type: start, next: {first}}}
{steps}    - {{key: done, title: {{en: A, zh: 甲}}, type: end, outcome: approved}}
"""
STEP = "    - {{key: s{place}, title: {{en: A, zh: 甲}}, type: subflow, subflow: {{flow: {below}}}, next: {after}}}\n"


def document(key: str, *below: str):
    ways = [*(f"s{place}" for place in range(len(below))), "done"]
    steps = "".join(STEP.format(place=place, below=one, after=ways[place + 1]) for place, one in enumerate(below))
    read = read_document(FLOW.format(key=key, first=ways[0], steps=steps), f"{key}.yaml")
    assert read.document is not None, read.problems
    return read.document


def found(**begins: tuple[str, ...]) -> list[tuple[str, str, str]]:
    built = build([document(key, *below) for key, below in begins.items()], load_kinds())
    assert not built.problems, built.problems
    return [
        (problem.code, problem.file, problem.pointer)
        for problem in flows.check(built.registry)
        if problem.code.startswith("flow.sub_flow") and problem.message["en"] != problem.message["zh"]
    ]


def test_flows_that_share_a_part_begin_nothing_twice_within_itself() -> None:
    assert found(a=("b", "c"), b=("c",), c=()) == []


@pytest.mark.parametrize(
    ("begins", "where"),
    [
        ({"a": ("a",)}, [("a.yaml", 1)]),
        ({"a": ("b",), "b": ("a",)}, [("a.yaml", 1), ("b.yaml", 1)]),
        ({"a": ("x", "b"), "b": ("c",), "c": ("a", "x"), "x": ()}, [("a.yaml", 2), ("b.yaml", 1), ("c.yaml", 1)]),
        ({"top": ("a",), "a": ("a",)}, [("a.yaml", 1)]),
    ],
)
def test_a_circle_is_told_at_every_step_of_it_and_nowhere_else(begins, where) -> None:
    expected = [("flow.sub_flow_circle", file, f"/spec/nodes/{place}/subflow/flow") for file, place in where]
    assert found(**begins) == expected


def test_so_many_within_each_other_are_bearable_and_no_more() -> None:
    chain = {f"f{level}": (f"f{level + 1}",) for level in range(8)} | {"f8": ()}
    assert found(**chain) == []
    longer = {f"f{level}": (f"f{level + 1}",) for level in range(9)} | {"f9": ()}
    assert found(**longer) == [("flow.sub_flow_depth", "f0.yaml", "/spec/nodes/1/subflow/flow")]
