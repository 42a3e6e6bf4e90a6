"""The fields that a template may name, for a list that is searched by title, name and pinyin. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loanloom.engines import documents as engine
from loanloom.engines.labels import labels
from loanloom.feel import Type
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import LANGUAGES, Text, say, text
from loanloom.services.definitions.catalogue import found_by

GROUPS: Mapping[str, Text] = {
    "customer": text("Customer", "客户"),
    "application": text("Application", "申请"),
    "sanction": text("Sanction", "批复"),
    "contract": text("Contract", "合同"),
    "loan": text("Loan", "借据"),
    "company": text("Company", "公司"),
    "product": text("Product", "产品"),
    "guarantor": text("Guarantor", "保证人"),
    "item": text("Collateral item", "抵质押物"),
    "disclosure": text("Disclosure sheet", "贷款明白纸"),
    "schedule": text("Rows of the schedule", "还款计划（每行）"),
    "disclosed": text("Rows of the disclosure sheet", "贷款明白纸（每行）"),
    "guarantors": text("Rows of guarantors", "保证人（每行）"),
    "collateral": text("Rows of collateral", "抵质押物（每行）"),
    "indicators": text("Indicators", "指标"),
}
_COMPUTED: Mapping[str, Text] = {
    "received": text("in hand", "实际到手"),
    "principal": text("principal", "本金"),
    "interest": text("interest", "利息"),
    "charges": text("charges", "费用"),
    "fee": text("charges", "费用"),
    "paid": text("paid in all", "还款总额"),
    "payment": text("payment", "应还金额"),
    "closing": text("principal left", "剩余本金"),
    "number": text("number", "序号"),
    "start_on": text("from", "起始日"),
    "due_on": text("due on", "到期日"),
    "cost_simple": text("annualised cost", "年化综合成本"),
    "cost_compound": text("annualised cost, compounded", "年化综合成本（复利）"),
    "penalty_rate": text("rate when overdue", "逾期利率"),
    "rate": text("rate", "利率"),
    "term": text("term", "期限"),
    "item": text("item", "项目"),
    "amount": text("amount", "金额"),
}
"""What the facts are called that no entity declares."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldNamed:
    """One field: what people call it, its group, the expression, the format that suits it, words it is found by."""

    path: str
    title: Text
    group: Text
    how: str | None
    is_row: bool
    found_by: str


def fields(document: Document, registry: Registry) -> tuple[FieldNamed, ...]:
    """Every field, by group."""
    names = labels(registry)
    scope = engine.document_scope(document.spec, registry)
    found = []
    for name in GROUPS:
        type_ = scope.members.get(name)
        if type_ is None:
            continue
        inner, is_row = (type_.item, True) if type_.kind == "list" else (type_, False)
        if inner is not None and inner.kind == "context":
            found += [_named(name, path, leaf, is_row, names) for path, leaf in _leaves(inner, "")]
    return tuple(found)


def _leaves(type_: Type, path: str) -> Iterator[tuple[str, Type]]:
    for name, inner in type_.fields:
        at = f"{path}.{name}" if path else name
        if inner.kind == "context":
            yield from _leaves(inner, at)
        elif inner.kind in ("string", "number", "date", "boolean"):
            yield at, inner


def _named(record: str, path: str, type_: Type, is_row: bool, names: Mapping[str, Text]) -> FieldNamed:
    plural = {"guarantor": "guarantors", "item": "collateral"}.get(record, record)
    title = names.get(f"{plural}.{path}") or _COMPUTED.get(path) or text(path, path)
    how = {"date": "date", "number": "money" if type_.unit else None}.get(type_.kind)
    if type_.kind == "number" and path.rpartition(".")[2].endswith(("rate", "cost_simple", "cost_compound")):
        how = "percent"
    full = path if is_row else f"{record}.{path}"
    return FieldNamed(
        path=full, title={tag: say(title, tag) for tag in LANGUAGES}, group=GROUPS[record], how=how, is_row=is_row,
        found_by=found_by(full, title, GROUPS[record]),
    )  # fmt: skip
