"""The functions of the expression language as a list for the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from loanloom.feel import LENDING
from loanloom.feel.library.descriptions import SUBJECTS


def listed(words: Iterable[str]) -> list[dict[str, Any]]:
    """Every function with its subject, its use and what it does; only those in which every word is found."""
    wanted = list(words)
    found = []
    for subject in SUBJECTS:
        for name, about in subject.rows():
            builtin = LENDING.get(name)
            usage = builtin.usage() if builtin is not None else f"{name}()"
            haystack = " ".join((name, *about.values(), *subject.title.values())).lower()
            if all(word in haystack for word in wanted):
                found.append({"name": name, "usage": usage, "about": dict(about), "subject": dict(subject.title)})
    return found


def printed(found: list[dict[str, Any]], language: str) -> None:
    """By subject, a line for each way to call and one for what it does."""
    subject = None
    for one in found:
        if one["subject"] != subject:
            subject = one["subject"]
            click.secho(f"\n{subject[language]}", bold=True)
        click.echo(f"  {one['usage']}")
        click.secho(f"      {one['about'][language]}", dim=True)
