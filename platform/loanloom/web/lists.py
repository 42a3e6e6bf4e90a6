"""Lists on screen: a page document, the question in the address, and the rows, made ready for the list macros.

`view` for a whole page, `part` for a list inside another record's page; as Excel: web/excel.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from loanloom.engines.reports.fields import Field
from loanloom.metadata.document import Document
from loanloom.problems import say, text
from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.services.reading import data_sets, saved_views
from loanloom.services.reading.data_sets import Asked, DataSet, Listed, Range
from loanloom.services.scope import units_of
from loanloom.web import formats
from loanloom.web.language import language
from loanloom.web.security import current_context
from loanloom.web.states import STATE_LISTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """An active filter, with the address that drops it."""

    words: str
    without: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One filter of the panel."""

    column: Field
    title: str
    choices: tuple[tuple[str, str], ...] = ()
    values: tuple[str, ...] = ()
    first: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """One shown column, with the address that sorts by it."""

    column: Field
    title: str
    sort_url: str
    sorted: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Search and filters around a table, and the address they make."""

    asked: Asked
    filters: tuple[Filter, ...]
    chips: tuple[Chip, ...]
    query: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class View(Frame):
    """Everything the list macros show."""

    page: str
    title: str
    data_set: DataSet
    listed: Listed
    heads: tuple[Head, ...]
    every_column: tuple[tuple[str, str, bool], ...]
    saved: tuple[saved_views.SavedView, ...]

    def url(self, **changes: str | None) -> str:
        """This list with something changed; paging starts anew unless it is what changes."""
        return address(self.path, changes)

    def record_url(self, row: Mapping[str, Any]) -> str | None:
        """Where a row leads."""
        return self.data_set.record_url.format(id=row["id"]) if self.data_set.record_url else None


def arguments() -> dict[str, list[str]]:
    """The address's question, each name with all its values."""
    return {name: request.args.getlist(name) for name in request.args}


def address(path: str, changes: Mapping[str, str | None], drop_value: tuple[str, str] | None = None) -> str:
    """The present address with changes; None drops a name, `drop_value` one value of a name."""
    kept = []
    for name, values in arguments().items():
        if name in ("after", "before") or name in changes:
            continue
        kept += [(name, value) for value in values if value and (name, value) != drop_value]
    kept += [(name, value) for name, value in changes.items() if value]
    return f"{path}?{urlencode(kept)}" if kept else path


def page_of(ctx: Context, key: str) -> tuple[Document | None, DataSet]:
    """A page document with its data set; a data set's plain list where no document speaks."""
    document = ctx.registry.get("page", key)
    name = str(document.spec["record"]) if document else key
    found = data_sets.data_set(ctx.registry, name)
    if found is None:
        raise NotFound(text("list", "列表"))
    return document, found


def columns_and_order(document: Document | None, data_set: DataSet) -> tuple[list[str], list[tuple[str, bool]]]:
    """What a list shows, and in which order, unless the address asks for something else."""
    if document is None:
        return list(data_set.shown or list(data_set.columns)[:9]), []
    columns = [str(column["field"]) for column in document.spec["columns"]]
    order = [(str(one["field"]), bool(one.get("descending"))) for one in document.spec.get("sort", ())]
    return columns, order


def titles_of(document: Document | None) -> dict[str, Any]:
    """What a page document calls its columns where it has words of its own."""
    columns: Iterable[Mapping[str, Any]] = document.spec["columns"] if document else ()
    return {str(column["field"]): column["title"] for column in columns if column.get("title")}


def _choices(ctx: Context, column: Field) -> tuple[tuple[str, str], ...]:
    spoken = language()
    if column.type == "yes_no":
        return (("yes", _("Yes")), ("no", _("No")))
    if column.type == "product":
        return tuple((one.key, say(one.title, spoken)) for one in ctx.registry.all("product"))
    if column.type == "unit":
        return tuple((key, say(unit["title"], spoken)) for key, unit in units_of(ctx).items())
    if column.type != "choice":
        return ()
    document = ctx.registry.get("code_list", column.code_list or "")
    if document:
        return tuple((str(item["key"]), say(item["title"], spoken)) for item in document.spec["items"])
    states = STATE_LISTS.get(column.code_list or "", ())
    return tuple((state, formats.state_words(state)["words"]) for state in states)


def _filters(ctx: Context, wanted: Iterable[str], data_set: DataSet, asked: Asked) -> tuple[Filter, ...]:
    paths = [path for path in dict.fromkeys([*wanted, *asked.filters]) if path in data_set.columns]
    made = []
    for path in paths:
        column = data_set.fields[path]
        title, values = say(column.title, language()), tuple(request.args.getlist(path))
        first, last = request.args.get(f"{path}.from", ""), request.args.get(f"{path}.to", "")
        choices = _choices(ctx, column)
        made.append(Filter(column=column, title=title, choices=choices, values=values, first=first, last=last))
    return tuple(made)


def _chips(ctx: Context, data_set: DataSet, asked: Asked, path: str) -> tuple[Chip, ...]:
    made = []
    for name, wanted in asked.filters.items():
        column = data_set.fields[name]
        title = say(column.title, language())
        if isinstance(wanted, Range):
            words = f"{title}: {_shown(column, wanted.first)} – {_shown(column, wanted.last)}"
            made.append(Chip(words=words, without=address(path, {f"{name}.from": None, f"{name}.to": None})))
            continue
        labels = dict(_choices(ctx, column))
        for value in request.args.getlist(name):
            without = address(path, {}, drop_value=(name, value))
            made.append(Chip(words=f"{title}: {labels.get(value, value)}", without=without))
    return tuple(made)


