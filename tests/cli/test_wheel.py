"""The wheel works outside the checkout: `loanloom init`, `loanloom up`, `loanloom bundle check`."""

from __future__ import annotations

import compileall
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.cli.test_up import free_port

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    if not (ROOT / "platform/loanloom/web/static/dist/manifest.json").exists():
        pytest.skip("THE FRONT END IS NOT BUILT: the wheel test did NOT run (make setup builds it)")
    folder = tmp_path_factory.mktemp("wheel")
    source = tmp_path_factory.mktemp("source") / "loanloom"
    ignored = shutil.ignore_patterns("node_modules", "__pycache__", "*.egg-info", ".*", "build", "tests", "docs")
    shutil.copytree(ROOT, source, ignore=ignored)
    done = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel) -> Iterator[Path]:
    """A fresh environment with the wheel; what it depends on is lent from this one, so that no network is needed."""
    folder = Path(tempfile.mkdtemp(prefix="llw-"))
    folder.chmod(0o755)
    venv.create(folder / "venv", with_pip=False)
    site = next((folder / "venv" / "lib").glob("python*/site-packages"))
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    assert compileall.compile_dir(site / "loanloom", quiet=2)  # as an installer does, not each process anew
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def run(installed: Path, *command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [installed / "venv/bin/python", "-m", "loanloom", *command],
        cwd=cwd, capture_output=True, text=True, env=clean() | environment,
    )  # fmt: skip


def clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("LOANLOOM_", "PYTHON"))}


def test_it_holds_everything_and_nothing_more(wheel):
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    for wanted in (
        "loanloom/py.typed",
        "loanloom/model/metadata/bundle.yaml",
        "loanloom/metadata/kinds/product.yaml",
        "loanloom/web/static/dist/manifest.json",
        "loanloom/web/templates/shell.html",
        "loanloom/store/migrations/env.py",
    ):
        assert wanted in names
    assert any(name.startswith("loanloom/model/forms/") for name in names)
    unwanted = ("node_modules", "frontend/", "tests/", "platform/", ".loanloom", "__pycache__")
    assert [name for name in names if any(part in name for part in unwanted)] == []


def test_it_is_the_wheel_that_runs(installed):
    done = subprocess.run(
        [installed / "venv/bin/python", "-c", "import loanloom; print(loanloom.__file__)"],
        cwd=installed, capture_output=True, text=True, env=clean(),
    )  # fmt: skip
    assert done.stdout.startswith(str(installed)), done.stderr


@pytest.fixture(scope="module")
def company(installed) -> Path:
    """A company of one's own, begun outside the checkout."""
    done = run(installed, "init", "my-company", cwd=installed)
    assert done.returncode == 0, done.stderr
    return installed / "my-company"


def test_a_company_of_ones_own_is_begun_and_checked(installed, company):
    assert not (company / "metadata/demo").exists()
    checked = run(installed, "bundle", "check", ".", cwd=company)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    again = run(installed, "init", "my-company", cwd=installed)
    assert again.returncode == 1 and "not empty" in again.stderr


def test_it_serves_outside_the_checkout(installed, company):
    port = free_port()
    output = (installed / "up.txt").open("wb")
    up = subprocess.Popen(
        [installed / "venv/bin/python", "-m", "loanloom", "up", "--port", str(port)],
        cwd=company, stdout=output, stderr=output, env=clean() | {"LOANLOOM_WEB_WORKERS": "1"},
    )  # fmt: skip
    try:
        page = wait_for_page(f"http://127.0.0.1:{port}/login/", up, installed / "up.txt")
        assert "<html" in page and "/static/dist/" in page
    finally:
        up.send_signal(signal.SIGINT)
        assert up.wait(60) == 0


def wait_for_page(url: str, up: subprocess.Popen[bytes], output: Path) -> str:
    until = time.monotonic() + 120
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.read().decode()
        except OSError as error:
            assert up.poll() is None and time.monotonic() < until, f"{error}: {output.read_text()}"
            time.sleep(0.2)
