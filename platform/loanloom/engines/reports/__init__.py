"""Reports and list pages: their documents read and checked against the fields there are. Pure; counts no rows."""

from loanloom.engines.reports.checks import check
from loanloom.engines.reports.report import Column, Report, read_report

__all__ = ["Column", "Report", "check", "read_report"]
