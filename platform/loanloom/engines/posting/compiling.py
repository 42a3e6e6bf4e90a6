"""From posting rules and a chart of accounts to `Posting`, with every problem of both at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loanloom import feel
from loanloom.core.ledger.accounts import Account, Chart, YearEnd
from loanloom.engines.posting import proof
from loanloom.engines.posting.events import ACCOUNTING, AMOUNTS, CLAIMS, FACTS, names
from loanloom.engines.posting.linear import weights
from loanloom.engines.posting.rules import Posting, RuleLine
from loanloom.metadata.document import Document
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, errors, text


@dataclass(frozen=True, slots=True)
class Compiled:
    """Posting rules, or why there are none."""

    posting: Posting | None
    problems: tuple[Problem, ...] = ()


def chart_of(registry: Registry, key: str) -> Chart:
    """A chart of accounts; empty where it does not exist (its absence is the registry's problem)."""
    document = registry.get("chart_of_accounts", key)
    if document is None:
        return Chart({})
    accounts = {
        row["code"]: Account(row["code"], row["title"], row["type"], bool(row.get("manual")))
        for row in document.spec["accounts"]
    }
    end = document.spec.get("year_end")
    return Chart(accounts, YearEnd(int(end.get("month", 12)), end["profit"]) if end else None)


def check_chart(document: Document, registry: Registry) -> Iterator[Problem]:
    """What is wrong with a chart beyond its structure: a code given twice, a year's result that has no account."""
    chart, seen = chart_of(registry, document.key), set[str]()
    for place, row in enumerate(document.spec["accounts"]):
        if row["code"] in seen:
            yield document.problem(
                "posting.account_twice",
                text(f"The account {row['code']} stands here twice.", f"科目 {row['code']} 重复。"),
                f"/accounts/{place}/code",
            )
        elif row.get("manual") and chart.is_heading(row["code"]):
            yield _heading(document, row["code"], f"/accounts/{place}/manual")
        seen.add(row["code"])
    end = chart.year_end
    if end is not None and (end.profit not in chart or chart[end.profit].type != "equity"):
        yield document.problem(
            "posting.year_end_account",
            text(
                f"The result of the year needs an account of equity; {end.profit} is none.",
                f"本年利润须结转至权益类科目，{end.profit} 不是权益类科目。",
            ),
            "/year_end/profit",
            hint=nearest_hint(end.profit, [code for code, one in chart.accounts.items() if one.type == "equity"]),
        )


def compile_posting(document: Document, registry: Registry) -> Compiled:
    """The rules of a document, or their problems."""
    chart = chart_of(registry, document.spec["chart"])
    problems: list[Problem] = []
    events: dict[str, tuple[RuleLine, ...]] = {}
    for event, rules in document.spec["events"].items():
        if event not in AMOUNTS:
            problems.append(_unknown_event(document, event))
            continue
        compiled = [_line(document, event, place, rule, chart, problems) for place, rule in enumerate(rules)]
        events[event] = tuple(line for line in compiled if line is not None)
        if len(events[event]) == len(rules):
            problems.extend(proof.of_event(document, event, events[event], chart))
    if errors(problems):
        return Compiled(None, tuple(problems))
    spec = document.spec
    made = Posting(document.key, chart, events, bool(spec.get("general")), spec.get("suspend_after_days"))
    problems.extend(_control_accounts(document, made))
    return Compiled(None if errors(problems) else made, tuple(problems))


def _unknown_event(document: Document, event: str) -> Problem:
    return document.problem(
        "posting.unknown_event",
        text(f"There is no event '{event}'.", f"没有业务事件“{event}”。"),
        f"/events/{event}",
        hint=nearest_hint(event, AMOUNTS) or text("Known are: " + ", ".join(AMOUNTS), "可用：" + "、".join(AMOUNTS)),
        at_key=True,
    )


def event_scope(event: str) -> feel.Type:
    """What the amount of a line sees: the amounts of its event by their names."""
    return feel.context(dict.fromkeys(names(event), feel.NUMBER))


def _line(
    document: Document, event: str, place: int, rule: Mapping[str, Any], chart: Chart, problems: list[Problem]
) -> RuleLine | None:
    pointer = f"/events/{event}/{place}"
    problems.extend(_accounts(document, pointer, rule, chart))
    problems.extend(_facts(document, pointer, event, rule))
    checked = feel.check(str(rule["amount"]), event_scope(event), expect=feel.NUMBER, functions=feel.LENDING)
    for problem in checked.problems:
        place_of = (problem.line, problem.column)
        problems.append(
            document.problem(
                problem.code, problem.message, f"{pointer}/amount", hint=problem.hint, inside=place_of
            )
        )  # fmt: skip
    if checked.program is None:
        return None
    found = weights(checked.tree)
    if found is None:
        problems.append(_no_sum(document, pointer, event))
        return None
    sides = {
        said: {name: frozenset(values) for name, values in rule.get(said, {}).items()} for said in ("when", "unless")
    }
    return RuleLine(rule.get("debit"), rule.get("credit"), tuple(found.items()), rule.get("memo"), **sides)


def _accounts(document: Document, pointer: str, rule: Mapping[str, Any], chart: Chart) -> Iterator[Problem]:
    for side in ("debit", "credit"):
        code = rule.get(side)
        if code is None or not chart.accounts:
            continue
        if code not in chart:
            yield document.problem(
                "posting.unknown_account",
                text(f"The chart of accounts has no account {code}.", f"会计科目表中没有科目 {code}。"),
                f"{pointer}/{side}",
                hint=nearest_hint(code, chart.accounts),
            )
        elif chart.is_heading(code):
            yield _heading(document, code, f"{pointer}/{side}")


def _heading(document: Document, code: str, pointer: str) -> Problem:
    return document.problem(
        "posting.heading_account",
        text(f"{code} is a heading: accounts stand below it.", f"{code} 为上级科目，其下设有明细科目。"),
        pointer,
        hint=text("Post to one of the accounts below it.", "请记入其下的明细科目。"),
    )


def _control_accounts(document: Document, made: Posting) -> Iterator[Problem]:
    """Accounts that must equal the loans cannot be moved by hand as well: the next day could not be closed."""
    kept = {made.kept_at(part, accounting): (part, accounting) for accounting in ACCOUNTING for part in CLAIMS}
    for code in sorted(code for code in kept if code is not None and made.chart[code].manual):
        yield document.problem(
            "posting.control_account_manual",
            text(
                f"{code} holds what loans owe; the chart must not allow vouchers by hand to move it.",
                f"科目 {code} 核算借款人所欠款项，科目表不得允许手工凭证记入。",
            ),
            "/chart",
            hint=text("Take `manual` off that account.", "请取消该科目的 manual 设置。"),
        )


def _facts(document: Document, pointer: str, event: str, rule: Mapping[str, Any]) -> Iterator[Problem]:
    allowed = FACTS[event]
    for said in ("when", "unless"):
        for name in rule.get(said, {}):
            if name not in allowed:
                yield document.problem(
                    "posting.unknown_fact",
                    text(f"Nothing is known of '{name}' at the event '{event}'.", f"事件“{event}”没有“{name}”信息。"),
                    f"{pointer}/{said}/{name}",
                    hint=text("Known are: " + ", ".join(allowed), "可用：" + "、".join(allowed)),
                    at_key=True,
                )


def _no_sum(document: Document, pointer: str, event: str) -> Problem:
    said = ", ".join(names(event))
    return document.problem(
        "posting.not_a_sum",
        text(
            "An amount here is a sum or difference of the event's amounts and whole multiples of them.",
            "此处金额只能是业务金额的和、差或整数倍。",
        ),
        f"{pointer}/amount",
        hint=text(
            f"Such as interest + penalty. The amounts are: {said}.", f"例如 interest + penalty。可用金额：{said}。"
        ),
    )
