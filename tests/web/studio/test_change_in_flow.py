"""A change of definitions on its way through a flow: its page leads there, and nobody reviews it beside the flow."""

from __future__ import annotations

from sqlalchemy import select
from tests.web.pages import page, post

from loanloom.services.definitions.releases import history, in_flow
from loanloom.store import tables


def test_a_changed_product_is_reviewed_by_two_in_its_flow(person, model_company) -> None:
    maker, risk, general = person("business-administrator"), person("risk-officer"), person("approver-2")
    cell = {"pointer": "/penalty/grace_days", "value": "3", "version": ""}
    post(maker, "/studio/definitions/product/sole-trader-loan/cell", **cell)
    where = post(maker, "/studio/changes/new", name="Grace").headers["Location"]
    (change,) = history.listing(model_company, states=("proposed",))
    with model_company.transaction() as connection:
        in_flow.begin(model_company, connection, "change-review", change.id)
    shown = page(risk, where)
    assert "This change is reviewed in a flow." in shown and "Open its flow" in shown
    assert f"{where}/approve" not in shown
    beside = post(risk, f"{where}/approve", plan_digest=change.plan_digest)
    assert beside.status_code == 422 and "reviewed in its flow" in beside.get_data(as_text=True)
    for who in (risk, general):
        table = tables.work_item
        with model_company.transaction() as connection:
            item = connection.execute(select(table).where(table.c.status == "open")).one()
        assert "Grace" in page(who, f"/cases/{item.case_id}")
        said = {"decision": "approve", "version": str(item.version)}
        assert post(who, f"/cases/items/{item.id}/decide", **said).status_code == 302
    assert "The flow of this change has ended." in page(maker, where)
    assert history.read(model_company, change.id).state == "approved"
