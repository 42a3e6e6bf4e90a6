"""The source as the architecture tests see it: files, their trees and their lines."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "platform" / "loanloom"


@cache
def modules() -> tuple[Path, ...]:
    """Every Python module of the runtime, but the migrations, which a command writes."""
    found = sorted(PACKAGE.rglob("*.py"))
    return tuple(path for path in found if "node_modules" not in path.parts and path.parent.name != "versions")


@cache
def tree(path: Path) -> ast.Module:
    """Its syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def tracked() -> tuple[str, ...]:
    """What is (or is about to be) in version control."""
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    return tuple(line for line in done.stdout.splitlines() if (ROOT / line).exists())


def short(path: Path) -> str:
    """How a finding names a file."""
    return str(path.relative_to(ROOT))
