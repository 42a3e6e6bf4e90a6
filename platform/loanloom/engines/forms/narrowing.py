"""A form whose choices are narrowed to what is offered: a product takes only some of a code list's codes. Pure.

What is not offered is no longer shown, unless it has been chosen already; whoever posts it all the same is told so by
the product's own check.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from loanloom.engines.forms.model import Form, FormField, options_of


def narrowed(form: Form, offered: Mapping[str, Collection[str]]) -> Form:
    """The form with the choices of some fields (by path) cut down to the keys in `offered`."""
    changed = {path: _field(form.by_path[path], keys) for path, keys in offered.items() if path in form.by_path}
    if not changed:
        return form
    return replace(
        form,
        sections=tuple(
            replace(one, fields=tuple(changed.get(field.path, field) for field in one.fields)) for one in form.sections
        ),
        steps=tuple(
            replace(one, field=changed.get(one.field.path, one.field)) if one.field is not None else one
            for one in form.steps
        ),
        by_path={**form.by_path, **changed},
    )


def _field(field: FormField, keys: Collection[str]) -> FormField:
    options = (one if one.key in keys else replace(one, retired=True) for one in field.spec.options)
    choices = replace(options_of(options), open=field.spec.option_keys)
    return replace(field, spec=replace(field.spec, choices=choices))
