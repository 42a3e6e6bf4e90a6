"""`loanloom bundle`: check, test, plan, approve, apply, export, diff, rollback, drift; the studio calls the same.

`check` and `test` need no database. Exit codes: 0 fine, 1 problems (or differences, for diff and drift), 2 wrong use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from loanloom.cli.faults import language as terminal_language
from loanloom.cli.printing import print_problems, print_summary
from loanloom.metadata.bundle import Bundle, read_bundle, write_bundle
from loanloom.metadata.diff import diff as compare
from loanloom.metadata.registry import Registry, build
from loanloom.problems import Problem, errors, say
from loanloom.services.context import Context
from loanloom.services.definitions import releases
from loanloom.services.definitions.saying import said_at

_LANGUAGES = click.Choice(["en", "zh"])
path_argument = click.argument("path", type=click.Path(path_type=Path), default=Path("."))
language_option = click.option("--language", type=_LANGUAGES, default=terminal_language, help="Of what is printed.")
actor_option = click.option("--as", "user", metavar="USER", required=True, help="Who acts; the password is asked for.")
company_option = click.option("--company", metavar="KEY", help="Which company; needed where there are several.")
note_option = click.option("--note", help="Why; kept with the change.")


@click.group()
def bundle() -> None:
    """Definitions as files: check them, and bring them into a company by two people."""


# -- without a database -----------------------------------------------------------------------------------------------


@bundle.command()
@path_argument
@language_option
@click.option("--strict", is_flag=True, help="Warnings count as errors.")
@click.option("--json", "as_json", is_flag=True, help="Problems as JSON.")
def check(path: Path, language: str, strict: bool, as_json: bool) -> None:
    """Check the bundle at PATH (a folder or a zip) as a compiler would."""
    read = _read(path)
    checked = releases.check_bundle(read)
    if as_json:
        click.echo(json.dumps([_as_values(problem) for problem in checked.problems], ensure_ascii=False, indent=1))
    else:
        print_problems(checked.problems, read.files, language, _root(path))
        print_summary(checked.problems, len(read.documents), language)
    _exit(not checked.passed or (strict and bool(checked.problems)))


@bundle.command()
@path_argument
@language_option
def test(path: Path, language: str) -> None:
    """Run the bundle's own cases."""
    from loanloom.testing.cases import run_cases

    read = _read(path)
    checked = releases.check_bundle(read)
    if not checked.passed:
        print_problems(errors(checked.problems), read.files, language, _root(path))
        print_summary(checked.problems, len(read.documents), language)
        _exit(True)
    results = run_cases(checked.registry)
    for result in results:
        mark = click.style("✓", fg="green") if result.passed else click.style("✗", fg="red")
        click.echo(f"{mark} {result.key}: {say(result.title, language)}")
        print_problems(result.problems, read.files, language, _root(path))
    failed = sum(not result.passed for result in results)
    said = {"en": f"{len(results)} cases, {failed} failed.", "zh": f"共 {len(results)} 个案例，{failed} 个未通过。"}
    click.secho(said[language], fg="red" if failed else "green")
    _exit(failed > 0)


@bundle.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@language_option
def diff(old: Path, new: Path, language: str) -> None:
    """What changes from the bundle OLD to the bundle NEW, in words."""
    changes = compare(_registry(old), _registry(new), said_at)
    for change in changes:
        click.echo(say(change.words, language))
    if not changes:
        click.echo({"en": "No difference.", "zh": "没有差异。"}[language])
    _exit(bool(changes))


# -- with a company ---------------------------------------------------------------------------------------------------


@bundle.command()
@path_argument
@actor_option
@company_option
@note_option
@language_option
@click.option("--live-from", type=click.DateTime(["%Y-%m-%d"]), help="The business date on which it goes live.")
@click.option("--dry-run", is_flag=True, help="Only say what would change; propose nothing.")
def plan(
    path: Path, user: str, company: str | None, note: str | None, language: str, live_from: datetime | None,
    dry_run: bool,
) -> None:  # fmt: skip
    """Plan the bundle at PATH against the company and put the plan up for review by somebody else."""
    read = _read(path)
    day = live_from.date() if live_from else None
    with _acting(company, user) as ctx:
        planned = releases.plan_bundle(ctx, read, note=note, live_from=day)
        print_problems(planned.problems, read.files, language, _root(path))
        _print_plan(planned.values, language)
        if dry_run:
            return
        made = releases.propose_bundle(ctx, read, note=note, live_from=day)
        from loanloom.services.definitions.releases import history

        click.echo(f"plan {history.read(ctx, made).plan_digest}")


@bundle.command()
@click.argument("digest")
@actor_option
@company_option
@language_option
@click.option("--opinion", help="Kept with the approval.")
def approve(digest: str, user: str, company: str | None, language: str, opinion: str | None) -> None:
    """Approve the plan with this digest. Whoever made it cannot."""
    with _acting(company, user) as ctx:
        found = _by_digest(ctx, digest)
        _print_plan(found.plan, language)
        state = releases.approve(ctx, found.id, digest if len(digest) == 64 else found.plan_digest, opinion=opinion)
        click.echo(f"#{found.number}: {state}")


