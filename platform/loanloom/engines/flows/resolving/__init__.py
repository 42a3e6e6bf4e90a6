"""Who does the work of a node: staff, organisation, limits of authority, and every way a flow can name people. Pure."""

from loanloom.engines.flows.resolving.authority import (
    Authority,
    Measured,
    authorities,
    changes,
    read,
    shortfall,
    with_terms,
)
from loanloom.engines.flows.resolving.called import House
from loanloom.engines.flows.resolving.manning import Lack, lacks
from loanloom.engines.flows.resolving.matter import Asked, Known, Matter, Resolver
from loanloom.engines.flows.resolving.organisation import Organisation, Unit, organisation
from loanloom.engines.flows.resolving.roster import Roster, acting, covered, in_scope, tables_of
from loanloom.engines.flows.resolving.staff import Member, Staff

__all__ = [
    "Asked", "Authority", "House", "Known", "Lack", "Matter", "Measured", "Member", "Organisation", "Resolver",
    "Roster", "Staff", "Unit", "acting", "authorities", "changes", "covered", "in_scope", "lacks", "organisation",
    "read", "shortfall", "tables_of", "with_terms",
]  # fmt: skip
