"""A project folder: metadata/, forms/ and company.yaml, which says what the company of the folder begins with."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
import yaml

from loanloom.services.running.founding import Founding

ALLOWED = {"key", "name", "currency", "time_zone", "language", "profile"}

PROFILE = """profile:              # what contracts say of the company beyond its name
  registration_number: ""
  legal_representative: ""
  address: ""
  phone: ""
"""


def model_folder() -> Path:
    """The model company: shipped in the wheel, else the checkout this runs from."""
    shipped = Path(str(files("loanloom"))) / "model"
    checkout = Path(__file__).resolve().parents[3]
    for folder in (shipped, checkout):
        if (folder / "metadata" / "bundle.yaml").exists():
            return folder
    raise click.ClickException("The model company is missing from this installation.")


def read(folder: Path) -> Founding:
    """What company.yaml says; without one, a company called by the bundle's title."""
    bundle = folder / "metadata" / "bundle.yaml"
    if not bundle.exists():
        raise click.ClickException(
            f"There is no bundle in {folder} (metadata/bundle.yaml). Begin one with `loanloom init DIR`, "
            "or say where it is with LOANLOOM_PROJECT."
        )
    path = folder / "company.yaml"
    if not path.exists():
        manifest = yaml.safe_load(bundle.read_text(encoding="utf-8"))
        plain, title = Founding(key=manifest["name"], name=manifest["name"]), manifest.get("title")
        called = title.get(plain.language) if isinstance(title, dict) else None
        return replace(plain, name=str(called)) if called else plain
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise click.ClickException(f"{path} cannot be read: {error}") from None
    if not isinstance(content, dict) or not {"key", "name"} <= set(content) or set(content) - ALLOWED:
        raise click.ClickException(f"{path} needs key and name, and may have {', '.join(sorted(ALLOWED))}; no more.")
    profile = content.pop("profile", None) or {}
    if not isinstance(profile, dict):
        raise click.ClickException(f"{path}: profile is a list of names with values, such as address: ...")
    given: dict[str, Any] = {name: str(value) for name, value in content.items()}
    given["profile"] = {str(name): str(value) for name, value in profile.items()}
    return replace(Founding(key=given["key"], name=given["name"]), **given)


def begin(target: Path, *, name: str | None) -> Founding:
    """Write a project into `target` from the model company, without its demonstration data."""
    if target.exists() and any(target.iterdir()):
        raise click.ClickException(f"{target} is not empty; nothing was written.")
    source = model_folder()
    key = re.sub(r"[^a-z0-9]+", "-", target.resolve().name.lower()).strip("-")
    key = key if re.match(r"[a-z]", key) else f"company-{key}".rstrip("-")
    founding = Founding(key=key[:40], name=name or target.resolve().name)
    target.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source / "metadata", target / "metadata", ignore=shutil.ignore_patterns("demo"))
    shutil.copytree(source / "forms", target / "forms")
    bundle = target / "metadata" / "bundle.yaml"
    written = bundle.read_text(encoding="utf-8")
    bundle.write_text(re.sub(r"(?m)^name:.*$", f"name: {founding.key}", written), encoding="utf-8")
    (target / "company.yaml").write_text(_company(founding), encoding="utf-8")
    (target / ".gitignore").write_text(".loanloom/\n", encoding="utf-8")
    (target / "README.md").write_text(_readme(founding), encoding="utf-8")
    return founding


def _company(founding: Founding) -> str:
    values = {
        "key": founding.key,
        "name": founding.name,
        "currency": founding.currency,
        "time_zone": founding.time_zone,
        "language": founding.language,
    }
    written: str = yaml.safe_dump(values, allow_unicode=True, sort_keys=False)
    return f"# What the company begins with. Read once, when `loanloom up` founds it.\n{written}{PROFILE}"


def _readme(founding: Founding) -> str:
    return f"""# {founding.name}

A Loanloom project: what this lender decides, as documents.

    loanloom up                # database, web server and workers in one terminal
    loanloom bundle check .    # problems with file and line

`metadata/` holds products, flows, scorecards and all the rest, a folder per kind; `forms/` the forms; `company.yaml`
what the company began with. Data, logs and keys are in `.loanloom/`: back it up; keep it out of version control.
"""
