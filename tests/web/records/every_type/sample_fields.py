"""A field of every type there is, with what one may fill in, what is kept of it and how it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

OWNER = "KH9"
DAYS = {"start": date(2026, 1, 1), "end": date(2027, 12, 31)}
AREA, HOME = "330106", {"area": "330106", "detail": "文三路1号", "text": "浙江省杭州市西湖区文三路1号"}


@dataclass(frozen=True, kw_only=True)
class One:
    """A field: its declaration, what a page posts by the ends of names, what is kept, how it reads in Chinese."""

    declared: str
    typed: Mapping[str, str]
    kept: Any
    reads: tuple[str, ...]
    secret: tuple[str, ...] = ()
    """What must never be read in full."""
    cells: Mapping[str, str] = field(default_factory=dict)
    """What stands in its columns of a sheet, where that is not what is typed."""
    in_sheets: bool = True


def one(declared: str, typed: str, kept: Any = None, *reads: str, **more: Any) -> One:
    """A field that is one box."""
    return One(
        declared=declared, typed={"": typed}, kept=typed if kept is None else kept, reads=reads or (typed,), **more
    )


LEVELS = {".level1": "33", ".level2": "3301", ".level3": "330106"}
FIELDS: Mapping[str, One] = {
    "name": one("type: text, max_length: 60", "样本甲"),
    "story": one("type: long_text", "第一行\n第二行", None, "第一行"),
    "note": one("type: rich_text", "**要紧**", None, "<strong>要紧</strong>"),
    "count": one("type: integer, unit: {en: pieces, zh: 件}", "12", Decimal(12), "12 件"),
    "weight": one("type: number, decimals: 3", "1.25", Decimal("1.25")),
    "price": one("type: money", "120,000.50", Decimal("120000.50")),
    "share": one("type: percent", "12.5", Decimal("0.125"), "12.50%"),
    "stars": one("type: rating, max: 5", "4", Decimal(4)),
    "since": one("type: date", "2026-02-03", date(2026, 2, 3)),
    "month": one("type: month", "2026-02"),
    "lease": One(
        declared="type: period", typed={".start": "2026-01-01", ".end": "2027-12-31"}, kept=DAYS,
        reads=("2026-01-01 至 2027-12-31",),
    ),
    "agreed": one("type: yes_no", "true", True, "是", cells={"": "是"}),
    "grade": one("type: choice, code_list: interest_level", "b", "b", "B 级", cells={"": "B 级：有明确意向"}),
    "kinds": one(
        "type: multi_choice, code_list: interest_level", "c", ["c"], "C 级", cells={"": "C 级：持续跟进"}
    ),
    "area": One(
        declared="type: cascade, code_list: area", typed=LEVELS, kept=AREA, reads=("浙江省杭州市西湖区",),
        cells={"": "浙江省/杭州市/西湖区"},
    ),
    "owner": one("type: lookup, target: customer", OWNER, OWNER, "王小明（演示）"),
    "home": One(
        declared="type: address, code_list: area", typed={**LEVELS, ".detail": "文三路1号"}, kept=HOME,
        reads=(HOME["text"],), cells={".area": "浙江省/杭州市/西湖区", ".detail": "文三路1号"},
    ),
    "place": One(
        declared="type: location", typed={".latitude": "30.25", ".longitude": "120.15", ".accuracy": "8"},
        kept={"latitude": Decimal("30.25"), "longitude": Decimal("120.15"), "accuracy": Decimal(8)}, reads=("30.25",),
        cells={".latitude": "30.250000", ".longitude": "120.150000", ".accuracy": "8"},
    ),
    "card": one(
        "type: id_card", "11010519491231002X", None, "110***********002X", secret=("11010519491231002X", "19491231")
    ),
    "code": one("type: credit_code", "91350100M000100Y43"),
    "account": one("type: bank_card", "4111111111111111", None, "411*********1111", secret=("4111111111111111",)),
    "phone": one("type: phone", "19900000101", None, "199****0101", secret=("19900000101",)),
    "email": one("type: email", "somebody@example.org", None, "@example.org", secret=("somebody@example.org",)),
    "contact": One(
        declared="""type: group, fields: [
          {key: name, title: {en: Name, zh: 姓名}, type: text},
          {key: phone, title: {en: Telephone, zh: 手机}, type: phone},
          {key: known, title: {en: Known, zh: 相识}, type: period},
          {key: home, title: {en: Home, zh: 住处}, type: address, code_list: area}]""",
        typed={
            "": "0", ".name": "李四", ".phone": "19900000202", ".known.start": "2026-01-01",
            ".known.end": "2027-12-31", **{f".home{end}": code for end, code in LEVELS.items()},
            ".home.detail": "文三路1号",
        },
        kept={"name": "李四", "phone": "19900000202", "known": DAYS, "home": HOME},
        reads=("李四", "199****0202", HOME["text"]), secret=("19900000202",),
        cells={
            ".name": "李四", ".phone": "19900000202", ".known.start": "2026-01-01", ".known.end": "2027-12-31",
            ".home.area": "浙江省/杭州市/西湖区", ".home.detail": "文三路1号",
        },
    ),
    "items": One(
        declared="""type: table, fields: [
          {key: what, title: {en: What, zh: 品名}, type: text},
          {key: cost, title: {en: Cost, zh: 单价}, type: money},
          {key: rented, title: {en: Rented, zh: 租用}, type: period}]""",
        typed={
            "": "0,1", ".0.what": "碾茶机", ".0.cost": "80,000", ".0.rented.start": "2026-01-01",
            ".0.rented.end": "2027-12-31", ".1.what": "烘干机", ".1.cost": "20,000",
        },
        kept=[
            {"what": "碾茶机", "cost": Decimal(80000), "rented": DAYS},
            {"what": "烘干机", "cost": Decimal(20000), "rented": None},
        ],
        reads=("碾茶机", "烘干机", "80,000.00"), in_sheets=False,
    ),
}  # fmt: skip
FILES: Mapping[str, str] = {
    "scan": "type: file", "scans": "type: files", "photo": "type: image", "photos": "type: images",
    "signed": "type: signature",
}  # fmt: skip
"""Fields that take files: a page sends them, everything else names them by their numbers."""


def typed(record: str, *keys: str) -> dict[str, str]:
    """What a page posts for these fields; for all where none is named."""
    wanted = keys or tuple(FIELDS)
    return {f"{record}.{key}{end}": value for key in wanted for end, value in FIELDS[key].typed.items()}


def kept() -> dict[str, Any]:
    """What is kept of all that."""
    return {key: found.kept for key, found in FIELDS.items()}
