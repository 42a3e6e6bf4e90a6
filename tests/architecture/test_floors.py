"""The floors of the house, as setup.cfg draws them."""

from __future__ import annotations

import subprocess
import sys

from tests.architecture.source import ROOT


def test_each_room_sees_only_what_it_may():
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "0 broken" in done.stdout
