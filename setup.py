"""Puts the model company into the package, for `loanloom init` from a wheel. All else is in pyproject.toml."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
FRONTEND = Path("loanloom/web/static/dist")


class BuildWithModel(build_py):
    """build_py that also copies metadata/ and forms/, and insists on the built front end."""

    def run(self) -> None:
        if self.editable_mode:
            super().run()
            return
        shutil.rmtree(self.build_lib, ignore_errors=True)  # else what was removed since stays in the wheel
        super().run()
        if not (ROOT / "platform" / FRONTEND / "manifest.json").exists():
            raise SystemExit("The front end is not built yet: run `make setup` first.")
        for name in ("metadata", "forms"):
            target = Path(self.build_lib) / "loanloom" / "model" / name
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(ROOT / name, target)


setup(cmdclass={"build_py": BuildWithModel})
