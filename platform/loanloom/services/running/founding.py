"""Founding a company: its row, the first release from a bundle, the first person who may log in.

The first release of an empty company is applied by the installer and marked so in the audit (services/releases).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select

from loanloom.problems import Problem, text
from loanloom.services import company as companies
from loanloom.services.access import user_checks, users
from loanloom.services.context import Company, system_actor
from loanloom.services.errors import Conflict, Refused
from loanloom.services.running.surroundings import context_of
from loanloom.store import audit
from loanloom.store.database import Database, set_company
from loanloom.store.tables import company as table

KEY = re.compile(r"[a-z][a-z0-9-]{1,39}")
CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """What a new company begins with. Without `business_date` it is today in its time zone."""

    key: str
    name: str
    currency: str = "CNY"
    time_zone: str = "Asia/Shanghai"
    language: str = "zh"
    business_date: date | None = None
    profile: Mapping[str, str] = field(default_factory=dict)
    """What contracts say of the company beyond its name: registration_number, address ... (fields of `company`)."""


def found(database: Database, founding: Founding, *, now: datetime) -> Company:
    """A new company without any definition; refuses a key that is taken."""
    problems = _problems(founding)
    if problems:
        raise Refused(problems)
    row = {
        "key": founding.key,
        "name": founding.name,
        "currency": founding.currency,
        "time_zone": founding.time_zone,
        "language": founding.language,
        "business_date": founding.business_date or now.astimezone(ZoneInfo(founding.time_zone)).date(),
        "settings": dict(founding.profile),
        "created_at": now,
    }
    with database.transaction() as connection:
        if connection.execute(select(table.c.id).where(table.c.key == founding.key)).first():
            raise Conflict(
                Problem(
                    code="company.key_taken",
                    message=text(f"There is already a company '{founding.key}'.", f"公司“{founding.key}”已存在。"),
                )
            )
        company_id = connection.execute(table.insert().values(row).returning(table.c.id)).scalar_one()
        set_company(connection, company_id)
        audit.write(
            connection, system_actor("installer"), "company.founded", ("company", company_id), after=row, at=now
        )
        return companies.read(connection, int(company_id))


def apply_first_release(database: Database, company_key: str, project: Path) -> None:
    """The bundle in `project` becomes the company's first release; problems refuse it as a whole."""
    from loanloom.services.definitions import releases

    releases.install(context_of(database, company_key, system_actor("installer")), project)


def first_administrator(database: Database, company_key: str, username: str = "admin") -> str:
    """A first person who may manage users and definitions; the password, to be changed at the first log-in."""
    ctx = context_of(database, company_key, system_actor("installer"))
    wanted = {"user.manage", "definition.edit"}
    holders = [role.key for role in ctx.registry.all("role") if wanted & set(role.spec["functions"])]
    password = user_checks.first_password(username)
    users.create(
        ctx,
        username=username,
        name="Administrator",
        email=f"{username}@example.invalid",
        password=password,
        roles=holders,
        must_change=True,
    )
    return password


def _problems(founding: Founding) -> list[Problem]:
    found = []
    if not KEY.fullmatch(founding.key):
        found.append(
            Problem(
                code="company.key",
                message=text(
                    f"'{founding.key}' cannot be the key of a company.", f"“{founding.key}”不能作为公司标识。"
                ),
                hint=text(
                    "Small letters, digits and hyphens, beginning with a letter.", "小写字母开头，可用数字和连字符。"
                ),
            )
        )
    if not CURRENCY.fullmatch(founding.currency):
        found.append(
            Problem(code="company.currency", message=text("A currency has three letters.", "币种应为三位字母代码。"))
        )
    try:
        ZoneInfo(founding.time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        found.append(
            Problem(
                code="company.time_zone",
                message=text(f"There is no time zone '{founding.time_zone}'.", f"时区“{founding.time_zone}”不存在。"),
                hint=text("For example Asia/Shanghai.", "例如 Asia/Shanghai。"),
            )
        )
    return found