@bundle.command()
@click.argument("digest")
@actor_option
@company_option
def apply(digest: str, user: str, company: str | None) -> None:
    """Put the approved plan with this digest into effect; refused if anything moved since."""
    with _acting(company, user) as ctx:
        found = _by_digest(ctx, digest)
        releases.activate(ctx, found.id)
        click.echo(f"#{found.number}: live")


@bundle.command()
@actor_option
@company_option
@note_option
@language_option
@click.option("--to", "number", type=int, help="The number of an earlier release; the one before otherwise.")
def rollback(user: str, company: str | None, note: str | None, language: str, number: int | None) -> None:
    """Propose to go back to an earlier release; it needs a review like any change."""
    from loanloom.services.definitions.releases import history

    with _acting(company, user) as ctx:
        made = history.read(ctx, releases.propose_rollback(ctx, number, note=note))
        _print_plan(made.plan, language)
        click.echo(f"plan {made.plan_digest}")


@bundle.command()
@click.argument("target", type=click.Path(path_type=Path))
@actor_option
@company_option
def export(target: Path, user: str, company: str | None) -> None:
    """Write what is live into TARGET: an empty folder, or a file that ends in .zip."""
    if target.is_dir() and any(target.iterdir()):
        raise click.ClickException(f"{target} is not empty; nothing was written.")
    with _acting(company, user) as ctx:
        files = releases.export(ctx)
    write_bundle(target, files)
    click.echo(f"{len(files)} files written to {target}.")


@bundle.command()
@path_argument
@actor_option
@company_option
@language_option
def drift(path: Path, user: str, company: str | None, language: str) -> None:
    """Where the company and the bundle at PATH differ, definition by definition."""
    sides = {
        "only_live": {"en": "only in the company", "zh": "仅系统中有"},
        "only_bundle": {"en": "only in the bundle", "zh": "仅配置包中有"},
        "differs": {"en": "differs", "zh": "不一致"},
    }
    with _acting(company, user) as ctx:
        found = releases.drift(ctx, _read(path))
    for each in found:
        click.secho(f"{each.kind}/{each.key}: {sides[each.side][language]}", bold=True)
        for change in each.changes if each.side == "differs" else ():
            click.echo(f"  {say(change.words, language)}")
    if not found:
        click.echo({"en": "No drift.", "zh": "没有偏差。"}[language])
    _exit(bool(found))


# -- inside -----------------------------------------------------------------------------------------------------------


def _exit(wrong: bool) -> None:
    """End with 1 where something is wrong."""
    if wrong:
        raise SystemExit(1)


def _read(path: Path) -> Bundle:
    if not path.exists():
        raise click.UsageError(f"{path} does not exist.")
    return read_bundle(path, releases.kinds())


def _registry(path: Path) -> Registry:
    read = _read(path)
    return build(read.documents, releases.kinds(), read.manifest.languages, read.broken).registry


def _root(path: Path) -> str:
    return "" if path == Path(".") or not path.is_dir() else f"{path}/"


def _as_values(problem: Problem) -> dict[str, object]:
    names = ("code", "severity", "file", "line", "column", "pointer", "written")
    values: dict[str, object] = {name: getattr(problem, name) for name in names}
    hint = dict(problem.hint) if problem.hint else None
    return {**values, "message": dict(problem.message), "hint": hint}


@contextmanager
def _acting(company: str | None, user: str) -> Iterator[Context]:
    """The company's surroundings with `user` acting, whose password is LOANLOOM_PASSWORD or asked for."""
    from loanloom.cli.doors import inside
    from loanloom.cli.proving import proven

    with inside(company, user) as ctx:
        proven(ctx)
        yield ctx


def _by_digest(ctx: Context, digest: str) -> releases.Release:
    found = releases.by_plan(ctx, digest)
    if found is None:
        raise click.ClickException(f"There is no plan {digest}. Give what `plan` printed, or its first 8 digits.")
    return found


def _print_plan(values: dict[str, object], language: str) -> None:
    """A plan in words: changes, whom it touches, how the cases ran, from when."""
    for change in _rows(values, "changes"):
        click.echo(f"  {say(change['words'], language)}")
    for impact in _rows(values, "impact"):
        click.echo(f"  → {say(impact['words'], language)}")
    cases = _rows(values, "cases")
    failed = [case["key"] for case in cases if not case["passed"]]
    if cases:
        english, chinese = f"{len(cases)} cases, {len(failed)} failed", f"案例 {len(cases)} 个，{len(failed)} 个未通过"
        click.echo(f"  {chinese if language == 'zh' else english}")
    if day := values.get("live_from"):
        click.echo(f"  自 {day} 起生效" if language == "zh" else f"  Live from {day}")


def _rows(values: dict[str, object], name: str) -> list[dict[str, dict[str, str]]]:
    found = values.get(name)
    return found if isinstance(found, list) else []