def in_words(data_set: DataSet, asked: Asked) -> list[str]:
    """What was searched for and filtered by, a line each."""
    searched = [_("Searched for: %(words)s", words=asked.words)] if asked.words else []
    return searched + [chip.words for chip in _chips(current_context(), data_set, asked, "")]


def _shown(column: Field, value: Any) -> str:
    return "…" if value is None else words_of(column, value)


def words_of(column: Field, value: Any) -> str:
    """A value as text, for chips, totals and spreadsheets."""
    if value is None:
        return ""
    if column.type == "product":
        return formats.title_of(value, "product")
    if column.type == "unit":
        return formats.unit_title(value)
    if isinstance(value, Mapping):
        return formats.spoken(value)
    if column.code_list == "journal_event":
        return formats.event(value)
    if column.type == "choice":
        known = column.code_list and current_context().registry.get("code_list", column.code_list)
        return formats.code(value, column.code_list or "") if known else formats.state_words(value)["words"]
    if column.type == "yes_no":
        return _("Yes") if value else _("No")
    if column.type == "date":
        return formats.day(value)
    if column.type == "moment":
        return formats.moment(value)
    if column.type == "percent":
        return formats.percent(value)
    if column.type == "money":
        return formats.money(value)
    return formats.number(value)


def totals_of(data_set: DataSet, listed: Listed) -> list[tuple[str, Mapping[str, Any]]]:
    """The lines of sums with their words: one, or one for each of the things that are kept apart."""
    if data_set.apart is None or not listed.apart:
        return [(_("Total"), listed.sums)] if listed.sums else []
    column = data_set.fields[data_set.apart]
    return [(f"{_('Total')} · {words_of(column, value)}", sums) for value, sums in listed.apart if any(sums.values())]


def _heads(data_set: DataSet, asked: Asked, titles: Mapping[str, Any], path: str) -> tuple[Head, ...]:
    first = asked.order[0] if asked.order else None
    made = []
    for name in asked.columns:
        column = data_set.fields[name]
        now = None if first is None or first[0] != name else ("descending" if first[1] else "ascending")
        url = address(path, {"sort": f"-{name}" if now == "ascending" else name})
        title = say(titles.get(name) or column.title, language())
        made.append(Head(column=column, title=title, sort_url=url, sorted=now))
    return tuple(made)


def frame(data_set: DataSet, asked: Asked, filters: Iterable[str]) -> Frame:
    """Search and filters of a report."""
    ctx, path = current_context(), request.path
    return Frame(
        asked=asked,
        filters=_filters(ctx, filters, data_set, asked),
        chips=_chips(ctx, data_set, asked, path),
        query=address("", {}).removeprefix("?"),
        path=path,
    )


def view(key: str, *, where: Mapping[str, Any] | None = None, limit: int = 50) -> View:
    """The list of a page document, as the address asks for it."""
    ctx = current_context()
    document, data_set = page_of(ctx, key)
    columns, order = columns_and_order(document, data_set)
    asked = data_sets.read_question(arguments(), data_set, columns=columns, order=order)
    path, titles = request.path, titles_of(document)
    title = say(document.title if document else data_set.title, language())
    return View(
        page=key,
        title=title,
        data_set=data_set,
        asked=asked,
        listed=data_sets.rows(ctx, data_set, asked, where=where, limit=limit),
        heads=_heads(data_set, asked, titles, path),
        filters=_filters(ctx, document.spec.get("filters", ()) if document else data_set.filtered, data_set, asked),
        chips=_chips(ctx, data_set, asked, path),
        every_column=_every_column(data_set, asked, titles),
        saved=saved_views.of(ctx, key),
        query=address("", {}).removeprefix("?"),
        path=path,
    )


def _every_column(data_set: DataSet, asked: Asked, titles: Mapping[str, Any]) -> tuple[tuple[str, str, bool], ...]:
    rest = [path for path in data_set.columns if path not in asked.columns]
    spoken = language()
    return tuple(
        (path, say(titles.get(path) or data_set.fields[path].title, spoken), path in asked.columns)
        for path in (*asked.columns, *rest)
    )


def part(key: str, *, where: Mapping[str, Any], columns: Sequence[str] = (), limit: int = 50) -> Markup:
    """A plain list inside another page: `part("loans", where={"customer_id": 5})`."""
    ctx = current_context()
    document, data_set = page_of(ctx, key)
    given, order = columns_and_order(document, data_set)
    given = [path for path in given if path not in data_set.whose]
    asked = data_sets.read_question({}, data_set, columns=columns or given, order=order)
    listed = data_sets.rows(ctx, data_set, asked, where=where, limit=limit)
    heads = _heads(data_set, asked, titles_of(document), request.path)
    made = render_template("components/list_part.html", heads=heads, listed=listed, data_set=data_set)
    return Markup(made)  # noqa: S704  # rendered by our own template, which escapes


def install(app: Flask) -> None:
    """Give the list macros their lines of sums."""
    app.jinja_env.filters["totals_of"] = lambda listed, data_set: totals_of(data_set, listed)
