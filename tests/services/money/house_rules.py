"""Posting rules of the small lender of the money tests: every event of a loan, few accounts."""

from __future__ import annotations

OUT = """
      - {debit: "1301", credit: "1002", amount: principal - payable - fee, memo: {en: Paid out, zh: 放款}}
      - {debit: "1301", credit: "2241", amount: payable}
      - {debit: "1301", credit: "6021", amount: fee}"""
CLAIMS = """
      - {SIDE: "1301", amount: principal}
      - {SIDE: "1131", amount: interest}
      - {SIDE: "1132", amount: penalty + compound + damages}
      - {SIDE: "1133", amount: fee}"""
SURPLUS = """
      - {SIDE: "2241", amount: surplus}"""
TAX = """
      - {debit: "6011", credit: "2221", amount: tax}"""
IN = """
      - {debit: "1002", amount: amount}"""
KEPT = """
      - {debit: "2241", amount: amount}"""
LOST = """
      - {debit: "6701", amount: amount}"""
BOUNCED = """
      - {credit: "1002", amount: amount}
      - {debit: "2221", credit: "6011", amount: tax}"""
TAKEN_OVER = """
      - {credit: "2299", amount: amount - surplus - surplus}"""
CAPITALISED = """
      - {debit: "1301", amount: amount}
      - {credit: "1131", amount: interest}
      - {credit: "1132", amount: penalty + compound + damages}
      - {credit: "1133", amount: fee}"""
SUSPENDED = """
      - {debit: "6011", credit: "1131", amount: interest}
      - {debit: "6011", credit: "1132", amount: amount - interest}"""


def _on(side: str, lines: str) -> str:
    return lines.replace("SIDE", side)


def events() -> str:
    """The rules as the `events` of a document."""
    received = IN + _on("credit", CLAIMS + SURPLUS) + TAX
    lost = LOST + _on("credit", CLAIMS)
    said = {
        "loan_disbursed": OUT,
        "tranche_drawn": OUT,
        "interest_accrued": ' [{debit: "1131", credit: "6011", amount: interest}]',
        "penalty_accrued": ' [{debit: "1132", credit: "6011", amount: amount}]',
        "fee_due": ' [{debit: "1133", credit: "6021", amount: fee}]',
        **dict.fromkeys(("repayment_received", "guarantor_paid", "assets_taken"), received),
        "surplus_applied": KEPT + _on("credit", CLAIMS) + TAX,
        "surplus_refunded": ' [{debit: "2241", credit: "1002", amount: surplus}]',
        "charged_back": BOUNCED + _on("debit", CLAIMS + SURPLUS),
        **dict.fromkeys(("waived", "charged_off", "written_off"), lost),
        "waiver_revived": LOST.replace("debit", "credit") + _on("debit", CLAIMS),
        "charge_waived": """
      - {debit: "6701", credit: "1133", amount: fee}
      - {debit: "6701", credit: "1132", amount: penalty}""",
        "recovered": ' [{debit: "1002", credit: "6701", amount: amount}]',
        "interest_capitalised": CAPITALISED,
        "interest_suspended": SUSPENDED,
        "interest_restored": SUSPENDED.replace("debit", "DEBIT").replace("credit", "debit").replace("DEBIT", "credit"),
        "loan_taken_over": TAKEN_OVER + _on("debit", CLAIMS) + _on("credit", SURPLUS),
    }
    return "".join(f"\n    {name}:{lines}" for name, lines in said.items())
