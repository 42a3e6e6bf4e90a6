"""What a product's schema cannot see: its parts held against each other and against the documents it names.

Each mistake has its place, both languages, and where possible what to do about it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from loanloom.core.lending.agreed.terms import COMPONENTS
from loanloom.core.lending.planning.rules import BUILT_IN, Methods
from loanloom.core.money import CURRENCY_DIGITS, Rounding
from loanloom.engines.products import checking_money, checking_plan, checking_portal
from loanloom.engines.products.reading import number
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, say, text


def problems(document: Document, registry: Registry, methods: Methods = BUILT_IN) -> Iterator[Problem]:
    """Everything wrong with one product."""
    yield from _ranges(document)
    yield from _money(document)
    yield from _grades(document, registry)
    yield from checking_plan.problems(document, methods)
    yield from checking_money.problems(document, registry)
    yield from _allocation(document, registry)
    yield from _changes(document, registry)
    yield from _shared_line(document, registry)
    yield from _flows(document, registry)
    yield from _numbers(document)
    yield from checking_portal.problems(document, registry)


def of_charges(registry: Registry) -> Iterator[Problem]:
    """Everything wrong with the price list and the price caps."""
    yield from checking_money.of_charges(registry)
    yield from checking_money.of_caps(registry)


def _numbers(document: Document) -> Iterator[Problem]:
    """An application is numbered before anything else; a product may be there only for what was lent before."""
    if "application" not in document.spec.get("numbering", {}):
        yield document.problem(
            "product.takes_no_applications",
            text(
                "This product takes no applications: nothing says how they are numbered.",
                "本产品无法受理申请：未指定申请编号规则。",
            ),
            "/numbering/application",
            hint=text("Choose the application number under Numbering.", "请在“编号规则”中选择申请编号。"),
            severity="warning",
        )


def _ranges(document: Document) -> Iterator[Problem]:
    granted = document.spec.get("rate_granted")
    if granted and granted["min"] > granted["max"]:
        yield document.problem(
            "product.empty_range",
            text("The lowest rate granted is above the highest.", "可批复利率的下限高于上限。"),
            "/rate_granted/min",
        )
    for name, words in (("amount", ("amount", "金额")), ("term", ("term", "期限"))):
        spec = document.spec[name]
        if spec["min"] > spec["max"]:
            yield document.problem(
                "product.empty_range",
                text(
                    f"The smallest {words[0]} {spec['min']} is above the largest {spec['max']}.",
                    f"最低{words[1]} {spec['min']} 高于最高{words[1]} {spec['max']}。",
                ),
                f"/{name}/min",
            )
        elif "step" in spec and (number(spec["max"]) - number(spec["min"])) % number(spec["step"]):
            yield document.problem(
                "product.step_misses_the_end",
                text(
                    f"Steps of {spec['step']} from {spec['min']} never reach {spec['max']}.",
                    f"自 {spec['min']} 起每 {spec['step']} 一档，无法取到 {spec['max']}。",
                ),
                f"/{name}/step",
                severity="warning",
            )


def _money(document: Document) -> Iterator[Problem]:
    currency, digits = document.spec["currency"], document.spec["rounding"]["digits"]
    known = CURRENCY_DIGITS.get(currency)
    if known is None:
        yield document.problem(
            "product.unknown_currency",
            text(f"The currency {currency} is not known.", f"未知币种 {currency}。"),
            "/currency",
            hint=text("Known are: " + ", ".join(CURRENCY_DIGITS), "可用：" + "、".join(CURRENCY_DIGITS)),
        )
    elif digits > known:
        yield document.problem(
            "product.finer_than_the_currency",
            text(
                f"{currency} has {known} decimals, not {digits}.", f"{currency} 只有 {known} 位小数，不是 {digits} 位。"
            ),
            "/rounding/digits",
        )
    amount = document.spec["amount"]
    for name in ("min", "max", "step"):
        if name in amount and not Rounding(min(digits, 12)).holds(number(amount[name])):
            yield document.problem(
                "product.amount_too_fine",
                text(f"{amount[name]} has more than {digits} decimals.", f"{amount[name]} 超过 {digits} 位小数。"),
                f"/amount/{name}",
            )


def _grades(document: Document, registry: Registry) -> Iterator[Problem]:
    rate = document.spec["rate"]
    pointer, rates = "/rate/by_grade", rate.get("by_grade")
    if rates is None and "by_grade" in rate.get("index", {}):
        pointer, rates = "/rate/index/by_grade", rate["index"]["by_grade"]
    if rates is None:
        return
    card = registry.get("scorecard", document.spec.get("scorecard", ""))
    if card is None:
        if "scorecard" not in document.spec:
            yield document.problem(
                "product.rate_needs_a_scorecard",
                text("A rate by grade needs a scorecard that gives grades.", "按等级定价需要配置评分卡。"),
                pointer,
            )
        return
    yield from _grades_of(document, card, pointer, rates)


def _grades_of(document: Document, card: Document, pointer: str, rates: Any) -> Iterator[Problem]:
    grades = [str(grade["key"]) for grade in card.spec.get("grades", ())]
    for grade in rates:
        if str(grade) not in grades:
            yield document.problem(
                "product.unknown_grade",
                text(f"The scorecard '{card.key}' gives no grade {grade}.", f"评分卡“{card.key}”没有等级 {grade}。"),
                f"{pointer}/{grade}",
                hint=text("Its grades are: " + ", ".join(grades), "可用等级：" + "、".join(grades)),
            )
    unpriced = [grade for grade in grades if grade not in {str(key) for key in rates}]
    if unpriced:
        yield document.problem(
            "product.grade_without_rate",
            text(
                f"Grades without a rate are not lent to: {', '.join(unpriced)}.",
                f"未定价的等级不予放款：{'、'.join(unpriced)}。",
            ),
            pointer,
            severity="warning",
        )


def owed_components(document: Document, registry: Registry) -> tuple[str, ...]:
    """What loans of this product can come to owe."""
    spec = document.spec
    prepayment, damages = spec.get("prepayment", {}), spec["penalty"].get("damages", ())
    maybe = {
        "fee": bool(prepayment.get("fee_rate", 0) or prepayment.get("fee_steps") or spec.get("charges"))
        or any(item.get("component") == "fee" for item in damages),
        "penalty": spec["rate"] != {"fixed": 0},
        "compound": bool(spec["penalty"]["compound"]),
        "damages": any(item.get("component", "damages") == "damages" for item in damages),
    }
    return tuple(component for component in COMPONENTS if maybe.get(component, True))


def _allocation(document: Document, registry: Registry) -> Iterator[Problem]:
    order = registry.get("allocation_order", document.spec["allocation"])
    if order is None:
        return
    missing = [name for name in owed_components(document, registry) if name not in order.spec["order"]]
    if missing:
        yield document.problem(
            "product.allocation_incomplete",
            text(
                f"The allocation order '{order.key}' never pays: {', '.join(missing)}.",
                f"还款顺序“{order.key}”未包含：{'、'.join(missing)}。",
            ),
            "/allocation",
            hint=text(
                f"{say(order.title, 'en')}: add what is missing, or choose another order.",
                f"{say(order.title, 'zh')}：请补全，或选择其他顺序。",
            ),
        )


def _changes(document: Document, registry: Registry) -> Iterator[Problem]:
    for kind, rule in document.spec.get("changes", {}).items():
        if rule.get("approval") == "none" and "approvers" in rule:
            yield document.problem(
                "product.approver_without_approval",
                text("Roles approve this change, yet no approval is needed.", "已指定审批角色，却设为无需审批。"),
                f"/changes/{kind}/approvers",
                hint=text("Take out the roles, or ask for approval.", "请删除审批角色，或改为须审批。"),
            )


def _shared_line(document: Document, registry: Registry) -> Iterator[Problem]:
    """Whether a line that other products share says so, and whether those can be drawn on it."""
    said = document.spec.get("line", {})
    keys = said.get("products", ())
    if (said.get("sharing") == "shared") != bool(keys):
        yield document.problem(
            "product.line_sharing",
            text(
                "A shared line names the other products, and no other line does.",
                "共用额度须且仅有共用额度可列出其他产品。",
            ),
            "/line",
            hint=text("Name the products, or let the customer alone draw on it.", "请列出产品，或改为单一客户使用。"),
        )
    for place, key in enumerate(keys):
        other = registry.get("product", key)
        if other is None:
            continue  # told as a reference that leads nowhere
        fits = other.spec["currency"] == document.spec["currency"] and other.spec["draw"] != "revolving"
        if not fits or "line" in other.spec or other.spec.get("business", "ordinary") != "ordinary":
            yield document.problem(
                "product.line_product",
                text(
                    f"{key} cannot be drawn on this line: an ordinary product of its currency can.",
                    f"{key} 不可用于此额度：仅限同币种的普通贷款产品。",
                ),
                f"/line/products/{place}",
            )


_FLOW_SUBJECTS = {
    **{name: name for name in ("application", "contract", "contract_change")},
    **dict.fromkeys(("disburse", "refund"), "order"),
}
"""What a flow must be about, by the module that names it; changes of loans otherwise."""


def _flows(document: Document, registry: Registry) -> Iterator[Problem]:
    """A flow sees the facts of its own subject only."""
    for name, key in document.spec["flows"].items():
        flow = registry.get("flow", key)
        wanted = _FLOW_SUBJECTS.get(name, "loan_change")
        if flow is not None and flow.spec.get("subject", "application") != wanted:
            yield document.problem(
                "product.flow_of_another_subject",
                text(f"The flow '{key}' is not about this ({wanted}).", f"流程“{key}”的对象与此处不符（{wanted}）。"),
                f"/flows/{name}",
            )
