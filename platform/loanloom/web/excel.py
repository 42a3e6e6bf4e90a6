"""Lists and reports as Excel files: what was asked for, the rows, the sums that the screen shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from flask_babel import gettext as _

from loanloom.engines.reports.fields import Field
from loanloom.problems import say
from loanloom.services.context import Context
from loanloom.services.reading import data_sets, spreadsheets
from loanloom.services.reading.data_sets import MOST_EXPORTED, Asked, DataSet, Listed
from loanloom.web import formats, lists
from loanloom.web.language import language
from loanloom.web.security import current_context

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Mapping[str, spreadsheets.Kind] = {"money": "money", "number": "number", "percent": "percent", "date": "date"}


def download(key: str) -> Response:
    """Every row of a list, as the address asks for it."""
    ctx, spoken = current_context(), language()
    document, data_set = lists.page_of(ctx, key)
    columns, order = lists.columns_and_order(document, data_set)
    asked = data_sets.read_question(lists.arguments(), data_set, columns=columns, order=order)
    titles = lists.titles_of(document)
    shown = [data_set.fields[path] for path in asked.columns]
    headings = [heading(column, say(titles.get(column.path) or column.title, spoken)) for column in shown]
    rows = ([cell(column, row[column.path]) for column in shown] for row in data_sets.every_row(ctx, data_set, asked))
    listed = data_sets.rows(ctx, data_set, asked, limit=1)
    told = notes(ctx, data_set, asked)
    if listed.more or listed.count > MOST_EXPORTED:
        told.append(_("At most %(count)s rows are exported.", count=formats.number(MOST_EXPORTED)))
    title = say(document.title if document else data_set.title, spoken)
    content = spreadsheets.workbook(title, headings, rows, notes=told, totals=_totals(data_set, shown, listed))
    return answer(content, f"{key}-{ctx.business_date.isoformat()}.xlsx")


def _totals(data_set: DataSet, shown: list[Field], listed: Listed) -> list[list[Any]]:
    """The lines of sums, where the screen has any."""
    if listed.count < 2:
        return []
    made = []
    for words, sums in lists.totals_of(data_set, listed):
        line: list[Any] = [sums.get(column.path) for column in shown]
        made.append([words, *line[1:]] if line[0] is None else line)
    return made


def notes(ctx: Context, data_set: DataSet, asked: Asked) -> list[str]:
    """What stands above the table: whose, of which day, by whom, and what was asked for."""
    first = f"{ctx.company.name} · {_('Business date')} {formats.day(ctx.business_date)} · {ctx.actor.name}"
    return [first, *lists.in_words(data_set, asked)]


def heading(column: Field, title: str) -> spreadsheets.Heading:
    """The head of a column, as wide and as written as its values are."""
    return spreadsheets.Heading(title, KINDS.get(column.type, "text"))


def cell(column: Field, value: Any) -> Any:
    """A value for a spreadsheet: numbers and dates as such, everything else in words."""
    return value if column.type in KINDS or value is None else lists.words_of(column, value)


def answer(content: bytes, name: str) -> Response:
    """An Excel file to keep."""
    return Response(content, mimetype=EXCEL, headers={"Content-Disposition": f'attachment; filename="{name}"'})
