"""The disclosure sheet of an offer as a file: filled from the product's template and drawn, not kept. The one that is
signed is made with the contract.
"""

from __future__ import annotations

from loanloom.engines import documents as engine
from loanloom.problems import Problem, text
from loanloom.services.approval import sanctions
from loanloom.services.context import Context
from loanloom.services.definitions import compiled, releases
from loanloom.services.errors import Refused
from loanloom.services.papers import contracts, documents
from loanloom.services.papers.blobs import File


def of_sanction(ctx: Context, sanction_id: int) -> File:
    """The sheet of a sanction the actor may see, as PDF, as if the money were paid out today."""
    with ctx.transaction() as connection:
        row = sanctions.read(ctx, connection, sanction_id)
        registry = releases.pinned(ctx, connection, row.release_id)
        key = (registry.require("product", row.product_key).spec.get("templates") or {}).get("disclosure")
        if key is None:
            raise Refused(_no_template())
        known = contracts.sanction_facts(ctx, connection, registry, row)
    filled = engine.fill(compiled.template(registry, key), known, number=row.number)
    if filled.document is None:
        raise Refused(filled.problems)
    name = f"{row.number}-{key}.pdf"
    return File(name, documents.MEDIA_TYPES["pdf"], documents.rendered(filled.document, "pdf"))


def _no_template() -> Problem:
    return Problem(
        code="disclosure.no_template",
        message=text("This product names no template for the disclosure sheet.", "本产品未配置贷款明白纸模板。"),
        hint=text("A business administrator can add it.", "请业务管理员在产品中补充。"),
    )
