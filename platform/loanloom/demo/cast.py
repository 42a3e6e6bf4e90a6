"""Who plays: staff and customers, read from metadata/demo. Data only; what they do is in the other modules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import yaml

Habit = Literal["on_time", "in_parts", "prepaid", "as_due", "at_will", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One of the staff, with what a log-in needs."""

    username: str
    name: str
    roles: tuple[str, ...]
    unit: str
    position: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrower:
    """A customer with a log-in to the portal; `customer` is the name of the customer's file."""

    username: str
    customer: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing somebody does on an application: approve, refuse, return, resubmit, or fill in a step's form (`fill_in`
    with what is filled in)."""

    by: str
    decision: str
    opinion: str = ""
    reason: str | None = None
    filled_in: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """Money taken from a credit line on a day; one that waits is asked for and not decided yet."""

    day: date
    amount: Decimal
    term_months: int
    purpose: str
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer with one application and what becomes of it."""

    slug: str
    branch: str
    product: str
    customer: Mapping[str, Any]
    application: Mapping[str, Any]
    guarantors: Sequence[Mapping[str, Any]]
    collateral: Sequence[Mapping[str, Any]]
    applies_on: date
    steps: tuple[Step, ...]
    disbursed_on: date | None
    repays: Habit
    group: str | None = None
    draws: tuple[Draw, ...] = ()

    @property
    def manager(self) -> str:
        """The relationship manager's user name."""
        return f"{self.branch.removesuffix('-branch')}-rm"

    @property
    def head(self) -> str:
        """The branch manager's user name."""
        return f"{self.branch.removesuffix('-branch')}-1"

    def filled_in(self) -> dict[str, Any]:
        """The application form as its maker fills it in."""
        raw = {f"application.{name}": value for name, value in self.application.items()}
        if self.guarantors:
            raw["guarantors"] = list(self.guarantors)
        if self.collateral:
            raw["collateral"] = list(self.collateral)
        return raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """What a borrower applies for without staff on a day; handed in, or left as a draft. `customer`: their record and
    who manages it, for somebody who has no loan and appears nowhere else."""

    borrower: str
    product: str
    day: date
    application: Mapping[str, Any]
    hands_in: bool = False
    customer: Mapping[str, Any] = field(default_factory=dict)
    manager: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody."""

    password: str
    people: tuple[Person, ...]
    customers: tuple[Customer, ...]
    borrowers: tuple[Borrower, ...] = ()
    alone: tuple[Alone, ...] = ()


def read(folder: Path, *, only: int | None = None) -> Cast:
    """The cast in a demo folder; with `only`, the first so many customers (tests play a shorter story)."""
    staff = _load(folder / "staff.yaml")
    files = sorted((folder / "customers").glob("*.yaml"))
    people = [{**person, "roles": tuple(person["roles"])} for person in staff["people"]]
    customers = tuple(_customer(path) for path in files[:only])
    playing = {customer.slug for customer in customers}
    borrowers = tuple(Borrower(**one) for one in staff.get("borrowers", ()) if one["customer"] in playing)
    known, alone = {one.username for one in borrowers}, _load(folder / "portal.yaml")
    return Cast(
        password=staff["password"],
        people=tuple(Person(**person) for person in people),
        customers=customers,
        borrowers=borrowers,
        alone=tuple(Alone(**one) for one in alone if one["borrower"] in known or ("customer" in one and only is None)),
    )


def _customer(path: Path) -> Customer:
    found = _load(path)
    story = found["story"]
    return Customer(
        slug=path.stem,
        branch=found["branch"],
        product=found["product"],
        customer=found["customer"],
        application=found["application"],
        guarantors=found.get("guarantors", ()),
        collateral=found.get("collateral", ()),
        applies_on=story["applies_on"],
        steps=tuple(Step(**step) for step in story.get("decisions", ())),
        disbursed_on=story.get("disbursed_on"),
        repays=story["repays"],
        group=story.get("group"),
        draws=tuple(Draw(**{**one, "term_months": int(one["term_months"])}) for one in story.get("draws", ())),
    )


def _load(path: Path) -> Any:
    return _exact(yaml.safe_load(path.read_text(encoding="utf-8")))


def _exact(value: Any) -> Any:
    """Numbers as Decimal: the services take no floats."""
    if isinstance(value, Mapping):
        return {name: _exact(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_exact(one) for one in value]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(str(value))
    return value
