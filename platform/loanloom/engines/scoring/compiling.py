"""Score card document -> Scorecard, with every mistake gathered: gaps, overlaps, unknown codes, grades that do not
join.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loanloom.engines.scoring.indicators import Indicator, sound_indicator
from loanloom.engines.scoring.intervals import Span, joints
from loanloom.engines.scoring.model import Bin, Characteristic, Grade, Scorecard
from loanloom.metadata.document import Document
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.registry import Registry, kept_narrowly
from loanloom.metadata.units import as_percent
from loanloom.problems import Problem, Text, errors, text

MISSING = text("unknown", "缺失")
OTHERWISE = text("otherwise", "其他")


@dataclass(frozen=True, slots=True)
class CompiledScorecard:
    """A score card, or None with what is wrong."""

    card: Scorecard | None
    problems: tuple[Problem, ...]


def compile_scorecard(document: Document, registry: Registry) -> CompiledScorecard:
    """Read and check one score card document."""
    return _Compiler(document, registry).run()


class _Compiler:
    def __init__(self, document: Document, registry: Registry) -> None:
        self.document = document
        self.registry = registry
        self.problems: list[Problem] = []

    def say(self, code: str, message: Text, pointer: str, hint: Text | None = None) -> None:
        self.problems.append(self.document.problem(code, message, pointer, hint=hint))

    def run(self) -> CompiledScorecard:
        spec = self.document.spec
        found = [
            self._characteristic(one, f"/characteristics/{place}") for place, one in enumerate(spec["characteristics"])
        ]
        self._twice(spec["characteristics"])
        characteristics = tuple(one for one in found if one is not None)
        base = Decimal(spec.get("base", 0))
        low = base + sum((one.worst for one in characteristics), Decimal(0))
        high = base + sum((one.best for one in characteristics), Decimal(0))
        grades = self._grades(spec["grades"], low, high)
        if errors(self.problems) or len(characteristics) < len(found):
            return CompiledScorecard(None, tuple(self.problems))
        card = Scorecard(
            key=self.document.key,
            title=self.document.title,
            digest=self.document.digest,
            base=base,
            characteristics=characteristics,
            grades=grades,
            reason_count=int(spec.get("reasons", {}).get("count", 4)),
            validity_months=spec.get("validity_months"),
        )
        return CompiledScorecard(card, tuple(self.problems))

    def _twice(self, characteristics: Sequence[Mapping[str, Any]]) -> None:
        seen: set[str] = set()
        for place, one in enumerate(characteristics):
            if one["indicator"] in seen:
                self.say(
                    "scorecard.indicator_twice",
                    text("This indicator is scored twice.", "该指标被重复计分。"),
                    f"/characteristics/{place}/indicator",
                )
            seen.add(one["indicator"])

    def _characteristic(self, spec: Mapping[str, Any], pointer: str) -> Characteristic | None:
        indicator = self._indicator(spec["indicator"], f"{pointer}/indicator")
        if indicator is None:
            return None
        weight = Decimal(spec.get("weight", 1))
        policies = {name: self._points(spec.get(name), weight) for name in ("missing", "otherwise")}
        if "bands" in spec:
            raw, borders, places = self._bands(spec, indicator, weight, pointer)
        else:
            raw, borders, places = self._options(spec, indicator, weight, pointer), None, ()
        points = [*raw.values(), *(one for one in policies.values() if one is not None)]
        best, worst = max(points), min(points)
        labels: dict[Any, Text] = {
            key: _band_label(spec, key, indicator) if borders is not None else _code_label(key, indicator)
            for key in raw
        }
        bins = {key: Bin(value, best - value, labels[key]) for key, value in raw.items()}
        missing = _bin(policies["missing"], best, MISSING)
        otherwise = _bin(policies["otherwise"], best, OTHERWISE)
        return Characteristic(
            indicator=indicator.key,
            title=spec.get("title") or indicator.title,
            reason=spec["reason"],
            best=best,
            worst=worst,
            borders=borders,
            closed_left=spec.get("closed", "left") == "left",
            bins=tuple(otherwise if one is None else bins[one] for one in places),
            options=bins if borders is None else {},
            missing=missing,
            otherwise=otherwise,
            codes=indicator.titles,
            percent=indicator.percent,
        )

    def _indicator(self, key: str, pointer: str) -> Indicator | None:
        found = sound_indicator(self.registry, key, self.document.spec["subject"])
        if found is not None:
            return found
        document = self.registry.get("indicator", key)
        if document is None:
            known = [one.key for one in self.registry.all("indicator")]
            self.say(
                "scorecard.unknown_indicator",
                text(f'There is no indicator "{key}".', f"没有指标“{key}”。"),
                pointer,
                nearest_hint(key, known),
            )
        elif sound_indicator(self.registry, key, None) is None:
            self.say(
                "scorecard.broken_indicator",
                text(f'The indicator "{key}" has mistakes of its own.', f"指标“{key}”自身有错误。"),
                pointer,
            )
        else:
            self.say(
                "scorecard.wrong_subject",
                text(
                    f'"{key}" is about a {document.spec["subject"]}, the score card about a '
                    f"{self.document.spec['subject']}.",
                    f"指标“{key}”与评分卡的对象不一致。",
                ),
                pointer,
            )
        return None

    def _points(self, policy: Any, weight: Decimal) -> Decimal | None:
        return Decimal(policy["points"]) * weight if isinstance(policy, Mapping) else None

    def _bands(
        self, spec: Mapping[str, Any], indicator: Indicator, weight: Decimal, pointer: str
    ) -> tuple[dict[Any, Decimal], tuple[Decimal, ...], tuple[Any, ...]]:
        """Points by place of the band, the borders, and which band lies between them (None: no band)."""
        if indicator.type != "number":
            self.say(
                "scorecard.wrong_type",
                text(
                    f'Bands need a number; "{indicator.key}" is a {indicator.type}.',
                    f"区间只适用于数值型指标，“{indicator.key}”不是数值。",
                ),
                f"{pointer}/bands",
                text("Write options instead.", "请改用 options（选项）。"),
            )
        spans = [
            Span(_decimal(one.get("from")), _decimal(one.get("to")), place) for place, one in enumerate(spec["bands"])
        ]
        joined = joints(spans)
        self._joints(joined.empty, joined.overlaps, f"{pointer}/bands", "scorecard")
        if joined.gaps and "otherwise" not in spec:
            for low, high in joined.gaps:
                self.say(
                    "scorecard.gap",
                    text(f"No band holds {_between(low, high, 'en')}.", f"{_between(low, high, 'zh')}没有对应的区间。"),
                    f"{pointer}/bands",
                    text(
                        "Join the bands, or say what happens `otherwise`.",
                        "请使各区间相连，或用 otherwise 说明其他情况。",
                    ),
                )
        raw: dict[Any, Decimal] = {place: Decimal(one["points"]) * weight for place, one in enumerate(spec["bands"])}
        return raw, joined.borders, joined.places

    def _joints(self, empty: Sequence[int], overlaps: Sequence[tuple[int, int]], pointer: str, room: str) -> None:
        for place in empty:
            self.say(
                f"{room}.empty_band",
                text("This band is empty: `from` is not below `to`.", "区间为空：下限不小于上限。"),
                f"{pointer}/{place}",
            )
        for first, second in overlaps:
            self.say(
                f"{room}.overlap",
                text(f"Bands {first + 1} and {second + 1} overlap.", f"第{first + 1}与第{second + 1}个区间重叠。"),
                f"{pointer}/{second}",
                text("Let one end where the next begins.", "请让上一区间的上限等于下一区间的下限。"),
            )

    def _options(
        self, spec: Mapping[str, Any], indicator: Indicator, weight: Decimal, pointer: str
    ) -> dict[Any, Decimal]:
        found: dict[Any, Decimal] = {}
        for place, option in enumerate(spec["options"]):
            for at, code in enumerate(option["in"]):
                where = f"{pointer}/options/{place}/in/{at}"
                value = self._code(code, indicator, where)
                if value in found:
                    self.say(
                        "scorecard.overlap",
                        text(f'"{code}" stands in two options.', f"“{code}”出现在多个选项中。"),
                        where,
                    )
                found[value] = Decimal(option["points"]) * weight
        known: Sequence[Any] = (True, False) if indicator.type == "boolean" else indicator.codes or ()
        lost = [str(one).lower() if isinstance(one, bool) else one for one in known if one not in found]
        if lost and "otherwise" not in spec:
            shown = ", ".join(lost[:6]) + (" ..." if len(lost) > 6 else "")
            self.say(
                "scorecard.gap",
                text(f"No option holds {shown}.", f"{shown} 没有对应的选项。"),
                f"{pointer}/options",
                text(
                    "Add them to an option, or say what happens `otherwise`.",
                    "请补充选项，或用 otherwise 说明其他情况。",
                ),
            )
        return found

    def _code(self, code: Any, indicator: Indicator, pointer: str) -> Any:
        wanted = {"number": (int, Decimal), "string": (str,), "boolean": (bool,)}[indicator.type]
        if not isinstance(code, wanted) or (isinstance(code, bool) and indicator.type != "boolean"):
            self.say(
                "scorecard.wrong_type",
                text(f'"{code}" should be a {indicator.type}, as the indicator is.', f"“{code}”的类型与指标不符。"),
                pointer,
            )
        elif indicator.codes is not None and code not in indicator.codes:
            self.say(
                "scorecard.unknown_code",
                text(f'"{code}" is none of the indicator\'s values.', f"指标没有取值“{code}”。"),
                pointer,
                nearest_hint(str(code), indicator.codes),
            )
        return Decimal(code) if indicator.type == "number" and isinstance(code, int | Decimal) else code

    def _grades(self, spec: Sequence[Mapping[str, Any]], low: Decimal, high: Decimal) -> tuple[Grade, ...]:
        spans = [Span(_decimal(one.get("from")), _decimal(one.get("to")), place) for place, one in enumerate(spec)]
        joined = joints(spans)
        self._joints(joined.empty, joined.overlaps, "/grades", "scorecard.grade")
        for start, end in joined.gaps:
            if (end is None or end > low) and (start is None or start <= high):
                self.say(
                    "scorecard.grade.gap",
                    text(
                        f"No grade holds {_between(start, end, 'en')}.", f"{_between(start, end, 'zh')}没有对应的等级。"
                    ),
                    "/grades",
                    text(f"The card gives {low} to {high} points.", f"本评分卡的得分范围为 {low} 至 {high}。"),
                )
        return tuple(
            Grade(key=str(one["key"]), title=one["title"], low=_decimal(one.get("from")), high=_decimal(one.get("to")))
            for one in spec
        )


def _bin(points: Decimal | None, best: Decimal, label: Text) -> Bin | None:
    return None if points is None else Bin(points, best - points, label)


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _between(low: Decimal | None, high: Decimal | None, language: str) -> str:
    chinese = language == "zh"
    if low is None:
        return f"小于 {high} 的值" if chinese else f"values below {high}"
    if high is None:
        return f"{low} 及以上的值" if chinese else f"values from {low} up"
    return f"{low} 至 {high} 之间的值" if chinese else f"values from {low} to {high}"


def _band_label(spec: Mapping[str, Any], place: int, indicator: Indicator) -> Text:
    low, high = (_border(spec["bands"][place].get(side), indicator) for side in ("from", "to"))
    left = spec.get("closed", "left") == "left"
    if low is None and high is None:
        return text("any", "任意")
    if low is None:
        return dict.fromkeys(("en", "zh"), f"{'<' if left else '≤'} {high}")
    if high is None:
        return dict.fromkeys(("en", "zh"), f"{'≥' if left else '>'} {low}")
    return dict.fromkeys(("en", "zh"), f"[{low}, {high})" if left else f"({low}, {high}]")


def _border(border: Any, indicator: Indicator) -> Any:
    return as_percent(Decimal(border)) if indicator.percent and border is not None else border


def _code_label(code: Any, indicator: Indicator) -> Text:
    if isinstance(code, bool):
        return text("yes", "是") if code else text("no", "否")
    return indicator.titles.get(code) or dict.fromkeys(("en", "zh"), str(code))


def check(registry: Registry) -> list[Problem]:
    """What is wrong with the score cards of a registry."""
    return [problem for document in registry.all("scorecard") for problem in _of_card(document, registry)]


@kept_narrowly
def _of_card(document: Document, registry: Registry) -> tuple[Problem, ...]:
    return tuple(compile_scorecard(document, registry).problems)
