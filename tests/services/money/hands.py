"""More pairs of hands: run as a program (others.py) by the tests that race real processes or kill one in the middle.
Each action has a process of its own, forked before there is any connection."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
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


def act(ctx: Context, action: str, *arguments: str) -> str:
    """Do it; the word for how it went."""
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
        return str(made.receipt_number)
    else:
        if len(arguments) > 1:
            die_in(arguments[0], int(arguments[1]))
        end_of_day.work(ctx, end_of_day.open_run(ctx))
    return "done"


class Child:
    """A process that gets ready, waits for the others, acts, and says how it went."""

    def __init__(self, wait: Callable[[], object], url: str, company: int, action: list[str]) -> None:
        self._said, saying = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            code = 1
            try:
                os.close(self._said)
                ctx = context_of(Database(url), company)
                os.write(saying, b"ready\n")
                wait()
                try:
                    said = act(ctx, *action)
                except ServiceError as error:
                    said = error.problems[0].code
                os.write(saying, said.encode())
                code = 0
            finally:  # nothing of the program that forked may run on in this process
                if code:
                    traceback.print_exc()
                os._exit(code)
        os.close(saying)

    def ready(self) -> None:
        """Wait until it is."""
        assert os.read(self._said, 6) == b"ready\n"

    def ended(self) -> str:
        """What it said, or how it died."""
        said = os.read(self._said, 1000).decode()
        code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return said or f"died {code}"


def main(url: str, company: str, actions: str) -> None:
    """Waits for a line, then all actions begin at the same moment."""
    arrears.CHUNK = 5  # small enough to share; of these processes alone
    opened = Database(url)
    context_of(opened, int(company))  # the release is understood once, too
    opened.close()
    waiting, gate = os.pipe()

    def wait() -> None:
        os.close(gate)
        os.read(waiting, 1)  # ends when nobody holds the gate any more

    children = [Child(wait, url, int(company), action) for action in json.loads(actions)]
    for child in children:
        child.ready()
    print("ready", flush=True)
    sys.stdin.readline()
    os.close(gate)
    print(json.dumps([child.ended() for child in children]))
