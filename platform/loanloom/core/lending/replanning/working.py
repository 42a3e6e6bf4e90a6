"""The working plan of a loan whose interest follows what is really outstanding.

Before the day the plan is made for, every day bears interest on what was really outstanding; after it, the plan
assumes that what is overdue is paid on that day and everything later when due. An instalment keeps its level; interest
that does not fit into it moves on to the next one, and the last open instalment takes whatever is left. So nothing is
replayed: a row carries what it has borne so far, and a payment only changes what the days after it bear.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from decimal import Context, Decimal, localcontext

from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.schedule import arithmetic
from loanloom.core.lending.replanning.bearing import interest_of
from loanloom.core.money import ZERO, total


@dataclass(slots=True)
class Row:
    """One instalment while the plan is worked on. `level` is what it takes in all, `agreed` what it took before the
    plan had to fit what is left; `carried` is the interest borne up to `counted_from`, not yet money."""

    number: int
    start_on: date
    due_on: date
    rate: Decimal
    level: Decimal = ZERO
    agreed: Decimal = ZERO
    principal: Decimal = ZERO
    interest: Decimal = ZERO
    principal_paid: Decimal = ZERO
    interest_paid: Decimal = ZERO
    carried: Decimal = ZERO
    counted_from: date = date.min
    opening: Decimal = ZERO
    base: Decimal = ZERO
    drawn: Decimal = ZERO
    defers_interest: bool = False
    credited_principal: Decimal = ZERO
    credited_interest: Decimal = ZERO
    extra: bool = False
    renewed: bool = False

    @property
    def fixed(self) -> bool:
        """A row outside the plan: a down payment, due the day it arises, or one made for a charge."""
        return self.extra or (self.start_on == self.due_on and not self.renewed)

    @property
    def paid(self) -> Decimal:
        """Principal and interest received."""
        return self.principal_paid + self.interest_paid

    @property
    def full_level(self) -> Decimal:
        """The level with what has been charged back into the row."""
        return self.level + self.credited_principal + self.credited_interest

    @property
    def settled(self) -> bool:
        """Whether the row has got all that it takes."""
        return self.paid >= self.full_level

    @property
    def unpaid(self) -> Decimal:
        """Principal of the row still to come."""
        return self.principal - self.principal_paid


@dataclass(frozen=True, slots=True)
class Planned:
    """What a projection gives a row, what bears interest in it, and the interest it could not take."""

    principal: Decimal
    interest: Decimal
    base: Decimal
    left_over: Decimal


@dataclass(slots=True)
class Plan:
    """Rows, what is outstanding on them, and the day up to which they have borne interest."""

    terms: Terms
    rows: list[Row]
    outstanding: Decimal = ZERO
    follows_arrears: bool = True
    bears: bool = True
    credits_bear: bool = True

    def copy(self) -> Plan:
        """A plan to try something on."""
        return replace(self, rows=[replace(row) for row in self.rows])

    def arithmetic(self) -> AbstractContextManager[Context]:
        """The precision that the terms agree for what is not yet money."""
        return localcontext(arithmetic(self.terms))

    @property
    def open_rows(self) -> Iterable[Row]:
        """The rows that the plan works on."""
        return (row for row in self.rows if not row.fixed)

    def advance(self, on: date) -> None:
        """Let what is outstanding bear interest up to a day."""
        if not self.bears:
            return
        for row in self.open_rows:
            self.count(row, on)

    def count(self, row: Row, on: date) -> None:
        """Let a row bear interest on what is outstanding up to a day."""
        start, end = max(row.counted_from, row.start_on), min(on, row.due_on)
        if start >= end:
            return
        base = self.outstanding
        if not self.follows_arrears:
            base -= total(each.unpaid for each in self.open_rows if each.due_on <= row.start_on)
        base -= self._free(row)
        with self.arithmetic():
            row.carried += interest_of(self.terms, row.start_on, row.due_on, base, row.rate, start, end)
        row.counted_from = end

    @property
    def by_rest(self) -> bool:
        """Whether a changed balance counts from the next due date only."""
        recalculation = self.terms.recalculation
        return recalculation is not None and recalculation.rest != "daily"

    def rest(self, on: date) -> None:
        """Where a changed balance counts from the next due date only: the running row bears on it to its end."""
        for row in self.open_rows if self.by_rest and self.bears else ():
            if row.start_on < on < row.due_on:
                self.count(row, row.due_on)

    def _free(self, row: Row) -> Decimal:
        """What is owed again in a row and later ones, where that bears no interest."""
        if self.credits_bear:
            return ZERO
        return total(each.credited_principal for each in self.open_rows if each.due_on > row.start_on)

    def _end_stretch(self) -> None:
        """Where interest becomes money by stretches of one balance: what was borne before the balance changed."""
        if self.terms.rounding_place == "stretch":
            for row in self.open_rows:
                row.carried = self.terms.rounding.apply(row.carried)

    def absorber(self) -> Row | None:
        """The row that takes what the others leave: the last that has not got all it takes."""
        waiting = [row for row in self.open_rows if not row.settled]
        return waiting[-1] if waiting else None

    def project(self, on: date, until: date | None = None) -> dict[int, Planned]:
        """What each row owes in all if overdue amounts are paid on `on` and the rest when due; interest that falls
        after `until` is left away."""
        with self.arithmetic():
            found, left_over = self._walk(on, until, ZERO)
            late = left_over
            if left_over and until is None:
                late = self._walk(on, on, ZERO)[1]
            if late:
                found = self._walk(on, until, late)[0]
            return found

    def _walk(self, on: date, until: date | None, extra: Decimal) -> tuple[dict[int, Planned], Decimal]:
        """One pass over the rows; `extra` is interest that falls to the absorbing row from settled ones after it."""
        absorber, money = self.absorber(), self.terms.rounding.apply
        remaining, overdue, carry = self.outstanding, ZERO, ZERO
        balance: Decimal | None = None
        found: dict[int, Planned] = {}
        beyond = False
        for row in self.rows:
            if row.fixed:
                found[row.number] = Planned(row.principal, row.interest, ZERO, ZERO)
                continue
            past = row.due_on < on
            if not past and balance is None:
                balance = self.outstanding - overdue
            own = row.carried if past or balance is None else self._borne(row, on, balance, until)
            if beyond and extra:
                own = row.carried
            borne = money(own + row.credited_interest) + carry
            if row is absorber:
                borne += extra
            planned, unpaid = self._row(row, borne, remaining, last=row is absorber)
            found[row.number] = replace(planned, base=row.base if past or balance is None else balance)
            carry = planned.left_over
            remaining -= unpaid
            if balance is None:
                overdue += unpaid
            else:
                balance = max(balance - unpaid, ZERO)
            beyond = beyond or row is absorber
        return found, carry if absorber is not None else ZERO

    def _borne(self, row: Row, on: date, balance: Decimal, until: date | None) -> Decimal:
        """What a row has borne and will bear to its end; where what is overdue is assumed paid on the day, a stretch
        of one balance ends there."""
        start, end = max(row.counted_from, row.start_on), row.due_on
        if not self.bears:
            return row.carried
        if until is not None:
            end = min(end, until)
        if self.by_rest and row.start_on < on and self.follows_arrears:
            balance = self.outstanding
        ahead = interest_of(self.terms, row.start_on, row.due_on, balance - self._free(row), row.rate, start, end)
        if self.terms.rounding_place == "stretch" and balance != self.outstanding:
            return self.terms.rounding.apply(row.carried) + ahead
        return row.carried + ahead

    def _row(self, row: Row, borne: Decimal, remaining: Decimal, *, last: bool) -> tuple[Planned, Decimal]:
        """One row's principal and interest, and the principal that is still to come of it."""
        level, paid = row.full_level, row.principal_paid
        if row.defers_interest:
            interest = row.interest_paid
            unpaid = max(min(level - interest - paid, remaining), ZERO)
        elif last:
            interest = max(borne, row.interest_paid)
            unpaid = max(remaining, ZERO)
        else:
            interest = row.interest_paid if paid > max(level - borne, ZERO) else min(borne, level)
            interest = max(interest, row.interest_paid)
            unpaid = max(min(level - interest - paid, remaining), ZERO)
        return Planned(paid + unpaid, interest, ZERO, max(borne - interest, ZERO)), unpaid

    def settle(self, on: date) -> None:
        """Take the projection as the plan."""
        planned = self.project(on)
        for row in self.rows:
            made = planned[row.number]
            if not row.fixed:
                row.principal, row.interest, row.base = made.principal, made.interest, made.base
                row.level = made.principal + made.interest - row.credited_principal - row.credited_interest
        self.reopen()

    def reopen(self) -> None:
        """The balance at the start of each row, from what was drawn and falls due before."""
        balance = self.rows[0].opening if self.rows else ZERO
        for row in self.rows:
            row.opening = balance
            balance += row.drawn + row.credited_principal - row.principal

    def row(self, number: int) -> Row:
        """The row of a number."""
        return next(row for row in self.rows if row.number == number)

    def pay(self, row: Row, component: str, amount: Decimal, on: date) -> None:
        """Money for a row's principal or interest; what it leaves outstanding bears interest from this day on."""
        several = sum(not each.settled for each in self.open_rows) > 1
        if component == "interest":
            row.interest_paid += amount
            return
        row.principal_paid += amount
        if not row.fixed:
            self.outstanding -= amount
            self._end_stretch()
        if several and on < row.start_on and (row.paid > row.full_level or row.paid == row.agreed):
            row.level = row.paid - row.credited_principal - row.credited_interest
