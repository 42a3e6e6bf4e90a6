"""A durable step of an approval: the item closed, the next one opened, history, audit, outbox, one commit that waits
for the disk. Beside it, in the same run and in turns, a bare transaction that writes the same rows."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy.dialects.postgresql import JSONB

from benchmarks.figure import Figure
from benchmarks.lending_cases import Lender, lender
from loanloom.metadata.document import document_from
from loanloom.services.context import Context
from loanloom.services.flows import cases, starting
from loanloom.store.tables import metadata

BATCHES, EACH, WARM = 12, 20, 20
BAR = 3.0
WRITTEN = ("work_item", "flow_history", "audit_log", "outbox", "idempotency", "flow_timer")
"""The tables into which a step inserts."""


def _approval(key: str, role: str, then: str) -> dict[str, Any]:
    return {
        "key": key, "title": {"en": key, "zh": key}, "type": "approval", "state": key.upper(),
        "assign": {"role": role, "scope": "all"}, "exclude": ["maker"], "return_to": ["asked"], "next": then,
    }  # fmt: skip


DOCUMENTS = [
    document_from(
        {
            "apiVersion": "loanloom/v1",
            "kind": "entity",
            "key": "bench_request",
            "title": {"en": "Request", "zh": "申请"},
            "spec": {"fields": [{"key": "amount", "title": {"en": "Amount", "zh": "金额"}, "type": "money"}]},
        }
    ),
    document_from(
        {
            "apiVersion": "loanloom/v1",
            "kind": "flow",
            "key": "bench",
            "title": {"en": "Bench", "zh": "测试"},
            "spec": {
                "subject": "request",
                "record": "bench_request",
                "nodes": [
                    {"key": "asked", "title": {"en": "Asked", "zh": "发起"}, "type": "start", "next": "first"},
                    _approval("first", "risk-officer", "second"),
                    _approval("second", "approver-2", "done"),
                    {"key": "done", "title": {"en": "Done", "zh": "完成"}, "type": "end", "outcome": "approved"},
                    {"key": "refused", "title": {"en": "Refused", "zh": "否决"}, "type": "end", "outcome": "refused"},
                ],
            },
        }
    ),
]


def figures() -> Iterator[Figure]:
    """Milliseconds of one durable step, and how many times the bare transaction that is."""
    with lender(DOCUMENTS) as house:
        ours, bare, ratio = measured(house)
    yield Figure(
        name="durable approval step", value=1000 * ours, unit="ms", ratio=ratio,
        peer=f"a bare transaction with the same rows ({1000 * bare:.2f} ms)", bar=BAR, bar_on="ratio",
    )  # fmt: skip


def measured(house: Lender) -> tuple[float, float, float]:
    """Median seconds of a step by the services, and of its rows written bare; the median of the ratios of batches,
    each beside its own: so it holds on a machine that has other work too."""
    maker, risk = house.at("relationship-manager", 1), house.at("risk-officer", 2)
    begun = [_item(maker) for _ in range(WARM + BATCHES * EACH)]
    with psycopg.connect(_url(house), prepare_threshold=0) as connection:
        floor = Floor(connection)
        for item in begun[:WARM]:
            _step(risk, *item)
        pairs = []
        for batch in range(BATCHES):
            mine = begun[WARM + batch * EACH :][:EACH]
            before = floor.last()
            ours = statistics.median(_step(risk, *item) for item in mine)
            steps = floor.rows_since(before, [case_id for _, case_id in mine])
            pairs.append((ours, statistics.median(floor.write(step) for step in steps)))
    warm = pairs[1:]
    return (
        statistics.median(ours for ours, _ in warm),
        statistics.median(bare for _, bare in warm),
        statistics.median(ours / bare for ours, bare in warm),
    )


def _item(maker: Context) -> tuple[int, int]:
    started = starting.request(maker, "bench", {"bench_request.amount": "1000"})
    return started.items[0], started.case_id


def _step(ctx: Context, item_id: int, case_id: int) -> float:
    said = {"decision": "approve", "opinion": "-"}
    began = time.perf_counter()
    done = cases.act(ctx, item_id, "decide", said, expected_version=1, idempotency_key=f"bench-{item_id}")
    taken = time.perf_counter() - began
    assert len(done.items) == 1, done
    return taken


def _url(house: Lender) -> str:
    url = house.cluster.admin_url.set(drivername="postgresql", database=house.clone.name)
    return url.render_as_string(hide_password=False)


class Floor:
    """The same rows into tables of the same shape with the same indexes: prepared statements and one commit."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        for name in ("flow_case", *WRITTEN):
            connection.execute(f"CREATE TABLE bare_{name} (LIKE {name} INCLUDING INDEXES)".encode())
            connection.execute(f"INSERT INTO bare_{name} SELECT * FROM {name}".encode())
        connection.commit()

    def last(self) -> dict[str, int]:
        """The newest row of each table."""
        found = {}
        for name in WRITTEN:
            row = self._connection.execute(f"SELECT coalesce(max(id), 0) FROM {name}".encode()).fetchone()
            found[name] = int(row[0]) if row else 0
        return found

    def rows_since(self, before: Mapping[str, int], case_ids: Sequence[int]) -> list[list[tuple[bytes, Any]]]:
        """What the services wrote since, as the statements of each step."""
        inserts: dict[str, list[tuple[bytes, Any]]] = {}
        for name, last in before.items():
            found = self._connection.execute(f"SELECT * FROM {name} WHERE id > {last} ORDER BY id".encode())
            columns = [column.name for column in found.description or ()]
            places = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO bare_{name} ({', '.join(columns)}) VALUES ({places})".encode()
            inserts[name] = [(statement, _plain(name, columns, row)) for row in found]
        steps = []
        for place, case_id in enumerate(case_ids):
            shares = [_share(rows, place, len(case_ids)) for rows in inserts.values()]
            steps.append([*self._updates(case_id), *(one for share in shares for one in share)])
        self._connection.commit()
        return steps

    def _updates(self, case_id: int) -> list[tuple[bytes, Any]]:
        case = self._one("flow_case", f"id = {case_id}")
        item = self._one("work_item", f"case_id = {case_id} AND status = 'done'")
        return [
            (
                b"UPDATE bare_work_item SET status = 'done', decided_by = %s, decided_at = %s, decision = %s, "
                b"reason_code = %s, opinion = %s, conditions = %s, snapshot = %s, version = version + 1 "
                b"WHERE company_id = %s AND id = %s",
                (
                    item["decided_by"], item["decided_at"], item["decision"], item["reason_code"], item["opinion"],
                    Jsonb(item["conditions"]), None, item["company_id"], item["id"],
                ),
            ),
            (
                b"UPDATE bare_flow_case SET status = %s, code = %s, state = %s, before = %s, updated_at = %s, "
                b"version = version + 1 WHERE company_id = %s AND id = %s",
                (
                    case["status"], case["code"], Jsonb(case["state"]), Jsonb(case["before"]), case["updated_at"],
                    case["company_id"], case["id"],
                ),
            ),
        ]  # fmt: skip

    def _one(self, name: str, where: str) -> dict[str, Any]:
        found = self._connection.execute(f"SELECT * FROM {name} WHERE {where}".encode())
        columns = [column.name for column in found.description or ()]
        row = found.fetchone()
        assert row is not None, where
        return dict(zip(columns, row, strict=True))

    def write(self, step: Sequence[tuple[bytes, Any]]) -> float:
        """Write one step and commit; the seconds it took."""
        began = time.perf_counter()
        with self._connection.cursor() as cursor:
            for statement, values in step:
                cursor.execute(statement, values)
        self._connection.commit()
        return time.perf_counter() - began


def _share(rows: Sequence[Any], place: int, pieces: int) -> Sequence[Any]:
    return rows[len(rows) * place // pieces : len(rows) * (place + 1) // pieces]


def _plain(name: str, columns: Sequence[str], row: Sequence[Any]) -> list[Any]:
    json = [isinstance(metadata.tables[name].c[column].type, JSONB) for column in columns]
    return [Jsonb(value) if is_json and value is not None else value for value, is_json in zip(row, json, strict=True)]
