"""What engines find out about a registry can be remembered (ADR 18) only if they ask it by its methods and keep nothing
by registry themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ENGINES = Path(__file__).parents[2] / "platform" / "loanloom" / "engines"
CACHES = {"cache", "lru_cache"}


def functions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in sorted(ENGINES.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield path, node


def decorators(node: ast.FunctionDef) -> set[str]:
    named = (one.func if isinstance(one, ast.Call) else one for one in node.decorator_list)
    return {one.id if isinstance(one, ast.Name) else getattr(one, "attr", "") for one in named}


def test_no_engine_keeps_anything_by_registry_itself() -> None:
    found = [
        f"{path.relative_to(ENGINES)}: {node.name}"
        for path, node in functions()
        if decorators(node) & CACHES and "registry" in {one.arg for one in node.args.args}
    ]
    assert found == []


def test_engines_ask_a_registry_and_do_not_go_through_its_documents() -> None:
    found = [
        f"{path.relative_to(ENGINES)}:{one.lineno}"
        for path, node in functions()
        for one in ast.walk(node)
        if isinstance(one, ast.Attribute) and one.attr in ("documents", "quarantined")
        and isinstance(one.value, ast.Name) and one.value.id == "registry"
    ]  # fmt: skip
    assert found == []


def test_there_is_something_to_look_at() -> None:
    kept = [node.name for _, node in functions() if "kept" in decorators(node)]
    assert len(kept) > 20
