"""The disclosure sheet (贷款明白纸) in words: each item with what it is reckoned on, when it falls due, who pays it and
who collects it, in both languages. The figures are `core.lending.disclosure`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from loanloom.core.lending.agreed.charges import Subsidy
from loanloom.core.lending.pricing.disclosure import Disclosed, Disclosure
from loanloom.core.money import formatted
from loanloom.engines.products.charging import LENDER
from loanloom.engines.products.offer import Offer
from loanloom.metadata.units import as_percent
from loanloom.problems import Text, say, text

PAYERS: Mapping[str, Text] = {
    "borrower": text("borrower", "借款人"), "merchant": text("merchant", "商户"), "trustor": text("trustor", "委托人"),
    "guarantor": text("guarantor", "担保人"), "subsidy": text("subsidy", "补贴方"),
    "government": text("government", "财政"), "partner": text("partner", "合作机构"),
    "employer": text("employer", "用人单位"),
}  # fmt: skip
EVENTS: Mapping[str, Text] = {
    "application": text("with the application", "申请时"), "disbursement": text("when paid out", "放款时"),
    "tranche": text("with each drawdown", "每次提款时"), "instalment": text("with each instalment", "每期"),
    "date": text("on its date", "指定日期"), "event": text("only with a change", "发生变更时"),
    "early_settlement": text("only when settled early", "提前结清时"),
    "prepayment": text("only when repaid early in part", "部分提前还款时"),
    "accruing": text("day by day", "按日累计"), "guarantee": text("for each guarantee", "每笔担保"),
    "overdue": text("only when late", "逾期时"), "misuse": text("only when misused", "挪用时"),
}  # fmt: skip
BASES: Mapping[str, Text] = {
    "principal": text("the amount of the loan", "贷款金额"), "disbursed": text("the amount paid out", "放款金额"),
    "principal_outstanding": text("the principal outstanding", "未还本金"),
    "instalment": text("the instalment", "当期应还本息"),
    "instalment_principal": text("the instalment's principal", "当期应还本金"),
    "instalment_interest": text("the instalment's interest", "当期应还利息"),
    "interest_total": text("all interest", "利息总额"),
    "principal_and_interest": text("all principal and interest", "本息总额"),
    "repaid_early": text("what is repaid early", "提前还款金额"), "overdue": text("what is overdue", "逾期金额"),
    "guaranteed": text("the amount guaranteed", "担保金额"), "limit": text("the credit limit", "授信额度"),
    "undrawn": text("what is not drawn", "未提款金额"), "misused": text("what is misused", "挪用金额"),
    "unpaid_interest": text("unpaid interest", "未付利息"), "interest": text("the interest", "利息"),
    "rate_points": text("the principal outstanding", "未还本金"),
}  # fmt: skip
SETTLED: Mapping[str, Text] = {
    "not_billed": text("never billed to the borrower", "不向借款人收取"),
    "refunded": text("paid by the borrower, given back when it comes in", "先付后贴，到账后退还借款人"),
    "added": text("with the repayments", "随还款收取"), "deducted": text("kept back at payout", "放款时扣收"),
    "capitalised": text("added to the principal", "计入本金"), "invoiced": text("billed", "单独开单"),
}  # fmt: skip
YEARLY = frozenset({"interest", "penalty", "compound"})
"""Items whose rate is a rate a year."""


@dataclass(frozen=True, slots=True)
class Line:
    """One item as people read it. `amount` is None for what only an event would bring about."""

    key: str
    title: Text
    basis: Text
    when: Text
    settled: Text
    payer: Text
    collector: Text
    amount: Decimal | None
    borne: Decimal | None
    in_cost: bool


def lines(disclosure: Disclosure, offer: Offer) -> tuple[Line, ...]:
    """The items of a disclosure in words."""
    return tuple(_line(item, offer) for item in disclosure.items)


def _line(item: Disclosed, offer: Offer) -> Line:
    return Line(
        key=item.key,
        title=item.title,
        basis=basis_of(item, offer.rounding.digits),
        when=EVENTS.get(item.event, text(item.event, item.event)),
        settled=SETTLED.get(item.settled, text(item.settled, item.settled)),
        payer=PAYERS.get(item.payer, text(item.payer, item.payer)),
        collector=offer.collectors.get(item.collector, LENDER),
        amount=item.amount,
        borne=item.borne,
        in_cost=item.in_cost,
    )


def basis_of(item: Disclosed, digits: int) -> Text:
    """How an item is reckoned: "10.00 + 1.5 % of the amount paid out, at least 50.00"."""
    base = BASES.get(item.base, text(item.base, item.base))
    yearly = item.kind in YEARLY or item.event == "accruing" or item.base == "rate_points"
    a_year = ("a year on ", "年，按") if yearly else ("of ", "×")
    said: dict[str, list[str]] = {"en": [], "zh": []}
    if item.flat:
        for parts in said.values():
            parts.append(formatted(item.flat, digits))
    if item.rate:
        rate = as_percent(item.rate)
        said["en"].append(f"{rate} {a_year[0]}{say(base, 'en')}")
        said["zh"].append(f"{rate}{'/' if a_year[1] != '×' else ''}{a_year[1]}{say(base, 'zh')}")
    if item.charge is not None and item.charge.steps:
        for language, parts in said.items():
            parts.append(_steps(item, language, digits))
    found = {language: " + ".join(parts) or "–" for language, parts in said.items()}
    if item.least is not None:
        found["en"] += f", at least {formatted(item.least, digits)}"
        found["zh"] += f"，最低 {formatted(item.least, digits)}"
    if item.most is not None:
        found["en"] += f", at most {formatted(item.most, digits)}"
        found["zh"] += f"，最高 {formatted(item.most, digits)}"
    for words in ends_of(item.subsidy) if item.subsidy else ():
        found["en"] += f", {words['en']}"
        found["zh"] += f"，{words['zh']}"
    return found


def ends_of(share: Subsidy) -> Iterator[Text]:
    """When somebody's part ends, in words; what has ended falls back on the borrower."""
    if share.until is not None:
        yield text(f"until {share.until}", f"至 {share.until} 止")
    if share.instalments is not None:
        yield text(f"for {share.instalments} instalments", f"最多 {share.instalments} 期")
    if share.stops_after_days is not None:
        days = share.stops_after_days
        if share.for_good:
            yield text(f"lost once more than {days} days past due", f"逾期超过 {days} 天即取消")
        else:
            yield text(f"not while more than {days} days past due", f"逾期超过 {days} 天期间不予贴息")


