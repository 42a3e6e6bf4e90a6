"""Getting a Chromium for the browser tests where the machine allows it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import click

from loanloom.testing.browser import find_chromium


def provide() -> bool:
    """Whether there is a Chromium now; says loudly when there is none."""
    if find_chromium():
        return True
    click.echo("No Chromium found; trying to install one for the browser tests ...")
    for command in _ways():
        done = subprocess.run(command, capture_output=True)  # noqa: S603 (fixed commands)
        if done.returncode == 0 and find_chromium():
            return True
    click.secho(
        "NO CHROMIUM: the browser tests will be skipped. Install chromium, or name one in LOANLOOM_CHROMIUM.",
        fg="red",
        bold=True,
        err=True,
    )
    return False


def _ways() -> list[list[str]]:
    ways = []
    if os.geteuid() == 0 and shutil.which("apt-get"):
        ways.append(["apt-get", "update", "-qq"])
        ways.append(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
    ways.append([sys.executable, "-m", "playwright", "install", "chromium"])
    return ways
