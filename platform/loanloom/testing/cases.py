"""The runner of example cases: facts in; what comes out is compared with what the case expects. For authors too.

Asks the same functions that decide about a real application, so a case proves what will happen. Touches no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.engines import flows, posting, products, rules
from loanloom.engines.facts import convert
from loanloom.metadata.document import Document
from loanloom.metadata.flow_text import write
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, errors, text
from loanloom.services.definitions import compiled as engines
from loanloom.testing import flow_cases, loan_cases

_LABELS: Mapping[str, Text] = {
    "eligibility": text("eligibility", "准入"), "points": text("points", "得分"), "grade": text("grade", "等级"),
    "limit": text("credit limit", "测算额度"), "decision": text("decision", "决策"), "route": text("route", "流转路径"),
    "instalment": text("first instalment", "首期应还"), "total_interest": text("total interest", "利息合计"),
    "rows": text("number of instalments", "期数"), "journal": text("journal", "分录"),
    "refused": text("code of the refusal", "拒绝代码"),
}  # fmt: skip
_FOUND = {
    "eligibility": ("eligibility", "outcome"), "points": ("score", "points"), "grade": ("score", "grade"),
    "limit": ("limit", "amount"), "decision": ("decision", "outcome"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case: what was compared, and a problem for each difference. `product` is the flow's key where it is of a flow
    alone."""

    key: str
    title: Text
    product: str
    compared: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not errors(self.problems)

    def as_values(self) -> dict[str, Any]:
        """For a plan."""
        return {
            "key": self.key, "title": dict(self.title), "product": self.product, "passed": self.passed,
            "compared": list(self.compared), "problems": [dict(problem.message) for problem in self.problems],
        }  # fmt: skip


def run_cases(registry: Registry) -> tuple[CaseResult, ...]:
    """Every case of a registry, by key."""
    return tuple(run_case(document, registry) for document in registry.all("case"))


def run_case(case: Document, registry: Registry) -> CaseResult:
    """One case."""
    about, found = str(case.spec.get("product") or case.spec["flow"]), {}
    problems: list[Problem] = []
    if "flow" in case.spec:
        wanted_of_flow = flow_cases.wanted(case.spec["expect"])
        expected = {name: (f"/expect/{name}", value) for name, value in wanted_of_flow.items()}
        found = flow_cases.found(case, registry, problems)
    else:
        expected = _flat(case.spec["expect"])
        ask = loan_cases.found if "loan" in case.spec else _found
        found = ask(case, registry, problems) if registry.get("product", about) else {}
    for name, (pointer, wanted) in expected.items():
        if errors(problems):
            break
        got = found.get(name)
        if not _equal(wanted, got):
            problems.append(_differs(case, name, pointer, wanted, got))
    return CaseResult(case.key, case.title, about, tuple(expected), tuple(problems))


