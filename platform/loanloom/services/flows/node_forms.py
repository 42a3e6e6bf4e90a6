"""The form of a step as the step lets it be filled in: what `may_change` does not name is for reading. Pure.

A request's step that names nothing lets everything of its form be filled in, as its form says; of another record
nothing is changed unless the step names it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from loanloom.engines import flows, forms


def narrowed(form: forms.Form, node: flows.Node, roles: Collection[str], names: Collection[str]) -> forms.Form:
    """The form with everything but the fields of `names` for reading; what these roles do not see stays hidden."""
    writable = {field.path for field in forms.writable(form, roles, node.key)}
    reading = forms.Access(
        roles=frozenset(roles), mode="read", node=node.key, paths=frozenset(writable - set(names))
    )  # fmt: skip
    return replace(form, access=(*form.access, reading))


def of_request(form: forms.Form, node: flows.Node, roles: Collection[str], record: str) -> forms.Form:
    """The form of a request's step; `request.x` is the field x of its record."""
    if not node.may_change:
        return form
    named = [f"{record}.{leaf}" for _, _, leaf in (path.partition(".") for path in node.may_change) if leaf]
    return narrowed(form, node, roles, named)
