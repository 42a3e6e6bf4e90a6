"""Numbers of applications, sanctions, contracts, loans ...: a numbering document says how they read.

A gapless number is taken in the caller's transaction (others wait for it); any other at once, so that nobody waits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from loanloom.metadata.document import Document
from loanloom.problems import Problem, text
from loanloom.services import scope
from loanloom.services.context import Context
from loanloom.services.errors import Refused
from loanloom.store import numbering as counters

_PLACEHOLDER = re.compile(r"\{(\w+)(?::(\d+))?\}")


def issue(
    ctx: Context, connection: Connection, key: str | None, *, unit: str | None = None, on: date | None = None
) -> str:
    """The next number of the live numbering document `key`."""
    return issue_many(ctx, connection, key, 1, unit=unit, on=on)[0]


def issue_many(
    ctx: Context,
    connection: Connection,
    key: str | None,
    count: int,
    *,
    unit: str | None = None,
    on: date | None = None,
) -> list[str]:
    """The next `count` numbers, one after the other."""
    return issue_all(ctx, connection, [(key, unit)] * count, on=on)


def issue_all(
    ctx: Context, connection: Connection, wanted: Sequence[tuple[str | None, str | None]], *, on: date | None = None
) -> list[str]:
    """A number for each (numbering document, unit), in order; a statement for the gapless ones, one for the others."""
    day, units = on or ctx.business_date, scope.units_of(ctx)
    documents = [_document(ctx, key) for key, _ in wanted]
    keys = [(document.key, _period(document, day)) for document in documents]
    loose = {key for key, document in zip(keys, documents, strict=True) if not document.spec["gapless"]}
    counted = Counter(keys)
    taken = counters.take_all_loose(
        ctx.database, ctx.company.id, {key: count for key, count in counted.items() if key in loose}
    ) | counters.take_all(connection, {key: count for key, count in counted.items() if key not in loose})
    made = []
    for key, document, (_, unit) in zip(keys, documents, wanted, strict=True):
        made.append(written(document.spec, taken[key], day, scope.branch_of(units, unit) or ""))
        taken[key] += 1
    return made


def _document(ctx: Context, key: str | None) -> Document:
    document = ctx.registry.get("numbering", key) if key else None
    if document is None:
        raise Refused(_unknown(key))
    return document


def _period(document: Document, day: date) -> str:
    return {"yearly": f"{day:%Y}", "monthly": f"{day:%Y%m}"}.get(document.spec["reset"], "")


def issue_or_plain(
    ctx: Context, connection: Connection, key: str, prefix: str, count: int, *, on: date | None = None
) -> list[str]:
    """Numbers by the company's numbering `key`; where it has none, plainly the prefix and six digits."""
    if ctx.registry.get("numbering", key) is not None:
        return issue_many(ctx, connection, key, count, unit=ctx.actor.unit, on=on)
    first = counters.take(connection, key, "", count)
    return [f"{prefix}{first + index:06d}" for index in range(count)]


def written(spec: Mapping[str, Any], sequence: int, day: date, branch: str = "") -> str:
    """A number as its pattern writes it."""
    parts = {"year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}", "branch": branch}

    def part(match: re.Match[str]) -> str:
        name, width = match.groups()
        return f"{sequence:0{int(width or 1)}d}" if name == "sequence" else parts[name]

    return _PLACEHOLDER.sub(part, spec["pattern"])


def _unknown(key: str | None) -> Problem:
    return Problem(
        code="numbering.unknown",
        message=text(
            f"There is no numbering '{key}'." if key else "The product names no numbering for this.",
            f"编号规则“{key}”不存在。" if key else "产品未配置该编号规则。",
        ),
        hint=text("A business administrator must add it to the product.", "请业务管理员在产品中补充。"),
    )
