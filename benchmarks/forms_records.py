"""A list of 20 among a million records of an entity that metadata declares, with a filter on a searchable field of its
own: through the service, with row-level security, the count and its transaction. Beside it, in the same run, the
shortest statement there is in the same transaction.

The bar is on what nineteen of twenty readers wait by the clock, for every kind of filter: a code that a tenth of the
records have, the beginning of a text, amounts, days, three of them together; and among all records those of one's own
branch (half of them) and one's own (a hundredth).
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import psycopg
from sqlalchemy import text

from benchmarks.figure import Figure
from benchmarks.lending_cases import Lender, lender
from loanloom.services.context import Actor, Context
from loanloom.services.reading import data_sets

RECORDS = 1_000_000
READS, WARM = 200, 20
BAR = 30.0
"""Milliseconds, of the slowest in twenty."""
ENTITY = "prospect"
FILL = """
INSERT INTO record (company_id, entity, number, name, name_pinyin, data, unit, manager_user_id, created_by)
SELECT {company}, 'prospect', 'QK' || n, '客户' || n, 'kehu' || n || ' kh' || n, jsonb_build_object('name', '客户' || n,
    'kind', 'farmer', 'interest', (ARRAY['a', 'b', 'c', 'd'])[1 + least(abs(hashint4(n)) % 10, 3)],
    'source', 'visit', 'amount', abs(hashint4(n + 1)) % 1000000,
    'next_contact_on', (date '2026-01-01' + abs(hashint4(n + 2)) % 365)::text),
    (ARRAY['east-lending', 'west-lending'])[n % 2 + 1], 1 + n % 100, 1
FROM generate_series(1, {records}) n
"""
INDEX = """
INSERT INTO record_index (company_id, record_id, entity, field, text_value, number_value, date_value)
SELECT {company}, id, 'prospect', key, CASE kind WHEN 'text' THEN lower(value)
        WHEN 'number' THEN '1' || lpad(value || '0000', 23, '0') || ':' || value ELSE value END,
    CASE WHEN kind = 'number' THEN value::numeric END, CASE WHEN kind = 'date' THEN value::date END
FROM record CROSS JOIN (VALUES ('name', 'text'), ('interest', 'text'), ('amount', 'number'),
    ('next_contact_on', 'date')) AS fields (key, kind) CROSS JOIN LATERAL (SELECT data ->> key AS value) v
WHERE entity = 'prospect'
"""
ASKED: Mapping[str, Mapping[str, str]] = {
    "a level of interest that a tenth have": {"prospect.interest": "a"},
    "the beginning of a name": {"prospect.name": "客户4711"},
    "amounts between two": {"prospect.amount.from": "500000", "prospect.amount.to": "501000"},
    "to be contacted within a week": {
        "prospect.next_contact_on.from": "2026-03-02", "prospect.next_contact_on.to": "2026-03-08",
    },
    "interest, amount and day together": {
        "prospect.interest": "b", "prospect.amount.from": "900000", "prospect.next_contact_on.to": "2026-02-01",
    },
}  # fmt: skip


def figures() -> Iterator[Figure]:
    """Milliseconds of the slowest in twenty reads, a figure a filter; the whole company's records, then one's own."""
    with lender() as house:
        fill(house)
        everybody = seen_by(house, "all")
        floor = paced(lambda: nothing(everybody))[1]
        for name, asked in ASKED.items():
            yield told(name, paced(lambda asked=asked: listed(everybody, asked)), floor)
        first, asked = next(iter(ASKED.items()))
        for whose, scope in (("own branch", "branch"), ("own records", "own")):
            seer = seen_by(house, scope)
            yield told(f"{whose}, {first}", paced(lambda seer=seer: listed(seer, asked)), floor)


def fill(house: Lender) -> None:
    """The million and its index, by plain statements as the owner."""
    company = house.at().company.id
    url = house.cluster.admin_url.set(drivername="postgresql", database=house.clone.name)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f"SET loanloom.company_id = '{company}'".encode())
        for statement in (FILL, INDEX):
            connection.execute(statement.format(company=company, records=RECORDS).encode())
        connection.execute(b"VACUUM ANALYZE")


def seen_by(house: Lender, scope: str) -> Context:
    """Somebody who may see prospects."""
    ctx = house.at()
    actor = Actor(
        user_id=7, username="seven", name="Seven", functions=frozenset({"record.prospect.read"}), scope=scope,
        unit="east-lending",
    )  # fmt: skip
    return replace(ctx, actor=actor)


def listed(ctx: Context, given: Mapping[str, str]) -> object:
    """One page of 20 with the count, as the list page asks for it."""
    found = data_sets.data_set(ctx.registry, ENTITY)
    assert found is not None
    question = {name: [value] for name, value in given.items()}
    asked = data_sets.read_question(question, found, columns=found.shown, order=())
    page = data_sets.rows(ctx, found, asked, limit=20)
    assert page.rows
    return page


def nothing(ctx: Context) -> None:
    """The shortest statement in a transaction of the company."""
    with ctx.transaction() as connection:
        connection.execute(text("SELECT 1")).one()


def paced(work: Callable[[], object]) -> tuple[float, float]:
    """Median and slowest in twenty, in milliseconds."""
    for _ in range(WARM):
        work()
    spent = []
    for _ in range(READS):
        began = time.perf_counter()
        work()
        spent.append(1000 * (time.perf_counter() - began))
    return statistics.median(spent), statistics.quantiles(spent, n=20)[-1]


def told(name: str, measured: tuple[float, float], floor: float) -> Figure:
    """A figure of one filter."""
    median, slow = measured
    return Figure(
        name=f"20 of {RECORDS:,} records, {name}, p95", value=slow, unit="ms", ratio=slow / floor,
        peer="the shortest statement in the same transaction", bar=BAR, beside=f"median {median:.1f} ms",
    )  # fmt: skip
