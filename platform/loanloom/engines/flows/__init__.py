"""Flows as metadata: compile a flow document, move cases through it, draw where they stand. Pure; never stuck."""

from loanloom.engines.flows.compiling import Compiled, check, compile_flow
from loanloom.engines.flows.deadlines import WorkingTime, due_at, working_time
from loanloom.engines.flows.diagram import Diagram, diagram
from loanloom.engines.flows.model import ACTIONS, Flow, Node, Route
from loanloom.engines.flows.moves import Automatic, Effect, Entry, Moved, Ruled
from loanloom.engines.flows.people import eligible, not_open, return_targets
from loanloom.engines.flows.running import decide, resubmit, start, withdraw
from loanloom.engines.flows.state import Approval, Decision, Item, Person, State, Token

__all__ = [
    "ACTIONS",
    "Approval",
    "Automatic",
    "Compiled",
    "Decision",
    "Diagram",
    "Effect",
    "Entry",
    "Flow",
    "Item",
    "Moved",
    "Node",
    "Person",
    "Route",
    "Ruled",
    "State",
    "Token",
    "WorkingTime",
    "check",
    "compile_flow",
    "decide",
    "diagram",
    "due_at",
    "eligible",
    "not_open",
    "resubmit",
    "return_targets",
    "start",
    "withdraw",
    "working_time",
]
