"""A small lender for the tests: two branches and a head office; flows of one step, written as their authors write them.

head office (general)            finance (chief accountant)   risk (two examiners)
east branch (east head)          east lending (ann, ben)
west branch (west head)          west lending (wu)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from textwrap import indent
from typing import Any

from loanloom.engines.flows import Flow, Moved, Ruled, World, compile_flow, start
from loanloom.engines.flows.resolving import Authority, Known, Member, Organisation, Roster, Staff, Unit, read
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import build

TODAY = date(2026, 7, 1)
UNITS = (
    Unit(key="head-office", type="company", head="general-manager"),
    Unit(key="finance", parent="head-office", head="chief-accountant"),
    Unit(key="risk", parent="head-office"),
    Unit(key="east-branch", type="branch", parent="head-office", head="branch-manager", regions=frozenset({"Linshui"})),
    Unit(key="east-lending", parent="east-branch", products=frozenset({"farm-loan"})),
    Unit(
        key="west-branch", type="branch", parent="head-office", head="branch-manager", regions=frozenset({"Shanqian"})
    ),
    Unit(key="west-lending", parent="west-branch", products=frozenset({"shop-loan"})),
)
PEOPLE = (
    (1, "general", "head-office", "general-manager", {"approver-2"}),
    (2, "accountant", "finance", "chief-accountant", {"finance"}),
    (3, "rita", "risk", "examiner", {"risk-officer"}),
    (4, "ron", "risk", "examiner", {"risk-officer"}),
    (5, "east-head", "east-branch", "branch-manager", {"approver-1"}),
    (6, "ann", "east-lending", "account-manager", {"officer"}),
    (7, "ben", "east-lending", "account-manager", {"officer", "approver-1"}),
    (8, "west-head", "west-branch", "branch-manager", {"approver-1"}),
    (9, "wu", "west-lending", "account-manager", {"officer"}),
)
IDS = {username: number for number, username, *_ in PEOPLE}
NAMES = {number: username for username, number in IDS.items()}


def staff(**changed: Mapping[str, Any]) -> Staff:
    """Everybody, with some of them changed: `staff(ann={"away": True})`."""
    members = [
        Member(
            **{
                "id": number, "username": username, "unit": unit, "position": position, "roles": frozenset(roles),
                **changed.get(username.replace("-", "_"), {}),
            }
        )
        for number, username, unit, position, roles in PEOPLE
    ]  # fmt: skip
    return Staff.of(members, Organisation({unit.key: unit for unit in UNITS}))


def authority(rows: str, measure: str = "application.amount") -> Authority:
    """A table of authority from its rows as written."""
    text = (
        "apiVersion: loanloom/v1\nkind: authority\nkey: credit\ntitle: {en: Credit, zh: 审批}\n"
        f"spec:\n  measure: {measure}\n  rows:\n{indent(rows.strip(), '    ')}\n"
    )
    document = read_document(text, "credit.yaml").document
    assert document is not None
    return read(document)


def flow(step: str, *, after: str = "", subject: str = "application") -> Flow:
    """A flow with one step, `step` its properties as written; `after` is a second step that follows it."""
    second = f"    - key: second\n{indent(after.strip(), '      ')}\n      next: done\n" if after else ""
    text = (
        "apiVersion: loanloom/v1\nkind: flow\nkey: test\ntitle: {en: Test, zh: 测试}\n"
        f"spec:\n  subject: {subject}\n  nodes:\n"
        "    - {key: begin, title: {en: Begin, zh: 开始}, type: start, next: first}\n"
        f"    - key: first\n{indent(step.strip(), '      ')}\n      next: {'second' if after else 'done'}\n{second}"
        "    - {key: done, title: {en: Done, zh: 完成}, type: end, outcome: approved}\n"
        "    - {key: refused, title: {en: Refused, zh: 否决}, type: end, outcome: refused}\n"
    )
    document = read_document(text, "test.yaml").document
    assert document is not None
    compiled = compile_flow(document, build([document], load_kinds()).registry)
    assert compiled.flow is not None, compiled.problems
    return compiled.flow


def approval(assign: str, *more: str) -> str:
    """The properties of an approval for these people."""
    return "\n".join(("title: {en: First, zh: 初审}", "type: approval", f"assign: {assign}", *more))


def begun(step: str, *, makers: Iterable[str] = ("ann",), after: str = "", **known: Any) -> Moved:
    """A case of the East branch enters a flow of this step. `amount`, `facts` and anything a `Known` takes."""
    facts = {"application": {"amount": Decimal(known.pop("amount", 50_000))}, **known.pop("facts", {})}
    matter = Known(**{"staff": staff(), "on": TODAY, "unit": "east-lending", **known})
    world = World(facts=facts, automatic=lambda *_: Ruled(values={}), people=Roster(matter))
    return start(flow(step, after=after), world, makers=tuple(IDS[maker] for maker in makers))


def who(moved: Moved) -> list[str]:
    """The user names of those who got the work, in order; a group is `role:...`."""
    assert not moved.problems, [problem.message["en"] for problem in moved.problems]
    found: list[str] = []
    for item in moved.opened:
        group = [f"role:{item.role}"] if item.role else [f"position:{item.position}"] if item.position else []
        outside = [f"outside:{item.outside}"] if item.outside else []
        found += group + outside + [NAMES[person] for person in item.users]
    return found
