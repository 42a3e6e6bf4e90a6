"""`loanloom score-batch CARD`: all applications through a draft of a score card, beside the live one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from loanloom.problems import Problem, say
from loanloom.services.context import Context
from loanloom.services.origination.rescoring import Rescored, rescore

from .doors import company_option, inside
from .faults import language as terminal_language

_WORDS = {
    "en": {
        "title": "{card}: {cases} applications, {moved} in another grade",
        "none": "No application has been submitted for a product with this score card.",
        "grade": ("grade", "live", "draft", "approved so far"),
        "points": ("points from", "live", "draft"),
        "figures": ("", "live", "draft"),
        "mean": "mean points",
        "approval": "expected approvals",
        "gini": "Gini against recorded outcomes",
        "slow": "Computed case by case, because no column holds it exactly:",
    },
    "zh": {
        "title": "{card}：{cases} 笔申请，{moved} 笔等级变化",
        "none": "使用该评分卡的产品尚无已提交的申请。",
        "grade": ("等级", "现行", "草稿", "历史通过率"),
        "points": ("分数下限", "现行", "草稿"),
        "figures": ("", "现行", "草稿"),
        "mean": "平均分",
        "approval": "预计通过率",
        "gini": "基尼系数（对照已知结果）",
        "slow": "以下指标无法用列精确存储，逐笔计算：",
    },
}


@click.command("score-batch")
@click.argument("card")
@click.option(
    "--bundle", "path", type=click.Path(exists=True, path_type=Path),
    help="Take the card from this bundle (a folder or a zip) instead of the drafts.",
)  # fmt: skip
@click.option("--as", "user", metavar="USER", help="Who asks; needs definition.read. The system otherwise.")
@click.option("--language", type=click.Choice(["en", "zh"]), default=terminal_language, help="Of what is printed.")
@click.option("--json", "as_json", is_flag=True, help="The result as one JSON object.")
@company_option
def score_batch(
    card: str, path: Path | None, user: str | None, language: str, as_json: bool, company: str | None
) -> None:
    """Score every application again by score card CARD as it stands in the drafts, beside the live card."""
    with inside(company, user) as ctx:
        found = rescore(ctx, card, _candidate(ctx, path))
    if as_json:
        click.echo(json.dumps(as_values(found), ensure_ascii=False))
    else:
        _show(found, language)


def _candidate(ctx: Context, path: Path | None) -> Any:
    """The registry with the drafts, or that of a bundle."""
    if path is None:
        from loanloom.services.definitions import working

        return working.registry_of(ctx)
    from loanloom.metadata.bundle import read_bundle
    from loanloom.services.definitions import releases
    from loanloom.services.definitions.releases.known import kinds

    return releases.check_bundle(read_bundle(path, kinds())).registry


def as_values(found: Any) -> Any:
    """For JSON: numbers as text, so that none is rounded on the way; problems in words."""
    if isinstance(found, Problem):
        return {"en": found.in_words("en"), "zh": found.in_words("zh")}
    if is_dataclass(found):
        return {one.name: as_values(getattr(found, one.name)) for one in fields(found)}
    if isinstance(found, Mapping):
        return {name: as_values(one) for name, one in found.items()}
    if isinstance(found, tuple):
        return [as_values(one) for one in found]
    return str(found) if isinstance(found, Decimal) else found


def _show(found: Rescored, language: str) -> None:
    words: dict[str, Any] = _WORDS[language]
    if not found.cases:
        click.echo(words["none"])
        return
    click.echo(words["title"].format(card=found.card, cases=found.cases, moved=found.moved))
    console = Console()
    _table(
        console, words["grade"],
        [(f"{one.key or '-'}  {say(one.title, language)}", one.before, one.after, _share(one.approved))
         for one in found.grades],
    )  # fmt: skip
    _table(console, words["points"], [(one.low, one.before, one.after) for one in found.bands])
    _table(
        console, words["figures"],
        [
            (words["mean"], _points(found.mean_before), _points(found.mean_after)),
            (words["approval"], _share(found.approval_before), _share(found.approval_after)),
            (words["gini"], found.gini_before or "-", found.gini_after or "-"),
        ],
    )  # fmt: skip
    if found.slow:
        click.echo(words["slow"])
        for one in found.slow:
            click.echo(f"  {one.in_words(language)}")


def _table(console: Console, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    table = Table(box=None, pad_edge=False)
    for place, head in enumerate(heads):
        table.add_column(head, justify="left" if place == 0 else "right")
    for row in rows:
        table.add_row(*map(str, row))
    console.print(table)


def _share(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:.1%}"


def _points(value: Decimal | None) -> str:
    return "-" if value is None else f"{value:,.1f}"
