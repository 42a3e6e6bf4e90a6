"""Nothing is taken out of principal up front (砍头息): the rule, and what the law makes of a loan that breaks it.

Civil Code of the PRC, art. 670: interest must not be deducted from the principal in advance; where it was, the loan is
repaid, and bears interest, by the amount actually received.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from loanloom.core.lending.agreed.charges import UPFRONT_EVENTS, ChargeTerms
from loanloom.core.lending.agreed.terms import Terms
from loanloom.core.lending.planning.instalments import Instalment
from loanloom.core.lending.pricing.charging import Charge, planned_charges
from loanloom.core.money import formatted, total
from loanloom.problems import Problem, say, text


def taken_up_front(terms: Terms, rows: tuple[Instalment, ...]) -> tuple[Charge, ...]:
    """The charges that the borrower's money is shortened by before he has it: kept back, or lent to him to pay them."""
    return tuple(made for made in planned_charges(terms, rows) if takes_principal(made.terms) and made.borne)


def takes_principal(charge: ChargeTerms) -> bool:
    """Whether a charge is paid out of the principal itself."""
    return charge.settled in {"deducted", "capitalised"} and charge.event in (*UPFRONT_EVENTS, "accruing", "date")


def deducted_from(terms: Terms, rows: tuple[Instalment, ...]) -> Decimal:
    """What is kept back of the borrower's money on the first day."""
    return total(
        made.borne
        for made in planned_charges(terms, rows)
        if made.terms.settled == "deducted" and made.on <= terms.start_on
    )


def legal_principal(terms: Terms, rows: tuple[Instalment, ...]) -> Decimal:
    """The principal that the law sees: what the borrower really received."""
    return terms.principal - total(made.borne for made in taken_up_front(terms, rows))


def legal_terms(terms: Terms, rows: tuple[Instalment, ...]) -> Terms:
    """The same loan as the law sees it: on the amount received, without what was taken from it."""
    kept = tuple(charge for charge in terms.charges if not takes_principal(charge))
    return replace(terms, principal=legal_principal(terms, rows), charges=kept)


def upfront_problems(terms: Terms, rows: tuple[Instalment, ...]) -> tuple[Problem, ...]:
    """Why a loan may not be paid out as it stands; nothing where the product has switched the rule off."""
    if terms.upfront_deduction:
        return ()
    found = [_refusal(terms, rows, made) for made in taken_up_front(terms, rows)]
    early = [row for row in rows if row.due_on <= terms.start_on and row.interest > 0]
    if early:
        found.append(
            Problem(
                code="lending.interest_in_advance",
                message=text(
                    "Interest falls due on the day the money is paid out.", "放款当日即收取利息，属于预先扣除利息。"
                ),
                hint=text("Let the first instalment fall due later.", "请将首期还款日后移。"),
            )
        )
    return tuple(found)


def _refusal(terms: Terms, rows: tuple[Instalment, ...], made: Charge) -> Problem:
    digits = terms.rounding.digits
    amount, legal = formatted(made.borne, digits), formatted(legal_principal(terms, rows), digits)
    names = {language: say(made.terms.title, language) or made.terms.key for language in ("en", "zh")}
    return Problem(
        code="lending.taken_from_principal",
        message=text(
            f"{names['en']} ({amount}) would be taken out of the principal; by law the loan would be {legal} only.",
            f"“{names['zh']}”（{amount}）将从本金中预先扣除，依法本金只能按 {legal} 认定。",
        ),
        hint=text("Add it to an instalment, or invoice it.", "请改为随期收取或单独开票收取。"),
    )
