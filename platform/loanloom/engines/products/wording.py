"""What was agreed on a loan's rate as a contract puts it, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from loanloom.core.dates import MONTHS
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.instalments import Schedule
from loanloom.engines.products.offer import Offer
from loanloom.problems import Text, text

COUNTS: Mapping[str, Text] = {
    "30/360": text("months of 30 days, a year of 360", "每月按三十日、全年按三百六十日计算"),
    "30E/360": text("months of 30 days, a year of 360", "每月按三十日、全年按三百六十日计算"),
    "months+days/360": text("whole months, odd days over 360", "按整年月加零头天数、全年三百六十日计算"),
    "act/360": text("actual days over 360", "按实际天数、全年三百六十日计算"),
    "act/364": text("actual days over 364", "按实际天数、全年三百六十四日计算"),
    "act/365": text("actual days over 365", "按实际天数、全年三百六十五日计算"),
    "act/act": text("actual days over the days of the year", "按实际天数、当年实际天数计算"),
}
QUOTED: Mapping[str, Text] = {
    "month": text("quoted {rate} a month", "月利率{rate}"), "day": text("quoted {rate} a day", "日利率{rate}"),
    "term": text("quoted {rate} for the whole term", "整个期限{rate}"),
}  # fmt: skip


def rate_in_words(terms: Terms) -> Text:
    """The rate, how it is made up, whether it moves, and how days count."""
    yearly = percent(terms.annual_rate)
    flat = terms.phases[0].interest == "original_principal"
    zh = [f"固定年利率{yearly}"]
    en = [f"a fixed yearly rate of {yearly}"]
    index = terms.rates.index
    if index is not None:
        moves = index.repricing is not None
        sign = ("加", "plus") if index.spread >= 0 else ("减", "less")
        spread = f"{abs(index.spread) * 100:.2f}"
        zh = [
            f"{'浮动' if moves else '固定'}年利率{yearly}（签约时{index.index}基准{sign[0]}{spread}个百分点，加点不变"
        ]
        zh[0] += "，按约定日期重定价）" if moves else "）"
        en = [f"a {'floating' if moves else 'fixed'} yearly rate of {yearly} ({index.index} {sign[1]} {spread} points"]
        en[0] += ", repriced on the days agreed)" if moves else ")"
    elif terms.rates.tiers:
        zh, en = ["分档年利率"], ["a yearly rate in tiers"]
    if terms.rates.quoted is not None and terms.rates.quoted_per in QUOTED:
        said = QUOTED[terms.rates.quoted_per]
        rate = percent(terms.rates.quoted)
        zh.append(f"即{said['zh'].format(rate=rate)}")
        en.append(said["en"].format(rate=rate))
    if flat:
        zh.append("利息按借款本金原额逐期等额计收")
        en.append("interest on the original principal in every period")
    count = COUNTS.get(terms.day_count, text(terms.day_count, terms.day_count))
    return text(", ".join([*en, count["en"]]), "，".join([*zh, count["zh"]]))


def term_in_words(offer: Offer, terms: Terms, schedule: Schedule) -> Text:
    """How long a loan runs: in months, weeks or days, or to a date where that was agreed."""
    if terms.matures_on is not None and offer.term_unit == "month":
        return text(f"until {terms.matures_on}", f"至 {terms.matures_on}")
    months = sum(phase.periods * phase.every * MONTHS.get(phase.unit, 0) for phase in terms.phases)
    if offer.term_unit == "month" and months:
        return text(f"{months} months" if months > 1 else "1 month", f"{months} 个月")
    days = ((terms.matures_on or schedule.matures_on) - terms.start_on).days
    if offer.term_unit == "week" and days % 7 == 0:
        return text(f"{days // 7} weeks", f"{days // 7} 周")
    return text(f"{days} days", f"{days} 天")


def percent(share: Decimal) -> str:
    """12 % as people write it, two digits at least."""
    whole = share * 100
    return f"{whole:.2f}%" if whole == round(whole, 2) else f"{whole.normalize():f}%"
