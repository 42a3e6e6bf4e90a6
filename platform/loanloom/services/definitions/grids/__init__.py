"""Definitions that people think of as a grid: decision tables, code lists, menus, limits of authority, rates, holidays.

`laying` makes the grid of a definition, `reading` what a cell says and what was typed into it, `moving` and `columns`
the steps for lines and columns, `writing` does it as one change of the draft.
"""
