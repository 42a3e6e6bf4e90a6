"""What a schema cannot see of a product's schedule: ways of repaying, their settings, calendars, graces, drawdowns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from loanloom.core.dates import MONTHS
from loanloom.core.lending.planning.rules import Methods
from loanloom.engines.products.reading import number
from loanloom.engines.products.ways import AT_THE_END, OWN, READY_MADE, Stretch
from loanloom.metadata.document import Document
from loanloom.metadata.units import as_percent
from loanloom.problems import Problem, Text, text

NEEDS: Mapping[str, tuple[tuple[str, ...], Text]] = {
    "balloon": (
        ("amortised_over", "balloon_percent"),
        text("over how many periods it is reckoned, or which share is left to the end", "测算期数或尾款占比"),
    ),
    "steps": (("step_factor", "step_amount"), text("the factor or the amount of a step", "每阶倍数或增减金额")),
    "fixed_percent": (("principal_percent",), text("the share of principal each period", "每期还本比例")),
    "irregular": (("plan",), text("the plan", "还本计划")),
}
"""Settings that a ready-made way cannot do without: exactly one of them."""

ANY_DAY = date(2025, 1, 1)
"""From which terms are counted out in periods; which day it is makes no difference to the checks here."""

BUSINESS = {"entrusted": "entrusted", "group": "group"}
"""Sections that belong to one form of business."""


def problems(document: Document, methods: Methods) -> Iterator[Problem]:
    """Everything wrong with the schedule."""
    yield from _methods(document)
    yield from _periods(document)
    yield from _balloon(document)
    yield from _shares(document)
    yield from _days(document)
    yield from _ways(document, methods)
    yield from _plan(document)
    yield from _grace(document)
    yield from _draws(document)
    yield from _business(document)


def _methods(document: Document) -> Iterator[Problem]:
    said = document.spec["schedule"]
    own = {way["key"] for way in said.get("ways", ())}
    known = (*READY_MADE, OWN, *own)
    for place, method in enumerate(said["methods"]):
        if method not in known:
            yield document.problem(
                "product.unknown_method",
                text(f"There is no repayment method '{method}'.", f"没有还款方式“{method}”。"),
                f"/schedule/methods/{place}",
                hint=text("Known are: " + ", ".join(known), "可用：" + "、".join(known)),
            )
        names, words = NEEDS.get(method, ((), text("", "")))
        given = [name for name in names if name in said]
        if names and len(given) != 1:
            yield document.problem(
                "product.method_needs_a_setting",
                text(
                    f"The method '{method}' needs to know {words['en']}.", f"还款方式“{method}”需要设置{words['zh']}。"
                ),
                f"/schedule/methods/{place}",
                hint=text(f"Set exactly one of: {', '.join(names)}.", f"请设置其中一项：{'、'.join(names)}。"),
            )
    for method, (names, _words) in NEEDS.items():
        for name in names:
            if name in said and method not in said["methods"]:
                yield document.problem(
                    "product.setting_without_method",
                    text(f"Nothing uses '{name}': the method '{method}' is not offered.",
                         f"“{name}”不起作用：未提供还款方式“{method}”。"),
                    f"/schedule/{name}",
                    severity="warning",
                )  # fmt: skip


def _step(document: Document) -> int | None:
    """Months of a period; None where periods are not months."""
    said = document.spec["schedule"]
    return said["every"] * MONTHS[said["unit"]] if said["unit"] in MONTHS else None


def _periods(document: Document) -> Iterator[Problem]:
    said, term = document.spec["schedule"], document.spec["term"]
    step = _step(document)
    by_period = [method for method in said["methods"] if method not in AT_THE_END]
    if step is None or term["unit"] != "month" or not by_period:
        return
    if term["min"] % step or term.get("step", step) % step:
        yield document.problem(
            "product.term_not_in_periods",
            text(
                f"A term of {term['min']} months with steps of {term.get('step', 1)} does not divide into periods "
                f"of {step} months.",
                f"期限 {term['min']} 个月、步长 {term.get('step', 1)} 个月，不能按每 {step} 个月一期整除。",
            ),
            "/schedule/every",
        )


def _balloon(document: Document) -> Iterator[Problem]:
    said = document.spec["schedule"]
    longest = _longest(document)
    if said.get("amortised_over", longest + 1) <= longest:
        yield document.problem(
            "product.balloon_without_rest",
            text(f"Reckoned over {said['amortised_over']} periods nothing is left after {longest}.",
                 f"按 {said['amortised_over']} 期测算，{longest} 期后已无尾款。"),
            "/schedule/amortised_over",
        )  # fmt: skip


def _longest(document: Document) -> int:
    """The periods of the longest term."""
    said, term = document.spec["schedule"], document.spec["term"]
    return Stretch(term=term["max"], unit=term["unit"], start_on=ANY_DAY).periods(said["every"], said["unit"])


def _shares(document: Document) -> Iterator[Problem]:
    """A fixed share each period must not have repaid everything before the longest term ends."""
    said = document.spec["schedule"]
    if "fixed_percent" not in said["methods"] or "principal_percent" not in said:
        return
    longest = _longest(document)
    share = number(said["principal_percent"])
    if share * (longest - 1) >= 1:
        much = as_percent(share)
        yield document.problem(
            "product.shares_above_all",
            text(f"{much} a period repays everything before the {longest} periods of the longest term end.",
                 f"每期还本 {much}，最长期限共 {longest} 期，尚未到期即已还清。"),
            "/schedule/principal_percent",
            hint=text("Lower the share, or the longest term.", "请下调每期比例或最长期限。"),
        )  # fmt: skip


def _days(document: Document) -> Iterator[Problem]:
    said = document.spec["schedule"]
    if said["due_day"] != "same" and said["unit"] in ("day", "week"):
        yield document.problem(
            "product.due_day_needs_months",
            text(
                "A due day of the month goes with months, not with days or weeks.",
                "固定还款日只适用于按月（季、年）还款。",
            ),
            "/schedule/due_day",
            hint=text(
                "Write `due_day: same`, or choose a collection weekday.", "请改为 due_day: same，或设置固定收款星期。"
            ),
        )
    if "second_due_day" in said and said["unit"] != "half_month":
        yield document.problem(
            "product.second_day_needs_half_months",
            text("A second due day goes with half months.", "第二还款日只适用于半月还款。"),
            "/schedule/second_due_day",
        )
    for pointer, spec in _calendars(document):
        if "months" in spec and not spec.get("days"):
            yield document.problem(
                "product.months_without_a_day",
                text("In which months is said, on which day is not.", "设置了月份，但未设置日。"),
                f"{pointer}/months",
            )
        elif spec.get("days") and spec["unit"] in ("day", "week"):
            yield document.problem(
                "product.due_day_needs_months",
                text("Days of the month go with months.", "固定日只适用于按月（季、年）。"),
                f"{pointer}/days",
            )


def _calendars(document: Document) -> Iterator[tuple[str, Mapping[str, Any]]]:
    said = document.spec["schedule"]
    if "interest_calendar" in said:
        yield "/schedule/interest_calendar", said["interest_calendar"]
    for at, way in enumerate(said.get("ways", ())):
        for place, phase in enumerate(way["phases"]):
            for name in ("calendar", "interest_calendar"):
                if name in phase:
                    yield f"/schedule/ways/{at}/phases/{place}/{name}", phase[name]


def _ways(document: Document, methods: Methods) -> Iterator[Problem]:
    for at, way in enumerate(document.spec["schedule"].get("ways", ())):
        here = f"/schedule/ways/{at}"
        if way["key"] in READY_MADE or way["key"] == OWN:
            yield document.problem(
                "product.way_is_ready_made",
                text(f"'{way['key']}' is the name of a ready-made way.", f"“{way['key']}”是内置还款方式的名称。"),
                f"{here}/key",
                hint=text("Give it another key.", "请换一个键。"),
            )
        resting = [place for place, phase in enumerate(way["phases"]) if phase["periods"] == "rest"]
        for place in resting[1:]:
            yield document.problem(
                "product.two_rests",
                text("Only one phase can take what is left of the term.", "只能有一个阶段占用剩余期限。"),
                f"{here}/phases/{place}/periods",
            )
        for place, phase in enumerate(way["phases"]):
            for name, known in (("principal", methods.principal), ("interest", methods.interest)):
                rule = phase.get(name)
                if rule is not None and rule not in known:
                    yield document.problem(
                        "product.unknown_rule",
                        text(f"There is no rule of {name} '{rule}'.", f"没有名为“{rule}”的规则。"),
                        f"{here}/phases/{place}/{name}",
                        hint=text("Known are: " + ", ".join(known), "可用：" + "、".join(known)),
                    )


def _plan(document: Document) -> Iterator[Problem]:
    plan = document.spec["schedule"].get("plan", ())
    if not plan:
        return
    numbers = [part["period"] for part in plan]
    for place, part in enumerate(plan):
        if part["period"] in numbers[:place]:
            yield document.problem(
                "product.plan_repeats",
                text(f"Period {part['period']} stands in the plan twice.", f"第 {part['period']} 期重复。"),
                f"/schedule/plan/{place}/period",
            )
    shares = [number(part["percent"]) for part in plan if "percent" in part]
    if shares and len(shares) != len(plan):
        yield document.problem(
            "product.plan_mixes",
            text("A plan is in shares or in amounts, not in both.", "还本计划须统一按比例或按金额。"),
            "/schedule/plan",
        )
    elif (whole := sum(shares, Decimal(0))) > 1:
        yield document.problem(
            "product.plan_above_all",
            text(f"The shares of the plan come to {as_percent(whole)}.",
                 f"还本比例合计为 {as_percent(whole)}。"),
            "/schedule/plan",
            hint=text("Together they are at most 100%; the last period takes what is left.",
                      "合计不得超过 100%；剩余部分计入末期。"),
        )  # fmt: skip


def _grace(document: Document) -> Iterator[Problem]:
    grace, step, term = document.spec.get("grace", {}), _step(document), document.spec["term"]
    if grace.get("capitalises") and not grace.get("interest_payment"):
        yield document.problem(
            "product.nothing_to_capitalise",
            text("Interest is added to the principal only in periods in which it is not paid.",
                 "只有利息暂缓支付的期数才能计入本金。"),
            "/grace/capitalises",
            hint=text("Say for how many periods interest is not paid.", "请设置利息暂缓支付期数。"),
        )  # fmt: skip
    if step is None or term["unit"] != "month":
        return
    shortest = max(term["min"] // step, 1)
    for name in ("principal", "interest_payment"):
        if grace.get(name, 0) >= shortest:
            yield document.problem(
                "product.grace_longer_than_the_term",
                text(f"A grace of {grace[name]} periods leaves none of the {shortest} of the shortest term.",
                     f"宽限 {grace[name]} 期，最短期限只有 {shortest} 期。"),
                f"/grace/{name}",
            )  # fmt: skip


def _draws(document: Document) -> Iterator[Problem]:
    draw, said = document.spec["draw"], document.spec.get("draws", {})
    if said and draw == "once":
        yield document.problem(
            "product.draws_of_one",
            text(
                "There is one drawdown only; how several are made has no effect.",
                "一次性提款，多次提款的约定不起作用。",
            ),
            "/draws",
            severity="warning",
        )
    expected = [number(part["percent"]) for part in said.get("expected", ())]
    if expected and sum(expected, Decimal(0)) >= 1:
        yield document.problem(
            "product.tranches_above_all",
            text("The later tranches leave nothing for the first.", "后续提款占比合计已达 100%，首笔无可提款金额。"),
            "/draws/expected",
            hint=text("The first drawdown is what the others leave.", "首笔提款为其余部分。"),
        )
    if "pay_as_you_draw" in document.spec["schedule"]["methods"] and draw == "once":
        yield document.problem(
            "product.repaid_but_not_redrawn",
            text("Repaid at will, but drawn only once.", "可随时还款，但只能提款一次。"),
            "/draw",
            severity="warning",
            hint=text("Choose drawdown at will if the money can be drawn again.", "如可再次提款，请改为循环提款。"),
        )


def _business(document: Document) -> Iterator[Problem]:
    form = document.spec.get("business", "ordinary")
    for section, wanted in BUSINESS.items():
        if section in document.spec and form != wanted:
            yield document.problem(
                "product.section_of_another_business",
                text(
                    f"'{section}' goes with the form of business '{wanted}'.",
                    f"“{section}”只适用于业务形式“{wanted}”。",
                ),
                f"/{section}",
            )
    group = document.spec.get("group", {})
    if group.get("min_members", 2) > group.get("max_members", 100):
        yield document.problem(
            "product.empty_range",
            text("The least number of members is above the largest.", "最少成员数高于最多成员数。"),
            "/group/min_members",
        )
