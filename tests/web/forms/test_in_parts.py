"""How a form travels: in parts only where a file may be among them."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from tests.web.origination.test_screens import hidden, manager, new_customer, text

__all__ = ["manager"]

IN_PARTS = 'enctype="multipart/form-data"'


@pytest.mark.parametrize(("product", "in_parts"), [("sole-trader-loan", True), ("consumer-instalment", False)])
def test_only_a_form_that_takes_files_is_sent_in_parts(manager: FlaskClient, product: str, in_parts: bool) -> None:
    customer_id = int(new_customer(manager).location.rpartition("/")[2])
    page = text(manager.get(f"/applications/new?customer={customer_id}"))
    made = manager.post("/applications/new", data={**hidden(page), "customer": customer_id, "product": product})
    page = text(manager.get(made.location))
    form = page[page.index('<form class="fill-form"') :].partition("</form>")[0]
    assert (IN_PARTS in form, 'hx-encoding="multipart/form-data"' in form) == (in_parts, in_parts)
    assert ('type="file"' in form) == in_parts
