"""What may be wrong with how an entity keeps its records: fields there are not, fields that cannot serve."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from loanloom.metadata.document import Document
from loanloom.metadata.fields import Field, field_from, fields_of, record_of
from loanloom.metadata.nearest import hint as nearest_hint
from loanloom.metadata.plain_values import plain
from loanloom.metadata.pointers import child
from loanloom.problems import Problem, text

RESERVED = frozenset(
    {
        "record", "party", "item", "receipt", "order", "payout", "deposit", "instalment", "journal", "user",
        "department", "customers", "applications", "loans", "contracts", "sanctions", "instalments", "items",
        "receipts", "orders", "payouts", "deposits", "parties",
    }
)  # fmt: skip
"""Names that lists and look-ups have given away already."""


def check_registers(entities: Iterable[Document]) -> Iterator[Problem]:
    """Registers that name fields there are not, or fields that cannot serve."""
    known = tuple(entities)
    for document in known:
        if "register" in document.spec:
            yield from _check(document)
            yield from _check_becoming(document, fields_of("customer", known))


def check_sight(
    entities: Iterable[Document], roles: Sequence[Document], menus: Sequence[Document]
) -> Iterator[Problem]:
    """Warnings about records that no role may see, and about lists that no menu leads to. A bundle without roles, or
    without menus, leaves these to whoever takes it on."""
    seen = {one["entity"] for role in roles for one in role.spec.get("records", ())}
    items = [one for menu in menus for item in menu.spec["items"] for one in (item, *item.get("items", ()))]
    led_to = {str(item.get("entity") or _listed(item.get("url", ""))) for item in items}
    for document in entities:
        if "register" not in document.spec:
            continue
        if roles and document.key not in seen:
            words = text("No role may see these records.", "尚无角色可以查看该档案。")
            how = text("Give a role a right over them, in its part “Records of one's own making”.",
                       "请在角色的“自建档案”中授予查看或修改权限。")  # fmt: skip
            yield document.problem("register.nobody_sees", words, "/register", hint=how, severity="warning")
        if menus and "about" not in document.spec["register"] and document.key not in led_to:
            words = text("No menu leads to the list of these records.", "尚无菜单可以打开该档案列表。")
            how = text("Add an entry to the menu of the workspace, with this list of records.",
                       "请在工作台菜单中新增一项，并选择该档案列表。")  # fmt: skip
            yield document.problem("register.not_in_menu", words, "/register", hint=how, severity="warning")


def _listed(url: str) -> str:
    """The entity whose list an address opens; "" where it opens something else."""
    return url.removeprefix("/records/").partition("/")[0] if url.startswith("/records/") else ""


def _check(document: Document) -> Iterator[Problem]:
    if record_of(document) != document.key or document.key in RESERVED:
        words = text(f'"{document.key}" cannot be kept as records of its own.', f"“{document.key}”不能单独建档。")
        yield document.problem("register.not_own", words, "/register")
        return
    said, declared = document.spec["register"], {one["key"]: one for one in document.spec["fields"]}
    named = [("/register/name", said["name"])]
    for part in ("required", "similar", "columns", "becomes_customer"):
        named += [(child(f"/register/{part}", at), name) for at, name in enumerate(said.get(part, ()))]
    if "paid_to" in said:
        named += [(child("/register/paid_to/fields", at), name) for at, name in enumerate(said["paid_to"]["fields"])]
        named.append(("/register/paid_to/shown", said["paid_to"]["shown"]))
    for pointer, name in named:
        if name not in declared:
            words = text(f'There is no field "{name}".', f"没有字段“{name}”。")
            yield document.problem("register.unknown_field", words, pointer, hint=nearest_hint(name, list(declared)))
    if said["name"] in declared and not _names(field_from(declared[said["name"]])):
        words = text("A record is named by an open text.", "名称字段须为未加密的文本。")
        yield document.problem("register.bad_name", words, "/register/name")
    for at, similar in enumerate(said.get("similar", ())):
        if similar in declared and not (declared[similar].get("indexed") or declared[similar].get("unique")):
            words = text(
                f'"{similar}" is not searchable, so nothing is found by it.', f"“{similar}”未设为可检索，无法查重。"
            )
            yield document.problem("register.not_indexed", words, child("/register/similar", at))
    yield from _check_indexed(document)
    if "paid_to" in said:
        yield from _check_paid_to(document, declared)
    for at, name in enumerate(said.get("columns", ())):
        if name in declared and not _fits_a_list(field_from(declared[name])):
            words = text(
                f'"{name}" is not shown in the list; it stands on the page of each record.',
                f"“{name}”不在列表中显示，请在档案页查看。",
            )
            why = text("Encrypted fields, files, tables and fields of several parts have no column.",
                       "加密、附件、明细表及由多项组成的字段不能作为列表列。")  # fmt: skip
            yield document.problem(
                "register.no_column", words, child("/register/columns", at), hint=why, severity="warning"
            )


def _check_paid_to(document: Document, declared: Mapping[str, Mapping[str, Any]]) -> Iterator[Problem]:
    """What borrowers are told of an account is open text; whether they are, a yes or no."""
    said = document.spec["register"]["paid_to"]
    shown = declared.get(said["shown"])
    if shown is not None and shown["type"] != "yes_no":
        words = text("Whether borrowers see an account is a yes or no.", "是否向客户展示须为“是/否”字段。")
        yield document.problem("register.bad_paid_to", words, "/register/paid_to/shown")
    for at, name in enumerate(said["fields"]):
        if name in declared and not _names(field_from(declared[name])):
            words = text("Borrowers are told open texts.", "向客户展示的字段须为未加密的文本。")
            yield document.problem("register.bad_paid_to", words, child("/register/paid_to/fields", at))


def _check_becoming(document: Document, of_customers: Iterable[Field]) -> Iterator[Problem]:
    """What goes along into a customer's form has a field of that name and type there, and belongs to nobody yet."""
    said = document.spec["register"]
    taken = {one.key: one.type for one in of_customers}
    for at, name in enumerate(said.get("becomes_customer", ())):
        own = next((one for one in document.spec["fields"] if one["key"] == name), None)
        if "about" in said or (own is not None and taken.get(name) != own["type"]):
            words = text(f'Customers have no such field "{name}".', f"客户没有同名同类型的字段“{name}”。")
            if "about" in said:
                words = text("What belongs to somebody becomes no customer.", "有归属的档案不能转为客户。")
            yield document.problem("register.no_customer", words, child("/register/becomes_customer", at))


def _check_indexed(document: Document) -> Iterator[Problem]:
    for at, declared in enumerate(document.spec["fields"]):
        field = field_from(declared)
        if (field.indexed or field.unique) and plain(field) is None:
            words = text(
                f'A field such as "{field.key}" cannot be searched by.', f"“{field.key}”这类字段不能设为可检索。"
            )
            yield document.problem("register.cannot_index", words, child("/fields", at))


def _fits_a_list(field: Field) -> bool:
    shape = field.shape
    return not (field.encrypted or shape.several or shape.parts or shape.files or shape.rows)


def _names(field: Field) -> bool:
    return plain(field) == "text" and not field.encrypted
