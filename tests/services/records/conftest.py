"""Fixtures of the tests of records: the model company with its staff, and prospects, accounts and relations of it."""

from __future__ import annotations

from tests.services.approval.conftest import database, lender

__all__ = ["database", "lender"]
