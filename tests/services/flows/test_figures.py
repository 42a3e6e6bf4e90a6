"""Figures of cases: working time as the engine counts it, service levels, the funnel, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, text
from tests.services.approval.lender import STAFF
from tests.services.flows import plans
from tests.services.flows.house import House, registry
from tests.services.money.house import counted

from loanloom.engines.flows import deadlines
from loanloom.services.errors import Forbidden, Refused
from loanloom.services.flows import figuring
from loanloom.services.flows.figures import Asked, Figures
from loanloom.store import tables
from loanloom.testing.postgres import Cluster

ITEM, CASE = tables.work_item, tables.flow_case
SPRING = Asked(since=date(2026, 2, 1), until=date(2026, 5, 31), flow="seal")
SHANGHAI = ZoneInfo("Asia/Shanghai")


def read(house: House, who: str = "auditor", asked: Asked = SPRING, at: datetime | None = None) -> Figures:
    ctx = house.ctx(who)
    return figuring.read(replace(ctx, now=at or ctx.now), asked)


def test_waiting_is_working_time_as_the_engine_counts_it(house: House) -> None:
    """Over nights, weekends, holidays and made-up working days; before opening and after closing time too."""
    chance, working = Random(5), deadlines.working_time(next(iter(registry().all("calendar"))).spec)
    waited = []
    for _ in range(24):
        case_id = house.start(amount="500")
        house.act("risk", case_id, "decide", decision="approve")
        opened = datetime(2026, 2, 9, tzinfo=SHANGHAI) + timedelta(minutes=chance.randrange(60 * 24 * 60))
        closed = opened + timedelta(minutes=chance.choice((3, 200, 3000, 30_000)) * chance.randrange(1, 4))
        waited.append(deadlines.worked(working, opened, closed))
        with house.ctx("risk").transaction() as connection:
            times = {"opened_at": opened, "decided_at": closed, "due_at": closed + timedelta(minutes=len(waited) - 13)}
            connection.execute(ITEM.update().where(ITEM.c.case_id == case_id).values(times))
    (node,) = read(house, at=datetime(2026, 6, 1, tzinfo=SHANGHAI)).nodes
    ordered = sorted(waited)
    assert (node.flow, node.node, node.waits.done, node.open) == ("seal", "review", 24, 0)
    assert node.waits.median == hours(ordered[11]) and node.waits.most == hours(ordered[21])
    assert node.hours == hours(sum(waited, timedelta()))
    assert (node.waits.dated, node.waits.in_time) == (24, 12)
    assert node.waits.level == Decimal("0.5")


def hours(waited: timedelta) -> Decimal:
    return (Decimal(int(waited.total_seconds())) / 3600).quantize(Decimal("0.1"), ROUND_HALF_UP)


def test_work_that_is_open_counts_where_it_stands(house: House) -> None:
    for _ in range(3):
        house.start()
    later = house.ctx("risk").now + timedelta(hours=4)  # Monday from half past nine to half past one
    (node,) = read(house, at=later).nodes
    assert (node.node, node.open, node.overdue, node.waits.done, node.waits.median) == ("review", 3, 0, 0, None)
    assert node.open_median and node.hours == 3 * node.open_median
    (node,) = read(house, at=later + timedelta(days=20)).nodes
    assert node.overdue == 3


def test_the_funnel_tells_how_far_the_cases_of_the_period_came(house: House) -> None:
    small, large, refused, _waits = (house.start(amount=amount) for amount in ("500", "5000", "5000", "700"))
    house.act("risk", small, "decide", decision="approve")
    house.act("risk", large, "decide", decision="approve")
    house.act("risk", refused, "decide", decision="refuse", opinion="no")
    found = read(house)
    reached = {one.node: one.cases for one in found.funnel}
    assert reached == {"asked": 4, "review": 4, "head": 1, "told": 1, "done": 1, "refused": 1}
    assert found.begun == 4 and found.now == {"completed": 1, "refused": 1, "running": 2}
    (span,) = found.spans
    assert (span.started, span.ended) == (4, {"completed": 1, "refused": 1})
    assert found.whole.done == 2
    (person,) = found.people
    assert (person.user_id, person.waits.done, person.waits.level) == (STAFF["risk"][0], 3, Decimal(1))


def test_one_sees_the_figures_of_what_one_may_see(house: House) -> None:
    house.start()
    house.start(who="manager2")
    assert read(house).begun == 2
    assert read(house, "manager").begun == 1, "their own"
    assert read(house, "west1").begun == 0, "another branch"
    for who in ("system", "borrower"):
        with pytest.raises(Forbidden):
            read(house, who)


def test_flow_product_and_period_narrow_the_figures(house: House) -> None:
    house.start()
    assert read(house, asked=replace(SPRING, flow=None)).begun == 1
    assert read(house, asked=replace(SPRING, flow=None, product="consumer-loan")).begun == 0
    assert read(house, asked=replace(SPRING, flow="meeting")).begun == 0
    assert read(house, asked=replace(SPRING, since=date(2026, 3, 3))).begun == 0
    assert read(house, asked=replace(SPRING, until=date(2026, 3, 2), since=date(2026, 3, 2))).begun == 1
    for since, until in ((date(2026, 3, 2), date(2026, 3, 1)), (date(2016, 3, 2), date(2026, 3, 1))):
        with pytest.raises(Refused):
            read(house, asked=Asked(since=since, until=until))


def test_figures_take_as_many_statements_for_many_cases_as_for_one(house: House) -> None:
    house.start()
    with counted(house.database) as one:
        read(house)
    for _ in range(5):
        house.act("risk", house.start(), "decide", decision="approve")
    with counted(house.database) as many:
        read(house)
    assert len(many) <= len(one) + 1  # names of people, once there are any
    with house.ctx("risk").transaction() as connection:
        assert connection.execute(select(CASE.c.id)).all()


FILL = """
INSERT INTO work_item (company_id, case_id, number, node, title, status, opened_at, decided_at, decided_by, decision)
SELECT company_id, id, 10 + n, 'review', '{"en": "Review"}', 'done', now() - n * interval '1 hour',
    now() - n * interval '1 hour', n % 500, 'approve'
FROM flow_case, generate_series(1, 9000) n
"""


def test_figures_of_a_week_read_the_work_of_that_week_and_what_is_open(house: House, cluster: Cluster) -> None:
    house.start()
    engine = cluster.admin_engine(str(house.database.url.database))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(FILL))
        connection.execute(text("VACUUM ANALYZE work_item, flow_case"))
        today = connection.execute(text("SELECT now()::date - 30")).scalar_one()
    engine.dispose()
    ctx, week = house.ctx("auditor"), Asked(since=today - timedelta(days=7), until=today, flow="seal")
    with plans.noted(ctx, "work_item") as sent:
        (node,) = figuring.read(ctx, week).nodes
    assert node.waits.done == 8 * 24 and node.open == 1
    assert max(plans.blocks_read(ctx, sent)) <= 50
