"""The term sheet 产品要素表: a product as rows of label and words, made from the kind's own schema.

Each row knows the pointer it was read from, so that a screen can change the cell and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from loanloom.core.money import formatted
from loanloom.metadata import schema_walk
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.metadata.units import as_percent
from loanloom.problems import LANGUAGES, Text, say, text

SECTIONS: tuple[tuple[Text, tuple[str, ...]], ...] = (
    (
        text("What is offered", "基本要素"),
        (
            "class",
            "customer_kinds",
            "business",
            "currency",
            "amount",
            "term",
            "draw",
            "draws",
            "line",
            "entrusted",
            "group",
            "ends_on",
        ),
    ),
    (
        text("Price", "定价"),
        (
            "rate",
            "rate_per",
            "rate_change",
            "day_count",
            "interest_by",
            "accrual",
            "rounding",
            "charges",
            "subsidies",
            "upfront_deduction",
            "tax",
            "penalty",
        ),
    ),
    (
        text("Repayment", "还款"),
        ("schedule", "grace", "down_payment", "recalculation", "prepayment", "allocation", "overpayment", "calendar"),
    ),
    (text("Money out", "放款"), ("payout",)),
    (text("Changes of running loans", "贷后变更"), ("changes", "extension")),
    (text("Security", "担保"), ("guarantee",)),
    (
        text("Assessment and approval", "审查与审批"),
        ("eligibility", "indicators", "scorecard", "limit", "decision", "flows", "forms", "materials", "sanction"),
    ),
    (text("Papers and books", "文书与账务"), ("templates", "numbering", "posting_rules", "asset_class")),
    (text("Running contracts", "存量合同"), ("binding",)),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One cell of the sheet: where it stands, what it is called, what it says."""

    pointer: str
    label: Text
    value: Any
    words: Text
    kind: str  # money, percent, number, text, choice, yes_no, list, reference, expression
    options: Mapping[str, Text]


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a heading."""

    title: Text
    rows: tuple[Row, ...]


def term_sheet(document: Document, registry: Registry) -> tuple[Section, ...]:
    """The whole sheet, in the order people read it; whatever no section names comes last."""
    named = {name for _, names in SECTIONS for name in names}
    rest = tuple(name for name in document.spec if name not in named)
    sections = (*SECTIONS, (text("More", "其他"), rest))
    made = (Section(title, tuple(_rows(document, registry, names))) for title, names in sections)
    return tuple(section for section in made if section.rows)


def _rows(document: Document, registry: Registry, names: tuple[str, ...]) -> Iterator[Row]:
    product = registry.kinds.require("product")
    parents: dict[str, Text] = {}
    pieces: dict[str, Mapping[str, Any]] = {}
    for pointer, value, piece in schema_walk.walk(product.schema, document.spec):
        if pointer.split("/")[1:2] == [] or pointer.split("/")[1] not in names:
            continue
        parent, _, own = pointer.rpartition("/")
        label = schema_walk.label(piece) or _numbered(document.at(parent), own, pieces.get(parent, {}))
        pieces[pointer] = piece
        full = _joined(parents.get(parent), label)
        parents[pointer] = full
        if isinstance(value, Mapping) or _of_records(value) or _in_plain_list(document.at(parent)):
            continue
        target = product.target(pointer)
        kind = _kind(pointer, value, piece, target)
        words = {language: _words(value, kind, piece, registry, target, language) for language in LANGUAGES}
        yield Row(pointer, full, value, words, kind, _options(piece, registry, target))


def _of_records(value: Any) -> bool:
    """Whether a value is a list whose items have members, each of which is a row of its own."""
    return isinstance(value, tuple) and any(isinstance(item, Mapping) for item in value)


def _in_plain_list(holder: Any) -> bool:
    """Whether a holder is a list of plain values: the list as a whole is the row."""
    return isinstance(holder, tuple) and not _of_records(holder)


def _numbered(holder: Any, own: str, piece: Mapping[str, Any]) -> Text:
    """The label of an item of a list: its word and its number."""
    if not isinstance(holder, tuple):
        return text(own, own)
    word = piece.get("x-item") or text("", "")
    number = int(own) + 1
    return text(f"{say(word, 'en')} {number}".strip(), f"{say(word, 'zh')} {number}".strip())


def _joined(parent: Text | None, label: Text) -> Text:
    if parent is None:
        return label
    return {language: f"{say(parent, language)} · {say(label, language)}" for language in LANGUAGES}


def _kind(pointer: str, value: Any, piece: Mapping[str, Any], target: str | None) -> str:
    if isinstance(value, tuple):
        return "list"
    if target is not None:
        return "reference"
    if isinstance(value, bool):
        return "yes_no"
    if schema_walk.choices(piece):
        return "choice"
    if isinstance(value, int | Decimal):
        return str(piece.get("x-display", "number"))
    return "expression" if pointer.endswith("/required") else "text"


def _options(piece: Mapping[str, Any], registry: Registry, target: str | None) -> Mapping[str, Text]:
    if target is not None:
        return {document.key: document.title for document in registry.all(target)}
    return schema_walk.choices(piece) or schema_walk.choices(piece.get("items", {}))


def _words(
    value: Any, kind: str, piece: Mapping[str, Any], registry: Registry, target: str | None, language: str
) -> str:
    if kind == "list":
        inner = piece.get("items", {})
        parts = (_words(item, "reference" if target else "choice", inner, registry, target, language) for item in value)
        return ("、" if language == "zh" else ", ").join(parts)
    if kind == "reference" and target is not None:
        return registry.label(target, str(value), language)
    if kind == "yes_no":
        return say(text("yes", "是") if value else text("no", "否"), language)
    if kind == "percent":
        return as_percent(Decimal(value))
    if kind == "money":
        return formatted(Decimal(value))
    chosen = schema_walk.choices(piece).get(str(value))
    return say(chosen, language) if chosen else str(value)
