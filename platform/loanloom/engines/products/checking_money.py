"""What a schema cannot see of a product's price, lateness, charges and caps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from loanloom.core.lending.pricing.upfront import takes_principal
from loanloom.core.money import Rounding
from loanloom.engines.products.charging import charges_of, documents_of
from loanloom.engines.products.reading import number
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, Text, say, text


def problems(document: Document, registry: Registry) -> Iterator[Problem]:
    """Everything wrong with what a product costs."""
    yield from _rate(document, registry)
    yield from _penalty(document)
    yield from _fee_steps(document)
    yield from _charges(document, registry)
    yield from _subsidies(document)


def _rate(document: Document, registry: Registry) -> Iterator[Problem]:
    rate = document.spec["rate"]
    if "by_term" in rate:
        yield from _bands(document, rate["by_term"])
    if "tiers" in rate:
        yield from _tiers(document, rate["tiers"]["steps"])
    if "index" not in rate:
        return
    index = rate["index"]
    if ("spread" in index) == ("by_grade" in index):
        yield document.problem(
            "product.one_spread",
            text("An index needs one spread, or spreads by grade.", "基准利率须设置一个加点，或按等级加点。"),
            "/rate/index",
        )
    if "floor" in index and "ceiling" in index and index["floor"] > index["ceiling"]:
        yield document.problem(
            "product.empty_range",
            text("The floor of the rate is above its ceiling.", "利率下限高于上限。"),
            "/rate/index/floor",
        )
    if document.spec.get("rate_per", "year") != "year":
        yield document.problem(
            "product.index_is_yearly",
            text("An index is a yearly rate.", "基准利率为年利率。"),
            "/rate_per",
            hint=text("Write `rate_per: year`.", "请改为 rate_per: year。"),
        )
    table = registry.get("rate_table", index["table"])
    begins = min((str(row["from"]) for row in table.spec["series"]), default="") if table else ""
    if table and document.effective_from and begins > document.effective_from:
        yield document.problem(
            "product.index_begins_later",
            text(
                f"{say(table.title, 'en')} has no value before {begins}; the product begins "
                f"on {document.effective_from}.",
                f"“{say(table.title, 'zh')}”自 {begins} 起才有取值，产品自 {document.effective_from} 生效。",
            ),
            "/rate/index/table",
            severity="warning",
        )


def _bands(document: Document, bands: Any) -> Iterator[Problem]:
    limits = [band.get("up_to") for band in bands]
    for place, limit in enumerate(limits):
        before = limits[place - 1] if place else 0
        if before is None or (limit is not None and limit <= before):
            yield document.problem(
                "product.bands_out_of_order",
                text("Bands of terms rise, and only the last is open.", "期限档须递增，仅最后一档可不设上限。"),
                f"/rate/by_term/{place}",
            )
            return
    if limits[-1] is not None and limits[-1] < document.spec["term"]["max"]:
        yield document.problem(
            "product.term_without_rate",
            text(f"Terms above {limits[-1]} have no rate.", f"期限超过 {limits[-1]} 未定价。"),
            f"/rate/by_term/{len(limits) - 1}",
            hint=text("Leave out the limit of the last band.", "最后一档不设上限即可。"),
        )


def _tiers(document: Document, steps: Any) -> Iterator[Problem]:
    begins = [number(step["from"]) for step in steps]
    if begins[0] > 1 or sorted(set(begins)) != begins:
        yield document.problem(
            "product.tiers_out_of_order",
            text(
                "Tiers rise, and the first begins at nothing (or with period 1).",
                "档次须递增，首档自 0（或第 1 期）起。",
            ),
            "/rate/tiers/steps",
        )


def _penalty(document: Document) -> Iterator[Problem]:
    said = document.spec["penalty"]
    if ("uplift" in said) == ("rate" in said):
        yield document.problem(
            "product.one_penalty_rate",
            text("Penalty interest is an uplift on the rate, or a rate of its own: one of the two.",
                 "罚息须设置加收比例或罚息年利率，二者选一。"),
            "/penalty",
        )  # fmt: skip
    for place, item in enumerate(said.get("damages", ())):
        if not {"amount", "rate", "daily_rate"} & set(item):
            yield document.problem(
                "product.damages_of_nothing",
                text("How large the damages are is not said.", "未设置违约金金额或比例。"),
                f"/penalty/damages/{place}",
            )
    for place, cap in enumerate(said.get("caps", ())):
        yield from _one_level(document, cap, f"/penalty/caps/{place}", or_share=True)


def _one_level(
    document: Document, cap: Mapping[str, Any], pointer: str, *, or_share: bool = False
) -> Iterator[Problem]:
    multiple = {"multiple", "table"} & set(cap)
    ways = ("rate" in cap) + bool(multiple) + (or_share and "share" in cap)
    if ways != 1 or len(multiple) == 1:
        yield document.problem(
            "price_cap.one_level",
            text("A level is a yearly rate, or a multiple of an index: one of the two.",
                 "上限须为年化水平，或基准利率的倍数，二者选一。"),
            pointer,
            hint=text("A multiple needs its index.", "倍数须同时指定基准利率。"),
        )  # fmt: skip


def _fee_steps(document: Document) -> Iterator[Problem]:
    steps = document.spec.get("prepayment", {}).get("fee_steps", ())
    days = [step["from_days"] for step in steps]
    if sorted(set(days)) != days:
        yield document.problem(
            "product.fee_steps_out_of_order",
            text("Steps by age rise.", "按放款时间分档须递增。"),
            "/prepayment/fee_steps",
        )


def _charges(document: Document, registry: Registry) -> Iterator[Problem]:
    rounding = Rounding(min(document.spec["rounding"]["digits"], 12))
    keys = [str(key) for key in document.spec.get("charges", ())]
    terms = {charge.key: charge for charge in charges_of(document, registry)}
    for charge in documents_of(document, registry):
        pointer, spec = f"/charges/{keys.index(charge.key)}", charge.spec
        kept_back = spec.get("payer", "borrower") == "borrower" and takes_principal(terms[charge.key])
        if kept_back and document.spec.get("upfront_deduction", "refused") == "refused":
            yield document.problem(
                "product.upfront_deduction",
                text(f"{say(charge.title, 'en')} would be taken out of the principal paid out.",
                     f"“{say(charge.title, 'zh')}”将从发放的本金中预先扣除。"),
                pointer,
                hint=text("Let it fall due with the instalments or bill it; what is kept back is no principal before "
                          "the law (Civil Code art. 670).",
                          "请改为随期收取或单独开单；预先扣除的部分依法不计入本金（民法典第670条）。"),
            )  # fmt: skip
        for name in ("amount", "min", "max"):
            if name in spec and not rounding.holds(number(spec[name])):
                yield document.problem(
                    "product.amount_too_fine",
                    text(f"{say(charge.title, 'en')}: {spec[name]} has too many decimals for "
                         f"{document.spec['currency']}.",
                         f"“{say(charge.title, 'zh')}”的 {spec[name]} 小数位数超过币种 {document.spec['currency']}。"),
                    pointer,
                )  # fmt: skip
        if spec.get("base") in ("limit", "undrawn") and document.spec["draw"] == "once":
            yield document.problem(
                "product.charge_without_line",
                text(f"{say(charge.title, 'en')} is reckoned on a line that this product does not have.",
                     f"“{say(charge.title, 'zh')}”按额度计费，本产品没有额度。"),
                pointer,
            )  # fmt: skip


NEEDED: Mapping[str, tuple[str, Text]] = {
    "date": ("after_days", text("on which day", "收取日")),
    "event": ("of_event", text("with which change", "对应的变更")),
    "accruing": ("calendar", text("how often it is settled", "结算周期")),
}
"""What a charge must say of its own besides the event."""


def of_charges(registry: Registry) -> Iterator[Problem]:
    """Everything wrong with the price list."""
    for document in registry.all("charge"):
        spec = document.spec
        if not {"amount", "percent", "steps"} & set(spec):
            yield document.problem(
                "charge.of_nothing", text("How large the charge is is not said.", "未设置收费金额或比例。"), "/event",
                hint=text("Give an amount, a percentage, or steps by age.", "请设置金额、比例或按时间分档。"),
            )  # fmt: skip
        name, words = NEEDED.get(spec["event"], ("", text("", "")))
        if name and name not in spec:
            yield document.problem(
                "charge.incomplete",
                text(f"It is not said {words['en']} it falls due.", f"未设置{words['zh']}。"),
                "/event",
                hint=text(f"Add `{name}`.", f"请补充 {name}。"),
            )
        if number(spec.get("min", 0)) > number(spec.get("max", spec.get("min", 0))):
            yield document.problem(
                "product.empty_range", text("The least is above the most.", "最低高于最高。"), "/min"
            )
        if sum(number(share["share"]) for share in spec.get("shares", ())) > 1:
            yield document.problem(
                "charge.shares_above_all", text("The parts come to more than the charge.", "分担比例合计超过 100%。"),
                "/shares",
            )  # fmt: skip
        if spec.get("collector", "lender") != "lender" and "collector_title" not in spec:
            yield document.problem(
                "charge.collector_without_name",
                text("The disclosure sheet must name who collects.", "贷款明白纸须写明收取方名称。"),
                "/collector",
                hint=text("Add `collector_title`.", "请补充 collector_title。"),
            )


def of_caps(registry: Registry) -> Iterator[Problem]:
    """Everything wrong with the price caps."""
    for document in registry.all("price_cap"):
        days = [str(level["from"]) for level in document.spec["levels"]]
        if sorted(set(days)) != days:
            yield document.problem(
                "price_cap.out_of_order",
                text("Levels stand in the order of their dates.", "各水平须按生效日先后排列。"),
                "/levels",
            )  # fmt: skip
        for place, level in enumerate(document.spec["levels"]):
            yield from _one_level(document, level, f"/levels/{place}")


def _subsidies(document: Document) -> Iterator[Problem]:
    """Subsidies of the interest: one measure each, together no more than the interest, and a plan that stands still."""
    said = document.spec.get("subsidies", ())
    for place, each in enumerate(said):
        if ("share" in each) == ("points" in each):
            yield document.problem(
                "product.one_subsidy_measure",
                text(
                    "A subsidy is a part of the interest, or points of the yearly rate.",
                    "贴息须设置比例或贴息利率，且只能二选一。",
                ),
                f"/subsidies/{place}",
            )
    if sum(number(each.get("share", 0)) for each in said) > 1:
        yield document.problem(
            "product.subsidies_exceed_interest",
            text("Others bear more than all of the interest.", "贴息比例合计超过全部利息。"),
            "/subsidies",
        )
    for name, words in (
        ("recalculation", text("interest is recalculated by what is really paid", "按实际还款重算利息")),
        ("entrusted", text("the interest is the trustor's", "利息归委托人所有")),
    ):
        if said and name in document.spec:
            yield document.problem(
                "product.no_subsidy_here",
                text(
                    f"The interest cannot be subsidised where {say(words, 'en')}.",
                    f"{say(words, 'zh')}的产品不支持贴息。",
                ),
                "/subsidies",
            )
