"""The built-in parts, put into the same slots that plugins fill."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import structlog

from loanloom import __version__
from loanloom.core.lending.planning.rules import BUILT_IN
from loanloom.engines.forms.types import BUILT_IN as FIELD_TYPES
from loanloom.plugins import Asked, Outgoing, Part, Plugin
from loanloom.services.context import Context
from loanloom.services.running.work import Progress

log = structlog.get_logger("loanloom.events")


class EventLog:
    """Events of the house that no plugin listens to: told to the log, so that they are seen somewhere."""

    def deliver(self, outgoing: Outgoing) -> None:
        """Write one line."""
        log.info(outgoing.topic, company_id=outgoing.company_id, outbox_id=outgoing.id, **outgoing.payload)


def end_of_day(ctx: Context, progress: Progress, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Close the business date, or day after day until `until` is the business date."""
    from loanloom.services.money import end_of_day as days

    until = arguments.get("until")
    if until is None:
        now = days.close_day(ctx, progress.report)
    else:
        now = days.close_until(ctx, date.fromisoformat(until), progress.report)
    return {"business_date": now.business_date.isoformat()}


def scheduled_releases(ctx: Context, progress: Progress, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let approved releases go live whose day has come."""
    from loanloom.services.definitions import releases

    return {"activated": len(releases.activate_due(ctx))}


def deadlines(ctx: Context, progress: Progress, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let happen what is due for cases; the tick does the same, every few seconds."""
    from loanloom.services.flows import firing

    return {"happened": firing.work(ctx, lambda: datetime.now(UTC))}


def send(ctx: Context, asked: Asked) -> Mapping[str, Any]:
    """What a service node sends through a connector."""
    from loanloom.services.flows import actions

    return actions.send(ctx, asked)


def flow_migration(ctx: Context, progress: Progress, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Move running cases of a flow to another release."""
    from loanloom.services.flows import migrations

    plain = {name: value for name, value in arguments.items() if name != "reason"}
    return {"migration": migrations.move(ctx, migrations.Plan(**plain), reason=arguments["reason"])}


def replay(ctx: Context, progress: Progress, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Go through decided applications again by what a change would make of the definitions."""
    from loanloom.services.definitions import replays

    return replays.go(ctx, progress, int(arguments["replay"]))


def records_import(ctx: Context, progress: Progress, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Bring records in from a workbook."""
    from loanloom.services.records import importing

    return importing.go(ctx, progress, arguments)


def records_reindex(ctx: Context, progress: Progress, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Bring the index of records in line with what they are found by now."""
    from loanloom.services.records import reindexing

    return reindexing.go(ctx, progress, arguments)


def overdue_notices(ctx: Context, progress: Progress, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell relationship managers which of their loans are overdue."""
    from loanloom.services.running import notices

    return {"told": notices.overdue(ctx)}


def customer_notices(ctx: Context, progress: Progress, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell customers what the company's notices say they are told."""
    from loanloom.services.running import customer_notices as telling

    return {"told": telling.send(ctx)}


def archive_notices(ctx: Context, progress: Progress, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell those who keep the archive which contracts should lie in it."""
    from loanloom.services.papers import contract_archive

    return {"told": contract_archive.remind(ctx)}


plugin = Plugin(
    name="loanloom",
    version=__version__,
    parts=(
        Part("connector", "application", EventLog()),
        Part("connector", "case", EventLog()),
        Part("connector", "item", EventLog()),
        Part("node_action", "send", send),
        Part("work", "end_of_day", end_of_day),
        Part("work", "scheduled_releases", scheduled_releases),
        Part("work", "deadlines", deadlines),
        Part("work", "flow_migration", flow_migration),
        Part("work", "replay", replay),
        Part("work", "records_import", records_import),
        Part("work", "records_reindex", records_reindex),
        Part("work", "overdue_notices", overdue_notices),
        Part("work", "archive_notices", archive_notices),
        Part("work", "customer_notices", customer_notices),
        *(Part("principal_rule", key, rule) for key, rule in BUILT_IN.principal.items()),
        *(Part("interest_rule", key, rule) for key, rule in BUILT_IN.interest.items()),
        *(Part("field_type", key, one) for key, one in FIELD_TYPES.items()),
        *(Part("day_count", key, count) for key, count in BUILT_IN.day_counts.items()),
    ),
)
