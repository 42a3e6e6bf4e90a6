"""A template tried out: filled with a sample or with a real contract or loan, as the paper it would be. Keeps nothing.

The sample says in every place what belongs there: texts are the names of their fields in brackets, the loan is one on
the first product that uses the template, with the schedule and the disclosure sheet it would have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from loanloom.engines import documents as engine
from loanloom.engines.labels import ROWS, labels
from loanloom.feel import Type
from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, errors, say, text
from loanloom.services import subjects
from loanloom.services.context import Context
from loanloom.services.definitions import product_trial
from loanloom.services.definitions.product_trial import Trial
from loanloom.services.errors import Forbidden, NotFound, Refused
from loanloom.services.money import loan_rows
from loanloom.services.papers import agreed_facts, contracts, loan_papers
from loanloom.store import tables

AMOUNT, RATE, MONTHS = Decimal(100_000), Decimal("0.12"), Decimal(12)
_ROWS = 2
_USUAL: Mapping[str, Any] = {
    "amount": AMOUNT, "annual_rate": RATE, "rate": RATE, "term_months": MONTHS, "penalty_rate": RATE / 2 * 3,
}  # fmt: skip
"""What facts of these names usually are; of other numbers nothing is known but that they are numbers."""


@dataclass(frozen=True, slots=True)
class Tried:
    """The paper, or None and why there is none."""

    paper: engine.NeutralDocument | None
    problems: tuple[Problem, ...] = ()


def tried(ctx: Context, document: Document, registry: Registry, number: str = "") -> Tried:
    """Fill a template: from the contract or loan of this number, else from a sample."""
    ctx.require("definition.read")
    compiled = engine.compile_template(document, registry)
    if compiled.template is None:
        return Tried(None, errors(compiled.problems))
    try:
        known = _of_case(ctx, number) if number else sample(ctx, document, registry)
    except Refused as refused:
        return Tried(None, tuple(refused.problems))
    several = engine.each_facts(compiled.template, known)
    if not several:
        return Tried(None, (_nobody(),))
    shown = number or say(text("(number)", "（编号）"), document.spec["language"])
    filled = engine.fill(compiled.template, several[0], number=shown)
    return Tried(filled.document, tuple(filled.problems))


def _of_case(ctx: Context, number: str) -> dict[str, Any]:
    """The facts of a contract or a loan. A template may name any of them, so the actor must see all they are of."""
    with ctx.transaction() as connection:
        for kind, table in (("contract", tables.contract), ("loan", tables.loan)):
            columns = table.c["id", "application_id", "customer_id"]
            found = connection.execute(select(*columns).where(table.c.number == number)).one_or_none()
            if found is None:
                continue
            try:
                subjects.check(ctx, connection, kind, found.id)
                subjects.check(ctx, connection, "application", found.application_id)
                subjects.check(ctx, connection, "customer", found.customer_id)
            except (Forbidden, NotFound):
                break
            if kind == "loan":
                return loan_papers.facts_of(ctx, connection, loan_rows.load(ctx, connection, [found.id], lock=False)[0])
            row = contracts.read(ctx, connection, found.id)
            return contracts.facts_of(ctx, connection, row.main_contract_id or row.id)
    raise Refused(_unknown(number))


def sample(ctx: Context, document: Document, registry: Registry) -> dict[str, Any]:
    """Something for every fact that the template may name, of the type that it has."""
    maker = _Maker(ctx, labels(registry), document.spec["language"])
    scope = engine.document_scope({**document.spec, "each": None}, registry)
    known = {name: maker.value(type_, name) for name, type_ in scope.fields}
    known["company"] = {**known["company"], "name": ctx.company.name}
    trial = _trial(ctx, document, registry)
    return known if trial is None else known | _of_trial(registry, known, trial)


def _trial(ctx: Context, document: Document, registry: Registry) -> Trial | None:
    """A loan on the first product that uses the template, else on the first that there is."""
    products = registry.all("product")
    users = [one for one in products if document.key in _named(one)]
    for product in (*users, *products):
        found = product_trial.try_product(ctx, product, registry, {})
        if isinstance(found, Trial) and found.preview.schedule is not None and found.disclosure is not None:
            return found
    return None


def _named(product: Document) -> set[str]:
    spec = product.spec
    return {*(spec.get("templates") or {}).values(), *(one["template"] for one in spec.get("package") or ())}


def _of_trial(registry: Registry, known: Mapping[str, Any], trial: Trial) -> dict[str, Any]:
    terms = trial.preview.terms
    assert terms is not None, "there is a schedule"
    agreed = {
        "amount": trial.amount, "annual_rate": terms.annual_rate, "rate": terms.annual_rate, "method": trial.method,
        "term_months": Decimal(trial.term),
    }  # fmt: skip
    told = {
        name: {key: agreed.get(key, value) for key, value in known[name].items()}
        for name in ("application", "sanction", "contract", "product")
    }
    return told | agreed_facts.of_preview(registry, trial.offer.key, trial.preview)


@dataclass(frozen=True, slots=True)
class _Maker:
    ctx: Context
    titles: Mapping[str, Any]
    language: str

    def value(self, type_: Type, path: str) -> Any:
        """Something of a type."""
        name = path.rpartition(".")[2]
        if type_.kind == "context":
            return {key: self.value(inner, f"{path}.{key}") for key, inner in type_.fields}
        if type_.kind == "list":
            rows = _ROWS if path in ROWS else 1
            return [] if type_.item is None else [self.value(type_.item, path) for _ in range(rows)]
        if type_.kind == "number":
            usual = _USUAL.get(name, AMOUNT if type_.unit else MONTHS)
            return usual if not isinstance(type_.most, Decimal) else min(usual, type_.most)
        if type_.kind == "date":
            return self.ctx.business_date
        if type_.kind == "boolean":
            return True
        if type_.kind != "string":
            return None
        if type_.values:
            return type_.values[0]
        title = self.titles.get(path)
        words = say(title, self.language) if title else name
        return f"〔{words}〕" if self.language == "zh" else f"[{words}]"


def _unknown(number: str) -> Problem:
    return Problem(
        code="template_sample.no_case",
        field="case",
        message=text(
            f"There is no contract or loan “{number[:60]}” that you may see.",
            f"没有您可查看的合同或借据“{number[:60]}”。",
        ),
        hint=text(
            "Leave the number empty for a sample; cases are for those who may see them.",
            "编号留空即用示例数据；查看真实业务需要相应权限。",
        ),
    )


def _nobody() -> Problem:
    return Problem(
        code="template_sample.nobody",
        message=text(
            "This contract has nobody and nothing that the paper is for.", "该合同没有本文书对应的保证人或抵质押物。"
        ),
        hint=text("Take another one, or the sample.", "请选择其他合同，或使用示例数据。"),
    )
