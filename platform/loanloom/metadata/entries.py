"""A mapping that tells which of its entries are read, for kept functions of which most readers need but a few."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

Value = TypeVar("Value")
Note = Callable[[Any], None]
_NAMES = ("names",)


class Entries(Mapping[str, Value]):
    """A mapping as it was made."""

    def __init__(self, found: Mapping[str, Value]) -> None:
        self._found = found

    def __getitem__(self, name: str) -> Value:
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def whole(self) -> Entries[Value]:
        """The mapping itself, where somebody watches what is read of it."""
        return self

    def watched(self, note: Note, known: Any = None) -> Mapping[str, Value]:
        """The same entries; each that is read is noted."""
        return _Watched(self._found, note)

    def part(self, read: Any) -> Any:
        """What was noted: one entry, or the names of all."""
        return tuple(self._found) if read == _NAMES else self._found.get(read)


class _Watched(Entries[Value]):
    def __init__(self, found: Mapping[str, Value], note: Note) -> None:
        super().__init__(found)
        self._note = note

    def __getitem__(self, name: str) -> Value:
        self._note(name)
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        self._note(_NAMES)
        return iter(self._found)

    def __len__(self) -> int:
        self._note(_NAMES)
        return len(self._found)

    @property
    def whole(self) -> Entries[Value]:
        for name in self:
            self._note(name)
        return Entries(self._found)
