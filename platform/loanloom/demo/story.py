"""The story, day by day from 2 March to 11 May 2026. Played again it does nothing; interrupted, it goes
on where it stopped.

The company's business date is the bookmark: what belongs to a day is done (each step finds its own traces), then the
day is closed by the same end of day that people use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from loanloom.demo import applying, arranging, cast, desk, lending, log_ins, portal, registers, repaying, volume
from loanloom.demo.cast import Cast
from loanloom.demo.house import BEGINS_ON, KEY, House, found
from loanloom.services.money import end_of_day
from loanloom.store.database import Database

IMPORT_ON = date(2026, 3, 9)
LAST_DUE_ON = date(2026, 5, 9)
ENDS_ON = date(2026, 5, 11)
"""Customer 5 had an instalment due on 6 April: 35 days past due today."""

Tell = Callable[[str, int, int], None]
"""(stage, done, of): where the story is."""
STAGES = ("staff", "days", "import")


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """How much of the story is played; tests play less."""

    project: Path
    customers: int | None = None
    rows: int | None = None
    ends_on: date = ENDS_ON
    key: str = KEY

    @property
    def folder(self) -> Path:
        """Where the demo's data lie."""
        return self.project / "metadata" / "demo"


def play(database: Database, script: Script, tell: Tell) -> House:
    """Play to the end, from wherever it stands."""
    players = cast.read(script.folder, only=script.customers)
    tell("staff", 0, 1)
    house = found(database, script.project, players, script.key)
    tell("staff", 1, 1)
    days = (script.ends_on - BEGINS_ON).days
    while (today := house.business_date) < script.ends_on:
        tell("days", (today - BEGINS_ON).days, days)
        live(house, script, players, today, tell)
        end_of_day.close_day(house.at("finance"))
    tell("days", days, days)
    log_ins.let_in(house, players)
    return house


def live(house: House, script: Script, players: Cast, today: date, tell: Tell) -> None:
    """Everything that people do on one day before it is closed."""
    for customer in players.customers:
        if customer.applies_on == today:
            arranging.form_group(house, players, customer)
            application = applying.apply(house, customer)
            log_ins.let_in(house, players)  # before the decision, so that the borrower is told of it
            applying.decide(house, customer, application)
        if customer.disbursed_on == today:
            lending.lend(house, customer)
        arranging.draw(house, customer, today)
        repaying.pay(house, customer, today)
    if today == IMPORT_ON:
        file = script.folder / "german-credit" / "german.csv"
        volume.bring_in(house, file, rows=script.rows, on_progress=lambda done, of: tell("import", done, of))
        volume.lend(house)
    if today > IMPORT_ON:
        repaying.pay_in_bulk(house, today, missing={"bad"} if today >= LAST_DUE_ON else ())
    desk.work(house, players, today)
    portal.apply(house, players, today)
    registers.keep(house, players, today)
