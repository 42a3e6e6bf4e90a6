"""Data sets: the whitelisted tables that list pages and reports may show, with their columns, filters and sums.

A `page` or `report` document can only name what stands here; no SQL ever comes from a document or a request.
"""

from loanloom.services.reading.data_sets.asking import Asked, Range, read_question
from loanloom.services.reading.data_sets.listing import MOST_EXPORTED, Listed, condition, every_row, rows
from loanloom.services.reading.data_sets.model import Column, DataSet
from loanloom.services.reading.data_sets.sets import data_set, names

__all__ = [
    "MOST_EXPORTED",
    "Asked",
    "Column",
    "DataSet",
    "Listed",
    "Range",
    "condition",
    "data_set",
    "every_row",
    "names",
    "read_question",
    "rows",
]
