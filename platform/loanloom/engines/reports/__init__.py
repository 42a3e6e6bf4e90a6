"""Reports and list pages: their documents read and checked against the fields there are, with the expressions of their
columns. Pure; counts no rows.
"""

from loanloom.engines.reports.checks import check
from loanloom.engines.reports.report import Column, Report, is_field, read_report

__all__ = ["Column", "Report", "check", "is_field", "read_report"]
