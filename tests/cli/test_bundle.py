"""`loanloom bundle`: prints like a compiler without a database; with one, plans, approves and applies by two people."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.services.definitions.releases.test_pictures import png

from loanloom.cli import doors
from loanloom.cli.bundle import bundle
from loanloom.services.access import users
from loanloom.services.context import Context
from loanloom.services.errors import ServiceError
from loanloom.services.running.surroundings import acting, context_of

ROOT = Path(__file__).parents[2]
PASSWORD = "A-long-test-password-7"
Run = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the model company to spoil."""
    for name in ("metadata", "forms"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("demo"))
    return tmp_path


@pytest.fixture
def run() -> Run:
    return lambda *arguments: CliRunner().invoke(bundle, [str(argument) for argument in arguments])


def spoil(project: Path, name: str, old: str, new: str) -> None:
    path = project / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_sound_bundle_passes_and_so_do_its_cases(project: Path, run: Run) -> None:
    assert run("check", project).exit_code == 0
    tested = run("test", project)
    assert tested.exit_code == 0
    assert "0 failed" in tested.output


def test_a_picture_that_no_page_may_show_is_told_by_its_file(project: Path, run: Run) -> None:
    def shown(content: bytes) -> Result:
        digest = hashlib.sha256(content).hexdigest()
        (project / "metadata/pictures").mkdir(exist_ok=True)
        (project / f"metadata/pictures/{digest}.png").write_bytes(content)
        banners.write_text(before.replace("look: field", f"look: field\n      image: {digest}", 1), encoding="utf-8")
        return run("check", project, "--json")

    banners = project / "metadata/banners/portal.yaml"
    before = banners.read_text("utf-8")
    assert shown(png()).exit_code == 0
    for content, code in (
        (b"<script>", "upload.wrong_type"),
        (png(9000), "picture.too_many_pixels"),
        (png(more=bytes(1_200_000)), "upload.too_large"),
    ):
        found = shown(content)
        (problem,) = [one for one in json.loads(found.stdout) if one["severity"] == "error"]
        assert (found.exit_code, problem["code"]) == (1, code)
        assert problem["file"] == f"metadata/pictures/{hashlib.sha256(content).hexdigest()}.png"


def test_problems_are_printed_with_line_caret_and_hint(project: Path, run: Run) -> None:
    spoil(project, "metadata/products/farmer-loan.yaml", "  currency:", "  curency:")
    found = run("check", project, "--language", "en")
    assert found.exit_code == 1
    lines = found.output.split("\n")
    place = next(number for number, line in enumerate(lines) if "error[metadata.unknown_key]" in line)
    assert lines[place].startswith(f"{project}/metadata/products/farmer-loan.yaml:")
    assert lines[place].endswith('"curency" is not known here.')
    source, caret = lines[place + 1], lines[place + 2]
    assert source[caret.index("^") :].startswith("curency:")
    assert lines[place + 3].strip() == 'hint: Did you mean "currency"?'
    assert "此处不认识键" in run("check", project, "--language", "zh").output


def test_the_caret_stands_right_behind_chinese(project: Path, run: Run) -> None:
    spoil(project, "metadata/code_lists/channel.yaml", "items:", "items:\n    - {key: x, title: {zh: 网点, en: 3}}")
    output = run("check", project, "--language", "en").output.split("\n")
    place = next(number for number, line in enumerate(output) if "error[metadata.wrong_type]" in line)
    source, caret = output[place + 1], output[place + 2]
    assert caret.index("^") == source.index("3}}") + 2  # two wide characters before it


def test_json_and_strict(project: Path, run: Run) -> None:
    found = json.loads(run("check", project, "--json").output)
    assert {problem["severity"] for problem in found} <= {"warning"}
    assert run("check", project, "--strict").exit_code == (1 if found else 0)


def test_a_failing_case_fails_the_test(project: Path, run: Run) -> None:
    spoil(project, "metadata/cases/consumer-approved.yaml", "points: 640", "points: 641")
    failed = run("test", project, "--language", "en")
    assert failed.exit_code == 1
    assert "points is 640, expected 641" in failed.output.replace('"', "")


def test_differences_are_told_in_words(project: Path, run: Run) -> None:
    spoil(project, "metadata/products/sole-trader-loan.yaml", "grace_days: 0", "grace_days: 5")
    told = run("diff", ROOT, project, "--language", "en")
    assert told.exit_code == 1
    assert "Penalty interest › Days of grace changed from 0 to 5." in told.output
    assert run("diff", ROOT, ROOT).exit_code == 0
    assert run("check", project / "nowhere").exit_code == 2


# -- with a company ---------------------------------------------------------------------------------------------------


@pytest.fixture
def company(model_company: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """The model company behind the command line, with two people who may change it."""
    for username, role in (("maker", "business-administrator"), ("reviewer", "risk-officer")):
        users.create(model_company, username=username, name=username, email=f"{username}@example.org",
                     password=PASSWORD, roles=[role], unit="head-office")  # fmt: skip

    @contextmanager
    def inside(key: str | None, user: str | None = None, settings: object = None) -> Iterator[Context]:
        yield acting(context_of(model_company.database, "model-company"), user)

    monkeypatch.setattr(doors, "inside", inside)
    monkeypatch.setenv("LOANLOOM_PASSWORD", PASSWORD)
    return model_company


def test_from_plan_to_live_and_back_by_two_people(company: Context, project: Path, run: Run, tmp_path: Path) -> None:
    spoil(project, "metadata/products/sole-trader-loan.yaml", "grace_days: 0", "grace_days: 5")
    dry = run("plan", project, "--as", "maker", "--dry-run", "--language", "en")
    assert dry.exit_code == 0, dry.output
    assert "Days of grace changed from 0 to 5" in dry.output and "cases, 0 failed" in dry.output
    planned = run("plan", project, "--as", "maker", "--note", "season")
    digest = planned.output.strip().split()[-1]
    assert len(digest) == 64
    with pytest.raises(ServiceError):
        raise run("approve", digest, "--as", "maker").exception
    with pytest.raises(ServiceError):
        raise run("apply", digest, "--as", "reviewer").exception
    assert run("approve", digest[:12], "--as", "reviewer").exit_code == 0
    assert run("apply", digest, "--as", "reviewer").output.strip().endswith("live")
    live = context_of(company.database, "model-company").registry
    assert live.require("product", "sole-trader-loan").at("/penalty/grace_days") == 5
    assert run("drift", project, "--as", "maker").exit_code == 0
    assert run("drift", ROOT, "--as", "maker").exit_code == 1
    assert run("export", tmp_path / "out.zip", "--as", "maker").exit_code == 0
    assert run("check", tmp_path / "out.zip").exit_code == 0
    back = run("rollback", "--as", "maker", "--language", "en")
    assert "Days of grace changed from 5 to 0" in back.output


def test_nobody_acts_without_their_password(
    company: Context, project: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOANLOOM_PASSWORD", "a wrong one")
    refused = run("plan", project, "--as", "maker")
    assert refused.exit_code == 1
    assert "password" in refused.output
