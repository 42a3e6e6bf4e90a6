"""Another engine reads what we export and runs it: people get the same work in the same order, whatever they say.

SpiffWorkflow (LGPL, tests only) reads structure and runs it; conditions are FEEL, which our own language computes.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser, TaskParser
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.defaults import NoneTask
from SpiffWorkflow.util.task import TaskState

from loanloom import feel
from loanloom.engines import flows
from loanloom.engines.flows import bpmn
from loanloom.feel import ANY, context
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.document import Document
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.services.definitions.releases.known import kinds

ROOT = Path(__file__).parents[4]
MAKER = 1


class Automatic(NoneTask):  # type: ignore[misc]  # no types there
    """A step that nobody does."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        self.manual = False


class Parser(BpmnParser):
    """Steps that nobody does are passed: what they find is there before."""

    OVERRIDE_PARSER_CLASSES = {full_tag("businessRuleTask"): (TaskParser, Automatic)}  # noqa: RUF012 - as theirs


class Feel(PythonScriptEngine):
    """Conditions are computed by the language of the file."""

    def evaluate(self, task: Any, expression: str, external_context: Any = None) -> Any:
        facts = {name: value for name, value in task.data.items() if not name.startswith("_")}
        program = feel.check(expression, context(dict.fromkeys(facts, ANY)), functions=feel.LENDING).program
        assert program is not None, expression
        return program.evaluate(facts).value


def theirs(document: Document, said: list[tuple[str, str]], facts: dict[str, Any]) -> list[str]:
    """The work in the order in which the other engine gives it, when people say that; the end last."""
    parser: Any = Parser()
    parser.add_bpmn_io(BytesIO(bpmn.exported(document).encode()))
    case: Any = BpmnWorkflow(parser.get_spec(f"process-{document.key}"), script_engine=Feel())
    case.task_tree.data.update(facts)
    case.do_engine_steps()
    order = []
    for action, to in said:
        ready = case.get_tasks(state=TaskState.READY, manual=True)
        if not ready:
            break
        (task,) = ready
        order.append(task.task_spec.bpmn_id)
        task.data.update(action=action, to=to)
        task.run()
        case.do_engine_steps()
    if case.is_completed():
        ends = [one for one in case.get_tasks(state=TaskState.COMPLETED) if type(one.task_spec).__name__ == "EndEvent"]
        order += [one.task_spec.bpmn_id for one in ends]
    return order


def ours(document: Document, registry: Registry, said: list[tuple[str, str]], facts: dict[str, Any]) -> list[str]:
    """The same by our engine; nobody acts twice, so that exclusions do not matter."""
    flow = flows.compile_flow(document, registry).flow
    assert flow is not None
    world = flows.World(facts=facts, automatic=lambda ruleset, found: flows.Ruled(values=facts["decision"]))
    state = flows.start(flow, world, makers=(MAKER,)).state
    order = []
    for number, (action, to) in enumerate(said, 10):
        if state.status == "ended":
            break
        (item,) = state.open_items
        if item.kind == "revision":
            order.append(f"{item.node}.revision")
            moved = flows.resubmit(flow, state, item.number, flows.Person(id=MAKER), world)
        else:
            order.append(item.node)
            by = flows.Person(id=number, roles=frozenset({item.role or ""}))
            reason = {"reason": "x"} if action != "approve" else {}
            decision = flows.Decision(action=action, by=by, to=to if action == "return" else None, **reason)  # type: ignore[arg-type]
            moved = flows.decide(flow, state, item.number, decision, world)
        assert moved.problems == (), moved.problems
        state = moved.state
    if state.status == "ended":
        order.append(state.path[-1])
    return order


@cache
def company() -> Registry:
    return build(read_bundle(ROOT, kinds()).documents, kinds()).registry


@given(
    said=st.lists(st.sampled_from(["approve", "approve", "approve", "refuse", "return"]), min_size=12, max_size=12),
    amount=st.sampled_from([50_000, 200_000]), outcome=st.sampled_from(["refer", "refer", "approve", "refuse"]),
    key=st.sampled_from(["business-approval", "consumer-approval"]),
)  # fmt: skip
@settings(max_examples=30, deadline=None)
def test_the_company_s_flows_give_the_same_work_in_the_same_order(
    said: list[str], amount: int, outcome: str, key: str
) -> None:
    document = company().get("flow", key)
    assert document is not None
    facts = {"application": {"amount": Decimal(amount)}, "decision": {"outcome": outcome}}
    steps = [(action, "submitted") for action in said]
    order = ours(document, company(), steps, facts)
    assert len(order) > 1 or outcome != "refer"
    assert theirs(document, steps, facts) == order


STEP = (
    "    - {{key: {key}, title: {{en: {key}}}, type: approval, assign: {{role: r}}, actions: [approve], next: {to}}}\n"
)
HEAD = """apiVersion: loanloom/v1
kind: flow
key: made-up
title: {en: Made up, zh: 自编}
spec:
  subject: application
  nodes:
"""
CHOICE = """    - key: {key}
      title: {{en: {key}}}
      type: exclusive
      routes:
        - {{when: application.amount > {amount}, to: {to}}}
        - {{otherwise: true, to: {other}}}
"""


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_plain_flows_of_any_length_run_alike(data: st.DataObject) -> None:
    """Tasks one after the other, with choices by amount that leave some of them out."""
    count = data.draw(st.integers(1, 8))
    keys = [f"step_{at}" for at in range(count)]
    text = HEAD + f"    - {{key: begin, title: {{en: Begin}}, type: start, next: {keys[0]}}}\n"
    for at, key in enumerate(keys):
        to = keys[at + 1] if at + 1 < count else "done"
        if data.draw(st.booleans()):
            later = data.draw(st.sampled_from([*keys[at + 1 :], "done"]))
            text += STEP.format(key=key, to=f"{key}_or")
            text += CHOICE.format(key=f"{key}_or", amount=data.draw(st.integers(0, 9)), to=later, other=to)
        else:
            text += STEP.format(key=key, to=to)
    text += "    - {key: done, title: {en: Done}, type: end, outcome: approved}\n"
    document = read_document(text).document
    assert document is not None
    facts: dict[str, Any] = {"application": {"amount": Decimal(data.draw(st.integers(0, 10)))}, "decision": {}}
    said = [("approve", "")] * (count + 1)
    registry = build([document], load_kinds()).registry
    order = ours(document, registry, said, facts)
    assert order[-1] == "done"
    assert theirs(document, said, facts) == order
