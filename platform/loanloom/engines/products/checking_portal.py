"""A product that customers apply for by themselves: what keeps them from it, and what they would see by mistake."""

from __future__ import annotations

from collections.abc import Iterator

from loanloom.metadata.document import Document
from loanloom.metadata.registry import Registry
from loanloom.problems import Problem, say, text

FUNCTION = "portal.use"


def problems(document: Document, registry: Registry) -> Iterator[Problem]:
    """Everything doubtful about one product in the portal."""
    completed = document.spec.get("portal_completed_by_staff")
    if not document.spec.get("portal"):
        if completed:
            yield _nothing_to_complete(document)
        return
    if document.spec.get("investigation", {}).get("required") and not completed:
        yield _needs_visit(document)
    yield from _open_form(document, registry)


def _needs_visit(document: Document) -> Problem:
    """What only staff can do keeps customers from handing in by themselves."""
    return document.problem(
        "product.portal_needs_visit",
        text(
            "Customers cannot hand in by themselves what needs a site visit before.",
            "提交前须完成实地调查的产品，客户无法自助提交申请。",
        ),
        "/portal",
        hint=text(
            "Let account managers complete what customers hand in, or leave one of the two out.",
            "请设为客户提交后由客户经理补充完整，或取消其中一项。",
        ),
    )


def _nothing_to_complete(document: Document) -> Problem:
    return document.problem(
        "product.portal_completed_alone",
        text(
            "Customers do not apply for this product in the portal, so nothing of theirs is completed.",
            "该产品未开放客户自助申请，无需补充客户提交的内容。",
        ),
        "/portal_completed_by_staff",
        hint=text("Open the product in the portal, or take this out.", "请开放客户自助申请，或取消此项。"),
        severity="warning",
    )


def _open_form(document: Document, registry: Registry) -> Iterator[Problem]:
    """A form that says nothing about customers lets them fill in everything, also what only staff know."""
    form = registry.get("form", document.spec.get("forms", {}).get("application", ""))
    roles = [one for one in registry.all("role") if FUNCTION in one.spec.get("functions", ())]
    if form is None or not roles:
        return
    named = {str(role) for access in form.spec.get("access", ()) for role in access.get("roles", ())}
    for role in roles:
        if role.key not in named:
            yield document.problem(
                "product.portal_form_open",
                text(
                    f"The form “{say(form.title, 'en')}” says nothing about the role “{say(role.title, 'en')}”: "
                    "customers see and fill in every field of it.",
                    f"表单“{say(form.title, 'zh')}”未对角色“{say(role.title, 'zh')}”设置权限："
                    "客户可查看并填写全部内容。",
                ),
                "/portal",
                hint=text(
                    "Name the role under the form's access, with what it may not see.",
                    "请在表单的“权限”中加入该角色，并设置其不可见的内容。",
                ),
                severity="warning",
            )
