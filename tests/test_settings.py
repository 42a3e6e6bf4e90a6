"""Settings: every one documented, every bad value told at once, secrets never shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loanloom import settings
from loanloom.settings import Settings, SettingsError, described, environment, load

ROOT = Path(__file__).parents[1]
INTERNAL = {"LOANLOOM_RUN"}


def test_the_reference_page_is_up_to_date():
    assert (ROOT / "docs/reference/settings.md").read_text() == settings.reference(), "run `loanloom dev docs`"


def test_every_setting_is_described():
    for each in described():
        assert each.help.endswith("."), each.variable
        assert each.section


def test_every_setting_is_used_somewhere():
    files = [path for path in (ROOT / "platform").rglob("*.py") if path.name != "settings.py"]
    code = "\n".join(path.read_text() for path in [*files, *(ROOT / "tests/browser").glob("*.py")])
    names = [each.variable for each in described()]
    unused = [name for name in names if not re.search(rf"\.{name.removeprefix('LOANLOOM_').lower()}\b|{name}\b", code)]
    assert unused == []


def test_every_variable_named_anywhere_is_a_setting():
    known = {each.variable for each in described()} | INTERNAL
    for folder in ("platform", "tests", "docs", "plugins", "benchmarks", "Makefile", ".ci", "README.md"):
        place = ROOT / folder
        files = [place] if place.is_file() else [path for path in place.rglob("*") if path.suffix in FILES]
        for path in files:
            if "node_modules" in path.parts or "dist" in path.parts:
                continue
            named = set(re.findall(r"\bLOANLOOM_[A-Z_]+\b", path.read_text(errors="replace")))
            assert named <= known, f"{path}: {sorted(named - known)}"


FILES = {".py", ".md", ".yaml", ".html", ".cfg", ".toml", ".js", ".sh"}


def test_values_are_read_by_their_type(tmp_path):
    read = load({"LOANLOOM_PORT": " 8081 ", "LOANLOOM_HTTPS_ONLY": "Yes", "LOANLOOM_HOME": str(tmp_path), "OTHER": "x"})
    assert (read.port, read.https_only, read.home) == (8081, True, tmp_path)
    assert load({"LOANLOOM_PORT": ""}).port == 8080
    assert load({"LOANLOOM_HTTPS_ONLY": ""}).https_only is False


def test_folders_are_absolute_wherever_one_stands():
    assert load({}).home.is_absolute() and load({"LOANLOOM_PROJECT": "a"}).project.is_absolute()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"LOANLOOM_PORT": "http"}, "LOANLOOM_PORT must be a whole number, not 'http'."),
        ({"LOANLOOM_PORT": "70000"}, "LOANLOOM_PORT must lie between 0 and 65535."),
        ({"LOANLOOM_HTTPS_ONLY": "perhaps"}, "LOANLOOM_HTTPS_ONLY must be yes or no, not 'perhaps'."),
        ({"LOANLOOM_LOG_LEVEL": "loud"}, "LOANLOOM_LOG_LEVEL must be debug, info, warning or error."),
        ({"LOANLOOM_DATABASE_URL": "sqlite:///x"}, "LOANLOOM_DATABASE_URL must begin with postgresql://"),
        ({"LOANLOOM_DATABASE_URL": "postgresql://x"}, "are given together or not at all"),
    ],
)
def test_bad_values_are_told(given, words):
    with pytest.raises(SettingsError, match=re.escape(words)):
        load(given)


def test_all_bad_values_are_told_at_once():
    with pytest.raises(SettingsError) as told:
        load({"LOANLOOM_PORT": "x", "LOANLOOM_WEB_WORKERS": "y"})
    assert "LOANLOOM_PORT" in str(told.value) and "LOANLOOM_WEB_WORKERS" in str(told.value)


def test_another_process_reads_the_same(tmp_path):
    given = Settings(home=tmp_path, port=9000, https_only=True, secret_key="s")
    assert load(environment(given)) == given


def test_secrets_are_not_shown():
    given = Settings(secret_key="hush", encryption_keys="hush", broker_url="redis://:hush@h")
    assert "hush" not in repr(given)
