"""What exists is reachable, documented and tested: commands, make targets, kinds, slots, tasks."""

from __future__ import annotations

import ast
import re

import click
import pytest
from click.testing import CliRunner
from tests.architecture.source import PACKAGE, ROOT, modules, tree

from loanloom.cli import COMMANDS, cli
from loanloom.metadata.kinds import load_kinds
from loanloom.plugins import SLOTS
from loanloom.tasks.app import TASKS


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there_with_help(name):
    done = CliRunner().invoke(cli, [name, "--help"])
    assert done.exit_code == 0, done.output
    assert "Usage:" in done.output


def test_every_subcommand_says_what_it_does():
    context = click.Context(cli)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        members = command.commands.values() if isinstance(command, click.Group) else [command]
        assert [member.name for member in members if not member.help] == []


def test_an_unknown_command_is_told():
    assert CliRunner().invoke(cli, ["frobnicate"]).exit_code == 2


def test_what_the_readme_and_ci_call_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name in ("README.md", ".ci/run", "CONTRIBUTING.md"):
        called = set(re.findall(r"\bmake ([a-z-]+)", (ROOT / name).read_text()))
        assert called <= targets, name
    assert {"setup", "demo", "demo-once", "test", "check", "bench", "wheel", "help"} <= targets


def test_every_kind_is_documented_used_and_tested():
    page = (ROOT / "docs/reference/kinds.md").read_text()
    tests = "\n".join(path.read_text(errors="replace") for path in (ROOT / "tests").rglob("*.py"))
    for kind in load_kinds():
        assert f"### {kind.key}\n" in page, f"{kind.key}: run `loanloom dev docs`"
        assert list((ROOT / kind.path).glob("*.yaml")), f"the model company has no {kind.key}"
        assert re.search(rf"\b{kind.key}\b", tests), f"no test speaks of {kind.key}"


def test_every_slot_is_used():
    text = "\n".join(path.read_text() for path in modules() if "plugins" not in path.parts)
    assert [slot for slot in SLOTS if f'parts("{slot}")' not in text] == []


def test_every_celery_task_is_loaded_by_the_workers():
    with_tasks = set()
    for path in (PACKAGE / "tasks").glob("*.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef) and any("app.task" in ast.unparse(one) for one in node.decorator_list):
                with_tasks.add(f"loanloom.tasks.{path.stem}")
    assert with_tasks == set(TASKS)


def test_generated_pages_are_up_to_date():
    done = CliRunner().invoke(cli, ["dev", "docs", "--check"])
    assert done.exit_code == 0, done.output
