"""What was found out about one set of documents holds for the next wherever nothing it was read from has changed."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

import pytest

from loanloom.metadata.alike import alike
from loanloom.metadata.document import Document, Identity, document_from
from loanloom.metadata.findings import Memory
from loanloom.metadata.kinds import load_kinds
from loanloom.metadata.recalling import Recalling, recalling
from loanloom.metadata.registry import Registry, kept, kept_words

ASKED: list[str] = []


def document(kind: str, key: str, **spec: object) -> Document:
    return document_from({"kind": kind, "key": key, "title": {"en": key, "zh": key}, "spec": spec})


COMPANY = {one.identity: one for one in (
    document("job", "a", needs="b"), document("job", "b", size=1), document("job", "c", size=2), document("menu", "m"),
)}  # fmt: skip


def registry(documents: dict[Identity, Document], before: Memory | None = None) -> Recalling:
    return recalling(MappingProxyType(documents), load_kinds(), (), before or Memory())


@kept
def size_of(key: str, registry: Registry) -> int:
    ASKED.append(f"size of {key}")
    found = registry.get("job", key)
    return 0 if found is None else int(found.spec.get("size", 0))


@kept
def needed_by(key: str, registry: Registry) -> str:
    ASKED.append(f"needed by {key}")
    return f"{key} needs {size_of(registry.require('job', key).spec['needs'], registry)}"


@kept
def jobs(registry: Registry) -> tuple[str, ...]:
    ASKED.append("jobs")
    return tuple(one.key for one in registry.all("job"))


@kept_words
def title(registry: Registry) -> str:
    ASKED.append("title")
    return registry.label("job", "c", "en")


@kept
def complaints(key: str, registry: Registry) -> tuple[str, ...]:
    ASKED.append(f"complaints about {key}")
    words = title(registry)
    return () if size_of(key, registry) < 2 else (f"{words}: {key} is too large",)


@pytest.fixture(autouse=True)
def nothing_asked() -> Iterator[None]:
    ASKED.clear()
    yield


def again(documents: dict[Identity, Document], before: Memory, *works: Callable[[Registry], object]) -> list[str]:
    second = registry(documents, before)
    ASKED.clear()
    for work in works:
        work(second)
    return list(ASKED)


def checked(*works: Callable[[Registry], object]) -> Memory:
    first = registry(dict(COMPANY))
    for work in works:
        work(first)
    return first.settle()


def test_nothing_is_worked_out_again_when_nothing_has_changed() -> None:
    memory = checked(lambda one: needed_by("a", one), jobs)
    assert again(dict(COMPANY), memory, lambda one: needed_by("a", one), jobs) == []


def test_what_was_read_by_way_of_others_counts() -> None:
    memory = checked(lambda one: needed_by("a", one))
    other = {**COMPANY, ("job", "b"): document("job", "b", size=5)}
    second = registry(other, memory)
    ASKED.clear()
    assert needed_by("a", second) == "a needs 5"
    assert ASKED == ["size of b", "needed by a"]


def test_a_change_that_makes_no_difference_goes_no_further() -> None:
    memory = checked(lambda one: needed_by("a", one))
    other = {**COMPANY, ("job", "b"): document("job", "b", size=1, note="other")}
    assert again(other, memory, lambda one: needed_by("a", one)) == ["size of b"]


def test_what_was_not_there_counts_as_read() -> None:
    memory = checked(lambda one: size_of("d", one))
    second = registry({**COMPANY, ("job", "d"): document("job", "d", size=4)}, memory)
    assert size_of("d", second) == 4


def test_a_list_of_a_kind_changes_with_its_members_only() -> None:
    memory = checked(jobs)
    without = {identity: one for identity, one in COMPANY.items() if identity != ("job", "c")}
    assert jobs(registry(without, memory)) == ("a", "b")
    assert again({**COMPANY, ("menu", "m"): document("menu", "m", other=1)}, memory, jobs) == []


def test_it_holds_over_several_changes() -> None:
    memory = checked(lambda one: needed_by("a", one), jobs)
    documents = dict(COMPANY)
    for size in range(3, 6):
        documents[("job", "b")] = document("job", "b", size=size)
        found = registry(documents, memory)
        assert needed_by("a", found) == f"a needs {size}"
        assert jobs(found) == ("a", "b", "c")
        memory = found.settle()


def test_what_was_read_before_a_failure_counts() -> None:
    @kept
    def guarded(registry: Registry) -> str:
        try:
            return needed_by("b", registry)
        except KeyError:
            return "nothing"

    memory = checked(guarded)
    second = registry({**COMPANY, ("job", "b"): document("job", "b", needs="c")}, memory)
    assert guarded(second) == "b needs 2"


def test_other_words_matter_only_where_something_is_said() -> None:
    works = (lambda one: complaints("b", one), lambda one: complaints("c", one))
    memory = checked(*works)
    renamed = replace(COMPANY["job", "c"], title={"en": "See", "zh": "丙"})
    second = registry({**COMPANY, ("job", "c"): renamed}, memory)
    ASKED.clear()
    assert [work(second) for work in works] == [(), ("See: c is too large",)]
    assert "complaints about b" not in ASKED


def test_a_settled_registry_is_like_any_other_and_goes() -> None:
    found = registry(dict(COMPANY))
    assert size_of("c", found) == 2
    memory = found.settle()
    count = len(memory.findings)
    assert (size_of("c", found), size_of("b", found), found.label("job", "c", "en")) == (2, 1, "c")
    assert len(memory.findings) == count
    gone = weakref.ref(found)
    del found
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Decimal("1.0"), Decimal("1.00"), False),
        (1, True, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ({"a": [Decimal("1.0")]}, {"a": [Decimal("1.0")]}, True),
        ((1, "x"), (1, "x"), True),
        ((1, "x"), [1, "x"], False),
        (frozenset({1, 2}), frozenset({2, 1}), True),
    ],
)
def test_alike_means_alike_in_every_detail(one: object, other: object, same: bool) -> None:
    assert alike(one, other) is same
