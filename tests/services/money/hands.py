"""A second pair of hands: run as a program by the tests that race real processes or kill one in the middle."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace
from decimal import Decimal

from loanloom.services.context import Context
from loanloom.services.errors import ServiceError
from loanloom.services.money import changes, disbursements, end_of_day, repayments
from loanloom.services.money.end_of_day import arrears
from loanloom.services.money.end_of_day.plan import BY_KEY
from loanloom.services.money.lines import credit_draws
from loanloom.services.money.lines.draw_rules import Wanted
from loanloom.services.running.surroundings import context_of
from loanloom.store.database import Database


def die_in(step: str, after: int) -> None:
    """Kill this very process, unannounced, after so many chunks of a step, before the chunk is committed."""
    counted = {"left": after}
    whole = BY_KEY[step]

    def work(*arguments):
        figures = whole.work(*arguments)
        counted["left"] -= 1
        if counted["left"] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return figures

    BY_KEY[step] = replace(whole, work=work)


def main() -> None:
    """url company action arguments."""
    arrears.CHUNK = 5  # small enough to share; of this process alone
    url, company, action, *arguments = sys.argv[1:]
    ctx: Context = context_of(Database(url), int(company))
    print("ready", flush=True)
    sys.stdin.readline()  # everybody begins at the same moment
    try:
        if action == "disburse":
            disbursements.disburse(ctx, int(arguments[0]))
        elif action == "draw":  # of a line
            wanted = Wanted(amount=Decimal(arguments[1]), term_months=6, method="equal_principal")
            credit_draws.ask(ctx, int(arguments[0]), wanted)
        elif action == "take_back":  # a disbursement, as another asked for it
            changes.approve(ctx, int(arguments[0]), digest=arguments[1])
        elif action == "repay":
            repayments.receive(ctx, int(arguments[0]), Decimal(arguments[1]))
        elif action == "click":  # the same form, sent from several browsers
            made = repayments.receive(ctx, int(arguments[0]), Decimal(arguments[1]), idempotency_key="form")
            print(made.receipt_number)
            return
        else:
            if len(arguments) > 1:
                die_in(arguments[0], int(arguments[1]))
            end_of_day.work(ctx, end_of_day.open_run(ctx))
    except ServiceError as error:
        print(error.problems[0].code)
        return
    print("done")


if __name__ == "__main__":
    main()
