"""A plugin's principal rule, day count and interest rule: named by a product, previewed and disbursed like our own."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.services.money import house as houses

from loanloom.core.lending.planning.rules import BUILT_IN
from loanloom.plugins import Part, Plugin, load
from loanloom.services.money import disbursements
from loanloom.services.running import plugged
from loanloom.services.running.builtin import plugin as own
from loanloom.store import tables

D = Decimal


def front_loaded(given, _interest):
    """Twice as much principal with the first instalment."""
    made = BUILT_IN.principal["equal_principal"](given, _interest)
    first = given.terms.rounding.apply(given.principal / (len(given.periods) + 1))
    return type(made)([first * 2, *[first] * (len(given.periods) - 1)])


PLUGIN = Plugin(name="acme-rules", version="1.0", parts=(Part("principal_rule", "front_loaded", front_loaded),))
PRODUCT = houses._PRODUCT.format(key="front", **houses._USUAL).replace(
    "methods: [equal_instalment, equal_principal]",
    "methods: [equal_principal], ways: [{key: front, title: {en: Front, zh: 前重}, "
    "phases: [{periods: rest, principal: front_loaded, interest: declining_balance}]}]",
)


@pytest.fixture
def with_plugin(monkeypatch):
    """The house with the plugin installed."""
    loaded = load(builtin=(own, PLUGIN), found=())
    monkeypatch.setattr(plugged, "plugged", lambda: loaded)
    plugged.lending_methods.cache_clear()
    yield
    plugged.lending_methods.cache_clear()


def test_every_built_in_rule_fills_its_slot():
    methods = plugged.lending_methods()
    assert methods.principal == BUILT_IN.principal
    assert methods.interest == BUILT_IN.interest
    assert methods.day_counts == BUILT_IN.day_counts


def test_a_rule_of_a_plugin_is_previewed_and_booked(with_plugin, monkeypatch, database, company):
    monkeypatch.setattr(houses, "DOCUMENTS", [*houses.DOCUMENTS, PRODUCT])
    house = houses.settle(database, company)
    (contract,) = house.contracts([{"product_key": "front", "amount": D(13_000), "method": "front", "months": 12}])
    made, refused = disbursements.disburse_many(house.ctx(), [contract])
    assert not refused
    rows = house.rows(tables.instalment, tables.instalment.c.loan_id == made[0].loan_id)
    assert [row.principal for row in rows] == [2000, *[1000] * 11]


def test_without_the_plugin_the_product_is_not_released(monkeypatch, database, company):
    monkeypatch.setattr(houses, "DOCUMENTS", [*houses.DOCUMENTS, PRODUCT])
    with pytest.raises(Exception, match="front_loaded"):
        houses.settle(database, company)
