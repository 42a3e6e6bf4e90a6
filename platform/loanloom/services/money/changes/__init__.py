"""Changes of running loans: asked for, previewed, approved by another person, booked, undone.

Generic over the commands of the core: a new command needs a row of words (words.py) and nothing else here.
"""

from loanloom.services.money.changes.allowed import Action, actions
from loanloom.services.money.changes.deciding import Step
from loanloom.services.money.changes.kinds import Kind, described, kind_of, kinds
from loanloom.services.money.changes.previewing import Preview, preview
from loanloom.services.money.changes.reading import Line, Opened, choices_for, of_loan, opened, waiting
from loanloom.services.money.changes.steps import approve, book, refuse, request, withdraw
from loanloom.services.money.changes.undoing import undo

__all__ = [
    "Action",
    "Kind",
    "Line",
    "Opened",
    "Preview",
    "Step",
    "actions",
    "approve",
    "book",
    "choices_for",
    "described",
    "kind_of",
    "kinds",
    "of_loan",
    "opened",
    "preview",
    "refuse",
    "request",
    "undo",
    "waiting",
    "withdraw",
]
