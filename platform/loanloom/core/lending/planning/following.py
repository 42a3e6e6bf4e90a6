"""What a loan whose interest follows what is really outstanding cannot agree besides: its rows are told day by day from
the balance, so whatever else bears interest, or puts it off, has no place in them."""

from __future__ import annotations

from collections.abc import Iterator

from loanloom.core.dates import DAY_COUNTS
from loanloom.core.lending.agreed.terms import Phase, Terms
from loanloom.core.lending.planning.due_days import calendar_of, due_days
from loanloom.core.lending.planning.plan import by_balance
from loanloom.problems import Problem, Text, text

_HINT = text("Leave out the recalculation, or this.", "请取消按实际还款重算，或取消此项约定。")


def following_problems(terms: Terms) -> Iterator[Problem]:
    """What stands against following what is outstanding."""
    if terms.recalculation is None:
        return
    for field, holds, message in (*_plan(terms), *_interest(terms)):
        if not holds:
            yield Problem(code="lending.cannot_follow", field=field, message=message, hint=_HINT)


def _by_balance(phase: Phase) -> bool:
    """Whether a phase bears interest on the balance, due in each row."""
    one_row = phase.periods == 1 and phase.interest_calendar is None and not phase.rows
    agreed = any(row.interest is not None for row in phase.rows)
    declining = phase.interest == "declining_balance" or (one_row and phase.interest == "at_maturity")
    return declining and not agreed and not phase.capitalises


def _plan(terms: Terms) -> Iterator[tuple[str, bool, Text]]:
    yield (
        "phases",
        all(map(_by_balance, terms.phases)),
        text(
            "Interest that follows what is outstanding is interest on the balance and is paid when due.",
            "按实际还款重算的利息只能按余额计算，并到期支付。",
        ),
    )
    yield (
        "phases",
        all((calendar_of(phase), phase.annual_rate) == _last(terms) for phase in terms.phases),
        text(
            "A plan that follows what is outstanding has one calendar and one rate in all phases.",
            "按实际还款重算时，各阶段的还款周期和利率须一致。",
        ),
    )
    yield (
        "phases",
        all(all(dues.interest) for dues in due_days(terms)),
        text(
            "Interest that follows what is outstanding falls due whenever principal does.",
            "按实际还款重算时，凡还本日均须结息。",
        ),
    )


def _last(terms: Terms) -> tuple[object, object]:
    last = terms.phases[-1]
    return calendar_of(last), last.annual_rate


def _interest(terms: Terms) -> Iterator[tuple[str, bool, Text]]:
    grace = terms.grace
    yield (
        "grace",
        not (grace.interest_payment or grace.interest_charged),
        text("Interest that follows what is outstanding cannot be put off.", "按实际还款重算的利息不能宽限。"),
    )
    yield (
        "rates",
        not by_balance(terms),
        text("A rate by balance cannot follow what is outstanding.", "按余额分档的利率不能按实际还款重算。"),
    )
    yield (
        "rounding_place",
        terms.rounding_place != "term",
        text("Interest that follows what is outstanding is rounded row by row.", "按实际还款重算的利息须按期取整。"),
    )
    yield (
        "first_stub",
        terms.first_stub != "full",
        text(
            "A first period that follows what is outstanding bears by its days.", "按实际还款重算时，首期须按天计息。"
        ),
    )
    yield (
        "roll_accrues",
        terms.roll_accrues or (terms.roll == "keep" and terms.collection_weekday is None),
        text("Days moved over bear interest that follows what is outstanding.", "按实际还款重算时，顺延期间须计息。"),
    )
    yield (
        "day_count",
        terms.day_count in DAY_COUNTS,
        text("A plugin's day count cannot follow what is outstanding.", "插件提供的计息基准不能按实际还款重算。"),
    )