def _flat(expect: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """What is expected, by name: (pointer, value); the schedule's figures one by one."""
    single = ("schedule", *loan_cases.LISTED)
    found = {name: (f"/expect/{name}", value) for name, value in expect.items() if name not in single}
    for name, value in expect.get("schedule", {}).items():
        found[name] = (f"/expect/schedule/{name}", value)
    return found | loan_cases.flat(expect)


def _found(case: Document, registry: Registry, problems: list[Problem]) -> dict[str, Any]:
    from loanloom.services import facts
    from loanloom.services.origination import assessing

    product = registry.require("product", case.spec["product"])
    as_of = date.fromisoformat(case.spec.get("as_of") or case.effective_from or "2026-01-01")
    raw = {**case.spec["facts"], "as_of": as_of}
    raw["application"] = {"applied_on": as_of.isoformat(), **raw.get("application", {}), "product": product.key}
    converted = convert(registry, "application", raw)
    problems.extend(_at_case(case, problem) for problem in converted.problems)
    known = {
        "guarantors": [],
        "collateral": [],
        **converted.facts,
        "product": facts.of_product(registry, product.key, on=as_of),
    }
    assessed = assessing.assess(registry, product.key, known)
    problems.extend(_at_case(case, problem) for problem in assessed.problems)
    if errors(problems):
        return {}
    found = {name: (assessed.facts.get(root) or {}).get(leaf) for name, (root, leaf) in _FOUND.items()}
    expect = case.spec["expect"]
    if "decision" in expect:
        decision = rules.run(engines.ruleset(registry, product.spec["decision"]), assessed.facts)
        problems.extend(_at_case(case, problem) for problem in decision.problems)
        found["decision"] = decision.outcome
    if "route" in expect:
        found["route"] = _route(case, product, registry, assessed.facts, problems)
    if "schedule" in expect or "journal" in expect:
        found |= _schedule(case, product, registry, assessed.facts, as_of, problems)
    if "journal" in expect:
        found["journal"] = _journal(case, product, registry, assessed.facts, as_of)
    return found


def _route(
    case: Document, product: Document, registry: Registry, facts: Mapping[str, Any], problems: list[Problem]
) -> list[str]:
    """The nodes the application passes until a person must act, or the end."""
    compiled = flows.compile_flow(registry.require("flow", product.spec["flows"]["application"]), registry)
    if compiled.flow is None:
        problems.extend(compiled.problems)
        return []

    def automatic(key: str | None, seen: Mapping[str, Any]) -> flows.Ruled:
        named = key or product.spec["decision"]
        ruleset = rules.compile_ruleset(registry.require("ruleset", named), registry).ruleset
        assert ruleset is not None, "a case only runs over a registry that was checked"
        result = rules.run(ruleset, seen)
        return flows.Ruled(values=result.facts(), ruleset=named, trace=result.as_json(), problems=result.problems)

    moved = flows.start(compiled.flow, flows.World(facts=facts, automatic=automatic), makers=(0,))
    problems.extend(_at_case(case, problem) for problem in moved.problems)
    passed = [entry.to for entry in moved.history if entry.to]
    return list(dict.fromkeys([compiled.flow.start, *passed]))


def _schedule(
    case: Document, product: Document, registry: Registry, facts: Mapping[str, Any], as_of: date,
    problems: list[Problem],
) -> dict[str, Any]:  # fmt: skip
    """The figures of the schedule as it would be booked, disbursed on the day of the case."""
    application = facts["application"]
    seen = products.preview(
        products.offer(product, registry), amount=application["amount"], months=int(application["term_months"]),
        method=str(application["method"]), start_on=as_of, grade=(facts.get("score") or {}).get("grade"),
        calendar=products.calendar_of(registry, product.spec.get("calendar")),
    )  # fmt: skip
    problems.extend(_at_case(case, problem) for problem in seen.problems)
    if seen.schedule is None:
        return {}
    rows = seen.schedule.instalments
    interest = sum((row.interest for row in rows), Decimal(0))
    return {"instalment": rows[0].payment, "total_interest": interest, "rows": len(rows)}


def _journal(
    case: Document, product: Document, registry: Registry, facts: Mapping[str, Any], on: date
) -> dict[str, list[dict[str, Any]]]:
    """The lines booked by the events that the case asks about; the disbursement is what an application decides."""
    amounts = {"loan_disbursed": {"principal": facts["application"]["amount"]}}
    document = registry.get("posting_rules", str(product.spec.get("posting_rules")))
    compiled = posting.compile_posting(document, registry).posting if document else None
    found: dict[str, list[dict[str, Any]]] = {}
    for event in case.spec["expect"]["journal"]:
        entry = posting.entry_for(compiled, event, amounts[event], on) if compiled and event in amounts else None
        found[event] = _sides(entry.lines if entry else ())
    return found


def _sides(lines: Iterable[Any]) -> list[dict[str, Any]]:
    booked = [{"debit": line.account, "amount": line.debit} for line in lines if line.debit]
    return booked + [{"credit": line.account, "amount": line.credit} for line in lines if line.credit]


def _equal(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, (list, tuple)) and isinstance(got, (list, tuple)):
        return len(wanted) == len(got) and all(map(_equal, wanted, got))
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        return wanted.keys() == got.keys() and all(_equal(wanted[key], got[key]) for key in wanted)
    if isinstance(wanted, (int, Decimal)) and isinstance(got, (int, Decimal)):
        return wanted == got
    return type(wanted) is type(got) and wanted == got


def _differs(case: Document, name: str, pointer: str, wanted: Any, got: Any) -> Problem:
    label = _LABELS.get(name) or flow_cases.EXPECTED.get(name) or loan_cases.label_of(name)
    shown = "nothing" if got is None else write(got)
    shown_zh = "无" if got is None else write(got)
    return case.problem(
        "case.differs",
        text(
            f'Case "{case.key}": {label["en"]} is {shown}, expected {write(wanted)}.',
            f"案例“{case.key}”：{label['zh']}为 {shown_zh}，预期 {write(wanted)}。",
        ),
        pointer,
    )


def _at_case(case: Document, problem: Problem) -> Problem:
    """A problem met while a case ran, placed at the case."""
    line, column = case.place("/spec/facts")
    return Problem(
        code=problem.code, hint=problem.hint, severity=problem.severity, file=case.file, line=line, column=column,
        pointer="/spec/facts", message=text(f'Case "{case.key}": {problem.message["en"]}',
                                            f"案例“{case.key}”：{problem.message.get('zh', '')}"))  # fmt: skip


def failures(results: tuple[CaseResult, ...]) -> Iterator[Problem]:
    """The problems of all cases."""
    for result in results:
        yield from result.problems
