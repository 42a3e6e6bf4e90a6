"""A compiled score card and the score it gives: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from loanloom import feel
from loanloom.engines.scoring.indicators import value_in_words
from loanloom.metadata.units import as_percent
from loanloom.problems import Problem, Text, say, text


class Bin(NamedTuple):
    """What one band, option or policy gives: weighted points, and how many fewer than the best one."""

    points: Decimal
    lost: Decimal
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristic:
    """One compiled characteristic: borders to bisect or codes to look up; None where the policy is `error`."""

    indicator: str
    title: Text
    reason: Text
    best: Decimal
    worst: Decimal
    borders: tuple[Decimal, ...] | None
    bins: tuple[Bin | None, ...]
    closed_left: bool
    options: Mapping[Any, Bin]
    missing: Bin | None
    otherwise: Bin | None
    codes: Mapping[Any, Text]
    percent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """One grade: from (included) to (not included)."""

    key: str
    title: Text
    low: Decimal | None
    high: Decimal | None

    def holds(self, points: Decimal) -> bool:
        """Whether the points belong to this grade."""
        return (self.low is None or points >= self.low) and (self.high is None or points < self.high)


@dataclass(frozen=True, eq=False, kw_only=True)
class Scorecard:
    """A score card ready to score."""

    key: str
    title: Text
    digest: str
    base: Decimal
    characteristics: tuple[Characteristic, ...]
    grades: tuple[Grade, ...]
    reason_count: int
    validity_months: int | None

    @property
    def indicators(self) -> tuple[str, ...]:
        """The indicators it looks at."""
        return tuple(one.indicator for one in self.characteristics)


class Line(NamedTuple):
    """What one characteristic gave."""

    characteristic: Characteristic
    value: Any
    bin: Bin


class Reason(NamedTuple):
    """Why points were lost, with how many."""

    indicator: str
    words: Text
    lost: Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """The score of one case. Without points where a characteristic could not be valued: `problems` says which."""

    card: Scorecard
    points: Decimal | None
    grade: Grade | None
    lines: tuple[Line, ...]
    reasons: tuple[Reason, ...]
    problems: tuple[Problem, ...]

    def facts(self) -> dict[str, Any]:
        """What expressions see as `score`."""
        return {"points": self.points, "grade": self.grade.key if self.grade else None}

    def as_json(self) -> dict[str, Any]:
        """Everything that explains the score, to be kept with the decision."""
        return {
            "scorecard": self.card.key,
            "digest": self.card.digest,
            "base": feel.plain(self.card.base),
            "points": feel.plain(self.points),
            "grade": self.grade.key if self.grade else None,
            "grade_title": dict(self.grade.title) if self.grade else None,
            "reasons": [
                {"indicator": one.indicator, "reason": dict(one.words), "lost": feel.plain(one.lost)}
                for one in self.reasons
            ],
            "lines": [
                {
                    "indicator": line.characteristic.indicator,
                    "title": dict(line.characteristic.title),
                    "value": feel.plain(line.value),
                    "value_words": {tag: self._shown(line, tag) for tag in ("en", "zh")},
                    "band": dict(line.bin.label),
                    "points": feel.plain(line.bin.points),
                    "best": feel.plain(line.characteristic.best),
                    "lost": feel.plain(line.bin.lost),
                }
                for line in self.lines
            ],
        }

    def in_words(self, language: str = "en") -> tuple[str, ...]:
        """The score, its reasons and its lines, one sentence each."""
        if self.points is None or self.grade is None:
            return tuple(one.in_words(language) for one in self.problems)
        points, grade = value_in_words(self.points, language), say(self.grade.title, language)
        lines = [say(text(f"Score {points}: {grade}.", f"评分 {points}，等级：{grade}。"), language)]
        for reason in self.reasons:
            lost = value_in_words(reason.lost, language)
            words = say(reason.words, language)
            lines.append(say(text(f"{words}: {lost} points lost.", f"{words}：失 {lost} 分。"), language))
        for line in self.lines:
            title, value = say(line.characteristic.title, language), self._shown(line, language)
            got, best = value_in_words(line.bin.points, language), value_in_words(line.characteristic.best, language)
            lines.append(
                say(
                    text(
                        f"{title} {value}: {got} of at most {best} points.",
                        f"{title} {value}：得 {got} 分，最高 {best} 分。",
                    ),
                    language,
                )
            )
        return tuple(lines)

    @staticmethod
    def _shown(line: Line, language: str) -> str:
        code = line.characteristic.codes.get(line.value) if isinstance(line.value, str) else None
        if line.characteristic.percent and isinstance(line.value, Decimal):
            return as_percent(line.value)
        return say(code, language) if code else value_in_words(line.value, language)
