"""Field types of an installed package: found by its entry point, declared in metadata, judged by the one evaluator."""

from __future__ import annotations

from typing import Any

import pytest

from loanloom import feel
from loanloom.engines import facts, forms
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.reader import read_document
from loanloom.metadata.registry import Registry, build
from loanloom.plugins import load

ENTITY = """
apiVersion: loanloom/v1
kind: entity
key: vehicle
title: {en: Vehicles, zh: 车辆}
spec:
  register: {name: plate, required: [chassis]}
  fields:
    - {key: plate, title: {en: Number plate, zh: 车牌号}, type: number_plate, indexed: true, unique: true}
    - {key: chassis, title: {en: Chassis number, zh: 车架号}, type: vin}
    - key: parts
      title: {en: Trailers, zh: 挂车}
      type: table
      fields: [{key: chassis, title: {en: Chassis number, zh: 车架号}, type: vin}]
"""
FORM = """
apiVersion: loanloom/v1
kind: form
key: vehicle
title: {en: Vehicle, zh: 车辆}
spec:
  record: vehicle
  sections:
    - key: all
      title: {en: All, zh: 全部}
      fields:
        - {field: vehicle.plate, required: true}
        - {field: vehicle.chassis, required: 'starts with(vehicle.plate, "浙")'}
        - {field: vehicle.parts}
"""
TRUE = "1M8GDM9AXKP042788"


@pytest.fixture(scope="module")
def registry() -> Registry:
    """The vehicle's entity and form, with the types of the package as it is installed."""
    types = load().parts("field_type")
    assert {"vin", "number_plate"} <= set(types), "make setup installs every plugin"
    documents = [read_document(written, "x.yaml").document for written in (ENTITY, FORM)]
    built = build([one for one in documents if one is not None], load_kinds((), types))
    assert not built.problems, [one.in_words() for one in built.problems]
    return built.registry


def judged(registry: Registry, **typed: Any) -> forms.Evaluated:
    compiled = forms.compile_form(registry.require("form", "vehicle"), registry)
    assert compiled.form is not None, compiled.problems
    return forms.evaluate(compiled.form, {f"vehicle.{name}": value for name, value in typed.items()}, {"vehicle": {}})


def test_what_is_written_is_tidied_and_kept_as_text(registry: Registry) -> None:
    done = judged(registry, plate="浙a·d12345", chassis="1m8g dm9a xkp0 42788")
    assert done.ok and done.values["vehicle"] == {"plate": "浙AD12345", "chassis": TRUE, "parts": []}
    assert judged(registry, plate="沪A12345", chassis="").ok, "rules read the value as text"
    rows = judged(registry, plate="沪A1234挂", parts=[{"chassis": TRUE.lower()}])
    assert rows.values["vehicle"]["parts"] == [{"chassis": TRUE}]


@pytest.mark.parametrize("chassis", ["1M8GDM9A1KP042788", "1M8GDM9AXKP04278", "IM8GDM9AXKP042788", "1M8GDM9AXKP042789"])
def test_a_slip_in_a_chassis_number_is_told_at_its_field(registry: Registry, chassis: str) -> None:
    found = [(one.code, one.field) for one in judged(registry, plate="沪A12345", chassis=chassis).problems]
    assert found == [("form.vin", "vehicle.chassis")]


@pytest.mark.parametrize("plate", ["A12345", "浙I12345", "浙A1234", "浙A1234567", "浙AO2345", "<b>浙A</b>"])
def test_a_plate_that_is_none(registry: Registry, plate: str) -> None:
    assert judged(registry, plate=plate, chassis=TRUE).problems[0].code == "form.number_plate"


def test_expressions_see_text_and_without_the_package_the_document_is_refused(registry: Registry) -> None:
    assert not feel.check('vehicle.plate = "浙A12345"', facts.scope(registry, "vehicle")).problems
    document = read_document(ENTITY, "x.yaml").document
    assert document is not None
    found = build([document], load_kinds()).problems
    assert {(one.code, one.pointer) for one in found} >= {("metadata.not_a_choice", "/spec/fields/0/type")}
