"""Commands without `up` running: each starts the database, does its work and leaves nothing running."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from loanloom.cli import cli
from loanloom.store.embedded import Server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="llc-"))
    folder.chmod(0o755)
    yield folder
    Server(folder).stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def run(home, pytestconfig):
    def call(*arguments: str) -> Result:
        environment = {"LOANLOOM_HOME": str(home), "LOANLOOM_PROJECT": str(pytestconfig.rootpath)}
        return CliRunner().invoke(cli, list(arguments), env=environment, catch_exceptions=True)

    return call


def test_from_nothing_to_a_company_with_people(run, home, tmp_path, pytestconfig):
    assert "There is no company yet" in run("company", "list").output
    assert "(as before)" in run("db", "upgrade").output
    made = run("company", "create", "east", "--name", "East", "--bundle", str(pytestconfig.rootpath))
    assert made.exit_code == 0 and "admin-east" in made.output, made.output
    assert run("company", "create", "east", "--name", "Again").exit_code == 1
    user = run(
        "user", "create", "li", "--name", "李", "--email", "li@example.cn", "--role", "finance", "--unit", "head-office"
    )
    assert user.exit_code == 0, user.output
    listed = run("user", "list").output
    assert "li " in listed
    assert "admin-east" in listed and "system-administrator" in listed
    assert "admin-east" in run("user", "password", "admin-east").output
    assert run("user", "password", "nobody").exit_code == 1
    assert "Tables and program agree." in run("db", "check").output
    file = tmp_path / "copy.dump"
    saved = run("db", "backup", str(file))
    assert saved.exit_code == 0 and file.read_bytes()[:5] == b"PGDMP", saved.output
    assert run("db", "url").output.startswith("postgresql://loanloom_worker:")
    assert not Server(home).is_running()


def test_two_companies_have_to_be_told_apart(run):
    for key in ("west", "south"):
        assert run("company", "create", key, "--name", key.title()).exit_code == 0
    told = run("user", "list")
    assert told.exit_code == 1 and "Which company?" in told.output
    assert run("user", "list", "--company", "west").output == ""


def test_removing_everything_is_asked_twice(run):
    assert run("company", "create", "north", "--name", "North").exit_code == 0
    assert run("db", "downgrade", "base").exit_code == 1
    assert "north" in run("company", "list").output
