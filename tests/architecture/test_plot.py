"""The plot: no trap for the standard library, every module says what it is, files and functions stay readable."""

from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest
from tests.architecture.source import PACKAGE, ROOT, modules, short, tracked, tree

FORBIDDEN_NAMES = ("utils", "helpers", "common", "manager", "misc")
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
TEXT = {".py", ".yaml", ".md", ".toml", ".cfg", ".json", ".html", ".mjs", ".js", ""}
LONG_BUT_READABLE: dict[str, str] = {}
"""File or file:function -> why it may be longer."""


def test_platform_is_no_package():
    assert not (ROOT / "platform" / "__init__.py").exists(), "it would shadow the standard library's platform"
    assert not (ROOT / "tests" / "platform").exists()
    where = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.__file__)"], cwd=ROOT, capture_output=True, text=True
    )
    assert "loanloom" not in where.stdout and str(ROOT / "platform") not in where.stdout


def test_every_module_says_what_it_is():
    silent = [short(path) for path in modules() if not ast.get_docstring(tree(path))]
    assert silent == []


def test_every_folder_with_modules_is_a_package():
    folders = {path.parent for path in modules()}
    assert [short(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_names_say_something():
    bad = [short(path) for path in modules() if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES]
    assert bad == []


def test_files_can_be_read_in_one_sitting():
    long = {short(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE and name not in LONG_BUT_READABLE} == {}


def test_functions_can_be_seen_at_once():
    found = {}
    for path in modules():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                name = f"{short(path)}:{node.name}"
                if length > LONGEST_FUNCTION and name not in LONG_BUT_READABLE:
                    found[name] = length
    assert found == {}


def test_every_silenced_check_says_why():
    unexplained = []
    pattern = re.compile(r"#\s*(noqa(?!:)|noqa: [A-Z0-9, ]+$|type: ignore(\[[\w,-]+\])?$)")
    for path in modules():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if pattern.search(line.rstrip()):
                unexplained.append(f"{short(path)}:{number}: {line.strip()}")
    assert unexplained == []


@pytest.mark.parametrize("what", ["node_modules/", "static/dist/", ".egg-info/", "loanloom/model/", ".sqlite"])
def test_nothing_built_is_committed(what):
    assert [name for name in tracked() if what in name] == []


def test_no_machine_is_named():
    # written in pieces, so that this file does not find itself
    folders = ["/ro" + "ot/[a-z.]", "/ho" + "me/[a-z]", "/wo" + "rk/(main|in|shared)"]
    hosts = ["pypi." + "org/simple", "files.python" + "hosted", "registry.npm" + "js", "deb.deb" + "ian"]
    pattern = re.compile("|".join(folders + hosts))
    found = []
    for name in tracked():
        path = ROOT / name
        if path.suffix in TEXT and path.is_file():
            for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
                if pattern.search(line):
                    found.append(f"{name}:{number}: {line.strip()[:100]}")
    assert found == []


def test_the_package_ships_its_types():
    assert (PACKAGE / "py.typed").exists()
