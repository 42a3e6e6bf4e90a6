"""The papers on an approval sheet open for whoever has work on the case, and for nobody else."""

from __future__ import annotations

from sqlalchemy import update
from tests.services.approval.lender import STAFF
from tests.services.approval.test_deciding import approved_to_level_1, item_of
from tests.web.approvals.test_screens import page

from loanloom.services.origination import uploads
from loanloom.store import tables


def test_a_colleague_of_another_branch_opens_the_papers_of_the_case_they_are_to_judge(lender, as_user):
    application_id = approved_to_level_1(lender)
    maker = lender.ctx("manager")
    with maker.transaction() as connection:
        subject = ("application", application_id)
        paper = uploads.keep(maker, connection, subject, "licence.pdf", b"%PDF-1.4 x", material="licence")
    other = as_user("manager2")
    assert other.get(f"/uploads/{paper}").status_code == 404
    item = item_of(lender, application_id)
    with maker.transaction() as connection:
        mine = update(tables.work_item).where(tables.work_item.c.id == item.id).values(assignee=STAFF["manager2"][0])
        connection.execute(mine)
    assert f"/uploads/{paper}" in page(other, f"/approvals/{item.id}")
    assert other.get(f"/uploads/{paper}").status_code == 200
    assert as_user("west1").get(f"/uploads/{paper}").status_code == 404
