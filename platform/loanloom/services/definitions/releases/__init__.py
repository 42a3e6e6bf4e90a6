"""Releases: from drafts or a bundle over check, cases, plan and a second person's approval to what is live.

The studio and the command line call the same functions. Published versions never change; nothing disappears by absence.
"""

from loanloom.services.definitions.releases.activating import activate, activate_due, install
from loanloom.services.definitions.releases.checking import Checked, check, check_bundle
from loanloom.services.definitions.releases.deciding import approve, reject, withdraw
from loanloom.services.definitions.releases.drift import Drift, drift, export
from loanloom.services.definitions.releases.history import Release, by_plan
from loanloom.services.definitions.releases.known import kinds
from loanloom.services.definitions.releases.planning import Plan
from loanloom.services.definitions.releases.proposing import (
    plan_bundle,
    plan_drafts,
    propose_again,
    propose_bundle,
    propose_drafts,
    propose_rollback,
)
from loanloom.services.definitions.releases.snapshots import live, pinned
from loanloom.services.definitions.releases.stops import is_stopped, lift, stop, stopped

__all__ = [
    "Checked", "Drift", "Plan", "Release", "activate", "activate_due", "approve", "by_plan", "check", "check_bundle",
    "drift", "export",
    "install", "is_stopped", "kinds", "lift", "live", "pinned", "plan_bundle", "plan_drafts", "propose_again",
    "propose_bundle", "propose_drafts", "propose_rollback", "reject", "stop", "stopped", "withdraw",
]  # fmt: skip
