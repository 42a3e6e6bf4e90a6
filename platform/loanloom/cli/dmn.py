"""`loanloom dmn`: decision models of the standard DMN. Check a file, run it, bring it in, hand it out.

`check` and `run` need no project. Exit codes: 0 fine; 1 the model has mistakes or no value; 2 wrong use.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from loanloom import dmn as models
from loanloom.cli.faults import language as terminal_language
from loanloom.dmn.model import Definitions
from loanloom.feel import plain, to_text
from loanloom.feel.running.values import kind_of

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
language_option = click.option(
    "--language", type=click.Choice(["en", "zh"]), default=terminal_language, help="Of what is printed."
)
with_option = click.option(
    "--with", "others", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A model that FILE imports; may be given several times.",
)  # fmt: skip
project_option = click.option(
    "--project", type=click.Path(exists=True, path_type=Path), help="Where the definitions are."
)


@click.group()
def dmn() -> None:
    """Decision models of the standard DMN: check, run, import, export."""


@dmn.command()
@file_argument
@with_option
@language_option
def check(file: Path, others: tuple[Path, ...], language: str) -> None:
    """Check the model in FILE: structure, references, types and every expression."""
    definitions = _read(file, language)
    compiled = models.compile_model(definitions, [_read(one, language) for one in others])
    _say(compiled.problems, file, language)
    count, wrong = len(definitions.decisions), len(compiled.problems)
    said = {
        "en": f"{count} decision{'' if count == 1 else 's'}, {wrong} mistake{'' if wrong == 1 else 's'}.",
        "zh": f"共 {count} 个决策，{wrong} 处错误。",
    }
    click.secho(said[language], fg="red" if compiled.problems else "green")
    _exit(bool(compiled.problems))


@dmn.command()
@file_argument
@with_option
@click.option("--facts", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Inputs, YAML or JSON.")
@click.option("--decision", "names", multiple=True, help="A decision or service; all decisions by default.")
@click.option("--standard", is_flag=True, help="As the standard has it: an error becomes null.")
@click.option("--json", "as_json", is_flag=True, help="Values and trace as one JSON object.")
@language_option
def run(
    file: Path,
    others: tuple[Path, ...],
    facts: Path | None,
    names: tuple[str, ...],
    standard: bool,
    as_json: bool,
    language: str,
) -> None:
    """Compute the decisions of the model in FILE and say how they came about."""
    mode = "standard" if standard else "strict"
    compiled = models.compile_model(_read(file, language), [_read(one, language) for one in others], mode=mode)
    if not compiled.ok:
        _say(compiled.problems, file, language)
        _exit(True)
    result = compiled.evaluate(names or None, _facts(facts, compiled) if facts else {})
    if as_json:
        values = {"values": _values(result.values), "trace": [_step(one, language) for one in result.trace]}
        click.echo(json.dumps(values, ensure_ascii=False, indent=1))
    else:
        for step in result.trace:
            _print_step(step, language)
    _say(() if standard else result.problems, file, language)
    _exit(bool(result.problems) and not standard)


@dmn.command("import")
@file_argument
@click.option("--key", required=True, help="The key of the new document.")
@click.option(
    "--subject", type=click.Choice(["application", "customer"]), default="application", help="What it is about."
)
@project_option
@language_option
def import_(file: Path, key: str, subject: str, project: Path | None, language: str) -> None:
    """Print the model in FILE as a document (YAML) of kind decision_model, its drawing kept."""
    from loanloom.engines.decisions import exchange
    from loanloom.metadata.flow_text import write_document

    found = exchange.imported(_read(file, language), key, _registry(project) if project else None, subject)
    click.echo(write_document(found.mapping), nl=False)
    if found.unbound:
        listed = ", ".join(found.unbound)
        said = {
            "en": f"Say which facts these inputs take (value: in the document): {listed}",
            "zh": f"请在文档的 value 中指定这些输入取自哪些事实：{listed}",
        }
        click.secho(said[language], fg="yellow", err=True)


@dmn.command()
@click.argument("key")
@project_option
@language_option
def export(key: str, project: Path | None, language: str) -> None:
    """Print the decision model KEY, or the table of the rule set KEY, as a DMN 1.5 file."""
    from loanloom.engines.decisions import exchange

    registry = _registry(project or Path())
    document = registry.get("decision_model", key) or registry.get("ruleset", key)
    if document is None:
        listed = ", ".join(sorted(one.key for kind in ("decision_model", "ruleset") for one in registry.all(kind)))
        said = {
            "en": f"There is no decision model or rule set {key}. There are: {listed}",
            "zh": f"没有决策模型或规则集“{key}”。现有：{listed}",
        }
        raise click.ClickException(said[language])
    definitions = exchange.exported(document, language)
    if definitions is None:
        said = {
            "en": f"The rule set {key} is a list of rules, not a table: there is no decision table to hand out.",
            "zh": f"规则集“{key}”是规则列表而非决策表，无法导出。",
        }
        raise click.ClickException(said[language])
    click.echo(models.write_xml(definitions), nl=False)


def _read(file: Path, language: str) -> Definitions:
    read = models.read_xml(file.read_bytes())
    _say(read.problems, file, language)
    if read.definitions is None:
        _exit(True)
        raise AssertionError
    return read.definitions


def _say(problems: tuple[models.DmnProblem, ...], file: Path, language: str) -> None:
    for one in problems:
        place = f"{file}:{one.place.line}: " if one.place.line else f"{file}: "
        inside = f" ({one.line}:{one.column})" if (one.line, one.column) != (1, 1) else ""
        click.echo(place + click.style(one.code, fg="red", bold=True) + f": {one.in_words(language)}{inside}", err=True)


def _registry(folder: Path) -> Any:
    from loanloom.metadata.bundle import read_bundle
    from loanloom.metadata.registry import build
    from loanloom.services.definitions.releases.known import kinds

    return build(read_bundle(folder, kinds()).documents, kinds()).registry


def _facts(path: Path, compiled: models.CompiledModel) -> dict[str, Any]:
    """Inputs of a file, each read as the type that the model gives it."""
    from loanloom.engines.facts import read_value
    from loanloom.metadata.tree import read_tree

    tree = read_tree(path.read_text("utf-8"), str(path))
    if tree.problems or not isinstance(tree.value, dict):
        said = tree.problems[0].in_words(terminal_language()) if tree.problems else "not a mapping"
        raise click.ClickException(f"{path}: {said}")
    found = {}
    for name, value in tree.value.items():
        unit = compiled.unit(str(name))
        found[str(name)] = read_value(value, unit.type if unit is not None else None)
    return found


def _values(values: Any) -> Any:
    return {name: None if kind_of(one) == "function" else plain(one) for name, one in values.items()}


def _step(step: models.Step, language: str) -> dict[str, Any]:
    return {
        "decision": step.element,
        "value": _values({"value": step.value})["value"],
        "inputs": _values(step.inputs),
        "rules": [row + 1 for hit in step.tables for row in hit.result.hits],
        "problems": [one.in_words(language) for one in step.problems],
    }


def _print_step(step: models.Step, language: str) -> None:
    value = "-" if step.failed else to_text(step.value, quoted=True)
    click.echo(f"{click.style(step.element, bold=True)} = {value}")
    rules = [str(row + 1) for hit in step.tables for row in hit.result.hits]
    if rules:
        click.echo(f"  {'rules' if language == 'en' else '命中规则'}: {', '.join(rules)}")
    for name, value in step.inputs.items():
        click.echo(f"  {name} = {to_text(value, quoted=True)}")
    for one in step.problems:
        click.secho(f"  {one.in_words(language)}", fg="red")


def _exit(failed: bool) -> None:
    if failed:
        raise SystemExit(1)
