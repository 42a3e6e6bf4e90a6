"""What is made of a registry is made once, and goes with it: a worker that saw many releases holds the newest."""

from __future__ import annotations

import gc
import weakref

from tests.engines.products.bundle import ROOT

from loanloom.engines import labels
from loanloom.engines.products import caps_of
from loanloom.metadata.bundle import read_bundle
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.registry import Registry, build, kept
from loanloom.services.definitions import compiled
from loanloom.services.money import lending_rules


def model_company() -> Registry:
    return build(read_bundle(ROOT, load_kinds()).documents, load_kinds()).registry


def test_a_registry_goes_with_all_that_was_made_of_it() -> None:
    registry = model_company()
    for product in registry.all("product"):
        compiled.application_form(registry, product.key)
        lending_rules.offer_of(registry, product.key)
    labels.labels(registry)
    caps_of(registry)
    gone = weakref.ref(registry)
    del registry, product
    gc.collect()
    assert gone() is None


def test_it_is_made_once_for_each_registry_and_argument() -> None:
    asked = []

    @kept
    def title(key: str, registry: Registry) -> str:
        asked.append(key)
        return registry.label("product", key, "en")

    first, second = model_company(), model_company()
    key = first.all("product")[0].key
    assert title(key, first) == title(key, first) == title(key, second)
    assert title("nothing", first) == "nothing"
    assert asked == [key, key, "nothing"]
