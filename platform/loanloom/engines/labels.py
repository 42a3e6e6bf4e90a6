"""What people call each fact and each code: the words of traces and explanations. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loanloom.metadata import schema_walk
from loanloom.metadata.fields import Field
from loanloom.metadata.registry import Registry, kept_words
from loanloom.problems import Text, text

HIDDEN = text("(hidden)", "（已隐藏）")
"""What a trace shows in place of a field that is kept encrypted."""

RECORDS = ("customer", "application", "company", "sanction", "contract", "loan")
"""Every record whose fields are facts."""

ROWS: Mapping[str, str] = {"guarantors": "guarantor", "collateral": "collateral"}
"""Facts that are lists of records, with the record."""

_PRODUCT: Mapping[str, Text] = {
    "product.key": text("product", "产品"),
    "product.class": text("class of the product", "产品类别"),
    "product.currency": text("currency of the product", "产品币种"),
    "product.rate": text("rate of the product", "产品利率"),
    "product.amount_min": text("smallest amount of the product", "产品最低金额"),
    "product.amount_max": text("largest amount of the product", "产品最高金额"),
    "product.term_min": text("shortest term of the product", "产品最短期限"),
    "product.term_max": text("longest term of the product", "产品最长期限"),
    "product.penalty_uplift": text("uplift of penalty interest", "罚息上浮比例"),
}


@kept_words
def labels(registry: Registry) -> Mapping[str, Text]:
    """What people call each fact, by its path, each code as `path=code`, and `path=*` where values stay hidden."""
    found: dict[str, Text] = {}
    for record in RECORDS:
        _label(found, record, registry.entity_fields(record), registry)
    for name, record in ROWS.items():
        _label(found, name, registry.entity_fields(record), registry)
    for one in registry.all("indicator"):
        found[f"indicators.{one.key}"] = one.title
    for card in registry.all("scorecard"):
        for grade in card.spec["grades"]:
            found.setdefault(f"score.grade={grade['key']}", grade["title"])
    for calculation in registry.all("calculation"):
        for step in calculation.spec["steps"]:
            found.setdefault(f"limit.{step['key']}", step["title"])
    for model in registry.all("decision_model"):
        for one in model.spec["decisions"]:
            path = f"models.{model.key}.{one['name']}"
            found[path] = one.get("title") or text(one["name"], one["name"])
            found |= {f"{path}={answer}": title for answer, title in one.get("answers", {}).items()}
    found |= {
        "score.points": text("score", "评分"),
        "score.grade": text("grade", "评分等级"),
        "limit.amount": text("credit limit", "测算额度"),
        "eligibility.outcome": text("eligibility", "准入结论"),
        "eligibility.outcome=pass": text("passed", "符合"),
        "eligibility.outcome=refer": text("for people to decide", "转人工"),
        "eligibility.outcome=refuse": text("refused", "不符合"),
        "decision.outcome": text("decision", "审批结论"),
        "decision.outcome=approve": text("approved by rule", "规则通过"),
        "decision.outcome=refuse": text("refused by rule", "规则拒绝"),
        "decision.outcome=refer": text("for people to decide", "转人工"),
        "guarantors": text("guarantors", "保证人"),
        "collateral": text("collateral", "抵质押物"),
        "as_of": text("today", "当前业务日期"),
        **_PRODUCT,
    }
    product = registry.kinds.get("product")
    classes = schema_walk.choices(product.schema["properties"]["class"]) if product else {}
    return found | {f"product.class={key}": title for key, title in classes.items()}


def of_fields(record: str, fields: Iterable[Field], registry: Registry) -> dict[str, Text]:
    """The same for one record, by the name it has among the facts."""
    found: dict[str, Text] = {}
    _label(found, record, fields, registry)
    return found


def _label(found: dict[str, Text], prefix: str, fields: Iterable[Field], registry: Registry) -> None:
    for field in fields:
        path = f"{prefix}.{field.key}"
        coded = [path] if not field.shape.parts else []
        for name, part in field.shape.parts.items():
            found[f"{path}.{name}"] = _of_part(field.title, part.title)
            coded += [f"{path}.{name}"] if part.coded else []
        found[path] = field.title
        if field.encrypted:
            found |= {f"{one}=*": HIDDEN for one in (path, *(f"{path}.{name}" for name in field.shape.parts))}
        codes = registry.get("code_list", field.code_list) if field.code_list else None
        for item in codes.spec["items"] if codes else ():
            found |= {f"{one}={item['key']}": item["title"] for one in coded}
        _label(found, path, field.fields, registry)


def _of_part(whole: Text, part: Text) -> Text:
    """What a part of a value is called."""
    return {
        language: f"{title}{'：' if language == 'zh' else ': '}{part.get(language, '')}"
        for language, title in whole.items()
    }
