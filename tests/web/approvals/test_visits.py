"""Site visits over HTTP: written down with photos from a phone, confirmed by the colleague, told what is wrong."""

from __future__ import annotations

import io

from tests.web.approvals.test_screens import page, post

from loanloom.store import tables

JPG = b"\xff\xd8\xff\xe0" + b"x" * 64


def test_a_records_with_photos_and_b_confirms(lender, as_user):
    application_id = lender.case()
    url = f"/applications/{application_id}/visits"
    maker, second = as_user("manager"), as_user("risk")
    assert url in page(maker, f"/applications/{application_id}/fill")
    assert "No site visit yet" in page(maker, url)
    given = {"visited_on": "2026-03-01", "place": "Liberation Road 18", "investigator_b": 21, "findings": "Busy"}
    wrong = post(maker, url, **given | {"place": ""})
    assert wrong.status_code == 422 and "Say where it was" in wrong.get_data(as_text=True)
    assert post(maker, url, photos=(io.BytesIO(JPG), "shop.jpg"), **given).status_code == 302
    visit = lender.one(tables.site_visit)
    shown = page(second, url)
    assert "Liberation Road 18" in shown and "/uploads/" in shown and f"{url}/{visit.id}/confirm" in shown
    assert f"{url}/{visit.id}/confirm" not in page(maker, url)
    assert post(maker, f"{url}/{visit.id}/confirm", version=1).status_code == 403
    assert post(second, f"{url}/{visit.id}/confirm", version=1).status_code == 302
    assert lender.one(tables.site_visit).state == "confirmed"
    assert as_user("manager2").get(url).status_code == 404