def subsidy_words(share: Subsidy) -> Text:
    """A subsidy in one line: who bears how much, how, and until when."""
    measure = as_percent(share.points or share.share)
    who, how = (
        PAYERS.get(share.payer, text(share.payer, share.payer)),
        SETTLED["refunded" if share.refunded else "not_billed"],
    )
    much = (
        text(f"{measure} a year", f"年利率 {measure}")
        if share.points
        else text(f"{measure} of the interest", f"利息的 {measure}")
    )
    ends = list(ends_of(share))
    en = ", ".join([f"{say(who, 'en')}: {much['en']}", say(how, "en"), *(each["en"] for each in ends)])
    return text(en, "，".join([f"{say(who, 'zh')}：{much['zh']}", say(how, "zh"), *(each["zh"] for each in ends)]))


def _steps(item: Disclosed, language: str, digits: int) -> str:
    assert item.charge is not None
    found = []
    for step in item.charge.steps:
        much = as_percent(step.rate) if step.rate or not step.amount else formatted(step.amount, digits)
        age = {"en": f"from month {step.from_months}", "zh": f"满 {step.from_months} 个月起"}
        if step.from_days:
            age = {
                "en": f"{age['en']} and {step.from_days} days",
                "zh": f"满 {step.from_months} 个月又 {step.from_days} 天起",
            }
        found.append(f"{much} {age[language]}" if language == "en" else f"{age[language]} {much}")
    return (", " if language == "en" else "，").join(found)
