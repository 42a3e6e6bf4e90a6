"""Fields that look as they did are not drawn again: while somebody types, most of a form stays as it was, and what
nobody has filled in yet is the same for everybody.

A field's markup follows from its definition and from what stands in it; by these it is kept in the memory of the
process. Never kept: what is stored encrypted, look-ups (who they name may be renamed), and fields with a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator

from flask import Flask, current_app
from markupsafe import Markup

from loanloom.engines.forms import FieldView
from loanloom.engines.forms.model import FormField
from loanloom.web.assets import asset
from loanloom.web.language import language

LARGEST, MOST = 8_000, 16_000_000
"""Characters of a field's markup that are worth keeping, and of all that is kept."""
EXTENSION = "loanloom_drawn_fields"

Macro = Callable[..., Markup]
Draw = Callable[[Iterable[FieldView]], Markup]


class Kept:
    """The markup of fields by how they look. An entry holds the definition too: as long as it is here, no other
    definition can have its id."""

    def __init__(self, most: int = MOST) -> None:
        self._markup: dict[Hashable, tuple[FormField, Markup]] = {}
        self._most, self._size = most, 0

    def __iter__(self) -> Iterator[Markup]:
        return (markup for _, markup in list(self._markup.values()))

    def get(self, look: Hashable) -> Markup | None:
        """The markup of a field that looked so before."""
        found = self._markup.get(look)
        return None if found is None else found[1]

    def put(self, look: Hashable, field: FormField, markup: Markup) -> None:
        """Keep it; where that is too much, begin anew."""
        if len(markup) > LARGEST:
            return
        if self._size + len(markup) > self._most:
            self._markup, self._size = {}, 0
        self._markup[look] = field, markup
        self._size += len(markup)


def look_of(view: FieldView, frame: Hashable) -> Hashable | None:
    """All that the markup of a field follows from; None for what is not to be kept. `frame`: what stands around it."""
    spec = view.field.spec
    if view.problems or spec.encrypted or spec.target is not None:
        return None
    return (
        frame, id(view.field), view.name, view.mode, view.editable, view.required, view.text, str(view.value),
        view.chosen, *view.parts.items(), *view.handed_in.items(),
    )  # fmt: skip


def _drawing(field: Macro, group: Macro, currency: str, words: object) -> Draw:
    """How the fields of one form are drawn now, some at a time, by the macros for one field and for a group."""
    spoken = language()
    frame = (spoken, currency, asset("icons.svg"))
    kept: Kept | None = current_app.extensions[EXTENSION]

    def one(view: FieldView) -> Markup:
        if view.group is not None:
            return group(view, draw, spoken, words)
        look = None if kept is None else look_of(view, frame)
        markup = None if look is None or kept is None else kept.get(look)
        if markup is None:
            markup = field(view, currency, spoken, words)
            if kept is not None and look is not None:
                kept.put(look, view.field, markup)
        return markup

    def draw(views: Iterable[FieldView]) -> Markup:
        return Markup("".join(map(one, views)))  # noqa: S704 - each is markup of ours already

    return draw


def install(app: Flask) -> None:
    """Give the templates of forms their way to draw fields."""
    app.extensions[EXTENSION] = None if app.jinja_env.auto_reload else Kept()  # None: somebody works at the templates
    app.jinja_env.globals["drawing"] = _drawing
