"""Steps of the flow engine without a database: five tasks for people and a choice by amount, beside SpiffWorkflow.

A step is what one command does: the item closes, the next opens, with history, effects and a new state. Definitions
were read before. In memory a case stays as objects from its start to its end; kept, it becomes text and is read back
before every step, as a case does that waits for people.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from benchmarks.figure import Figure, side_by_side
from loanloom.engines import flows
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build

TASKS = ("one", "two", "three", "four", "five")
APPLICATION = {"amount": 120_000, **{f"field_{place}": f"value {place}" for place in range(29)}}
"""What the case is about, the same thirty fields for both; kept, they are read as text as well."""
STEPS = len(TASKS) + 1
"""Starting the case is a step too."""
HEAD = """apiVersion: loanloom/v1
kind: flow
key: five
title: {en: Five approvals, zh: 五级审批}
spec:
  subject: application
  nodes:
    - {key: begin, title: {en: Begin, zh: 开始}, type: start, state: A0, next: one}
"""
CHOICE = """    - key: choice
      title: {en: Large or small, zh: 金额}
      type: exclusive
      routes:
        - {when: application.amount <= 50000, to: done}
        - {otherwise: true, to: three}
"""
NODE = "    - {{key: {key}, title: {{en: {key}, zh: {key}}}, type: approval, state: S{place}, next: {to},"
NODE += " assign: {{role: {key}}}, exclude: [maker], actions: [approve, refuse, return]}}\n"
ENDS = "    - {key: done, title: {en: Done, zh: 完成}, type: end, outcome: approved}\n"
ENDS += "    - {key: refused, title: {en: Refused, zh: 否决}, type: end, outcome: refused}\n"
BPMN = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:five">'


def figures() -> Iterator[Figure]:
    ours, peer, ratio = side_by_side(our_case(kept=False), spiff_case(kept=False))
    yield Figure(
        name="flows: engine steps without a database", value=STEPS / ours, unit="steps/s", ratio=1 / ratio,
        peer=f"SpiffWorkflow in memory ({STEPS / peer:,.0f} steps/s)", bar=20_000, at_least=True,
    )  # fmt: skip
    ours, peer, ratio = side_by_side(our_case(kept=True), spiff_case(kept=True))
    yield Figure(
        name="flows: steps of a case kept as text between them", value=STEPS / ours, unit="steps/s", ratio=1 / ratio,
        peer=f"SpiffWorkflow with its serializer ({STEPS / peer:,.0f} steps/s)", bar=10, bar_on="ratio", at_least=True,
    )  # fmt: skip


def our_case(*, kept: bool) -> Callable[[], object]:
    """A case from its start to its end, five people saying yes."""
    nodes = "".join(
        NODE.format(key=key, place=place, to=to)
        for place, (key, to) in enumerate(zip(TASKS, ("two", "choice", "four", "five", "done"), strict=True), 1)
    )
    read = read_document(HEAD + nodes + CHOICE + ENDS, "five.yaml")
    assert read.document is not None
    flow = flows.compile_flow(read.document, build([read.document], load_kinds()).registry).flow
    assert flow is not None
    text = json.dumps(APPLICATION)
    said = [
        flows.Decision(action="approve", by=flows.Person(id=number, roles=frozenset({key})))
        for number, key in enumerate(TASKS, 2)
    ]

    def run() -> None:
        world = flows.World(facts={"application": APPLICATION})
        state = flows.start(flow, world, makers=(1,)).state
        for decision in said:
            if kept:
                world = flows.World(facts={"application": json.loads(text)})
                state = flows.State.from_json(json.loads(json.dumps(state.to_json())))
            state = flows.decide(flow, state, state.open_items[0].number, decision, world).state
        assert state.outcome == "approved"

    return run


def spiff_case(*, kept: bool) -> Callable[[], object]:
    """The same flow as user tasks of BPMN."""
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
    from SpiffWorkflow.util.task import TaskState

    parser: Any = BpmnParser()
    parser.add_bpmn_io(BytesIO(_bpmn().encode()))
    spec = parser.get_spec("five")
    keeper: Any = BpmnWorkflowSerializer()

    def run() -> None:
        case: Any = BpmnWorkflow(spec)
        case.do_engine_steps()
        for _ in TASKS:
            if kept:
                case = keeper.deserialize_json(keeper.serialize_json(case))
            (task,) = case.get_tasks(state=TaskState.READY, manual=True)
            if task.task_spec.name == "one":
                task.set_data(**APPLICATION)
            task.run()
            case.do_engine_steps()
        assert case.is_completed()

    return run


def _bpmn() -> str:
    ways = [
        ("begin", "one"), ("one", "two"), ("two", "choice"), ("choice", "three"), ("three", "four"), ("four", "five"),
        ("five", "done"),
    ]  # fmt: skip
    lines = "".join(
        f'<sequenceFlow id="to_{to}" sourceRef="{source}" targetRef="{to}"/>' for source, to in ways if to != "three"
    )
    tasks = "".join(f'<userTask id="{key}" name="{key}"/>' for key in TASKS)
    small = "<conditionExpression>amount &lt;= 50000</conditionExpression>"
    return (
        f'{BPMN}<process id="five" isExecutable="true"><startEvent id="begin"/>{tasks}<endEvent id="done"/>'
        f'<exclusiveGateway id="choice" default="to_three"/>{lines}'
        f'<sequenceFlow id="small" sourceRef="choice" targetRef="done">{small}</sequenceFlow>'
        '<sequenceFlow id="to_three" sourceRef="choice" targetRef="three"/></process></definitions>'
    )
