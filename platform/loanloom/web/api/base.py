"""What every resource of the API shares: reading a JSON body exactly, answering lists, one shape of numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NoReturn

from apispec import APISpec
from apispec.exceptions import DuplicateComponentNameError
from flask import Flask, Response, jsonify, request
from flask.json.provider import DefaultJSONProvider
from flask_appbuilder.api import BaseApi

from loanloom.core.money import is_writable
from loanloom.problems import Problem, text
from loanloom.services.errors import NotFound, Refused
from loanloom.services.reading import data_sets
from loanloom.web.lists import arguments
from loanloom.web.requests import is_storable
from loanloom.web.security import current_context

MOST = 100
DEFAULT = 50
PART = re.compile(r"<(int:)?(\w+)>")
PARAMETERS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "key": ("header", {"name": "Idempotency-Key", "required": True, "schema": {"type": "string", "maxLength": 100}}),
    "optional_key": ("header", {"name": "Idempotency-Key", "schema": {"type": "string", "maxLength": 100}}),
    "day": ("query", {"name": "on", "schema": {"type": "string", "format": "date"}}),
    "limit": ("query", {"name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": MOST}}),
    "after": ("query", {"name": "after", "description": "`next` of the page before", "schema": {"type": "string"}}),
}
RESPONSES: Mapping[str, str] = {
    "page": "rows, and in `next` the key of the following page",
    "acted": "how it stands now",
    "may_not": "the caller may not do that",
    "changed": "done already, or changed since it was read: nothing was done",
}
VERSIONED = {"type": "object", "required": ["version"], "properties": {"version": {"type": "integer"}}}
"""What is changed is named as it was read."""


class HouseJson(DefaultJSONProvider):
    """Amounts as text, so that no program reads them as binary floats; dates by ISO 8601."""

    sort_keys = False
    ensure_ascii = False

    @staticmethod
    def default(value: Any) -> Any:
        """Values JSON does not know."""
        if isinstance(value, Decimal):
            return f"{value:f}"
        if isinstance(value, date | datetime):
            return value.isoformat()
        if isinstance(value, Mapping):
            return dict(value)
        return DefaultJSONProvider.default(value)


class HouseApi(BaseApi):
    """A resource; rights are marked with @requires like everywhere, CSRF is asked of cookie sessions."""

    csrf_exempt = False
    allow_browser_login = True

    def add_apispec_components(self, api_spec: APISpec) -> None:
        """What the description of several resources refers to."""
        super().add_apispec_components(api_spec)
        for name, (place, parameter) in PARAMETERS.items():
            with suppress(DuplicateComponentNameError):
                api_spec.components.parameter(name, place, dict(parameter))
        for name, words in RESPONSES.items():
            with suppress(DuplicateComponentNameError):
                api_spec.components.response(name, {"description": words})
        with suppress(DuplicateComponentNameError):
            api_spec.components.schema("Versioned", dict(VERSIONED))

    def operation_helper(self, operations: dict[str, Any], func: Any, **more: Any) -> None:
        """Describe the parts of the address by its own rule."""
        super().operation_helper(operations=operations, func=func, **more)
        parts = [
            {"in": "path", "name": name, "required": True, "schema": {"type": "integer" if kind else "string"}}
            for kind, name in PART.findall(func._urls[0][0])
        ]
        for described in operations.values():
            said = described.get("parameters", [])
            named = {each["name"] for each in said if isinstance(each, dict)}
            described["parameters"] = [part for part in parts if part["name"] not in named] + said


def refuse(code: str, en: str, zh: str, field: str | None = None) -> NoReturn:
    """Refuse the request with one problem."""
    raise Refused(Problem(code=code, message=text(en, zh), field=field))


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def body() -> Mapping[str, Any]:
    """The JSON object of the request; numbers with a fraction are Decimals, NaN and Infinity are refused."""
    try:
        found = json.loads(request.get_data(), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, ArithmeticError, RecursionError):
        refuse("api.bad_json", "The body is no valid JSON.", "请求正文不是有效的JSON。")
    if not is_storable(found):
        refuse("api.bad_text", "The body holds characters that cannot be kept.", "请求正文包含无法保存的字符。")
    if not isinstance(found, dict):
        refuse("api.no_object", "The body must be a JSON object.", "请求正文必须是JSON对象。")
    return found


def amount(value: Any, field: str) -> Decimal:
    """A positive amount given as text or number."""
    try:
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise ValueError
        made = Decimal(value)
    except (ValueError, ArithmeticError):
        refuse("api.bad_amount", "This is no amount.", "金额格式不正确。", field)
    if not is_writable(made) or made <= 0 or made > Decimal(10) ** 15:
        refuse("api.bad_amount", "The amount must be positive and within range.", "金额须大于零且在允许范围内。", field)
    return made


def idempotency_key() -> str | None:
    """The caller's key for a request that must not be done twice."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > 100:
        refuse("api.bad_key", "The idempotency key is too long.", "幂等键过长。")
    return key or None


def required_key() -> str:
    """The key without which money is not moved."""
    return idempotency_key() or refuse(
        "api.no_key", "Send an Idempotency-Key header.", "请提供 Idempotency-Key 请求头。"
    )


def version(given: Mapping[str, Any]) -> int:
    """The version of the record that the caller has read."""
    read = given.get("version")
    if isinstance(read, bool) or not isinstance(read, int):
        refuse("api.no_version", "Give the version that you have read.", "请提供所读取的版本号 version。", "version")
    return read


def choice(name: str, allowed: tuple[str, ...]) -> str | None:
    """One of a few words of the query; None where it is left out."""
    found = request.args.get(name) or None
    if found is not None and found not in allowed:
        words = ", ".join(allowed)
        refuse("api.bad_choice", f"{name} is one of: {words}.", f"{name} 可选：{words}。", name)
    return found


def limit() -> int:
    """How many rows the caller wants."""
    return min(max(request.args.get("limit", DEFAULT, type=int), 1), MOST)


def whole(given: Mapping[str, Any], name: str) -> int | None:
    """A whole number of the body; None where it is left out."""
    found = given.get(name)
    if found is not None and (isinstance(found, bool) or not isinstance(found, int) or abs(found) > 2**63 - 1):
        refuse("api.bad_number", f"{name} is a whole number.", f"{name} 应为整数。", name)
    return found


def record(given: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object within the body; empty where it is left out."""
    found = given.get(name, {})
    if not isinstance(found, Mapping):
        refuse("api.bad_object", f"{name} is a JSON object.", f"{name} 应为 JSON 对象。", name)
    return found


def words(given: Mapping[str, Any], name: str) -> str:
    """A text of the body; empty where it is left out."""
    found = given.get(name) or ""
    if not isinstance(found, str):
        refuse("api.bad_text", f"{name} is a text.", f"{name} 应为文本。", name)
    return found


def answer_json(found: Mapping[str, Any], status: int = 200) -> Response:
    """A mapping as the answer, whatever its fields are called."""
    made = jsonify(found)
    made.status_code = status
    return made


def listed(name: str) -> dict[str, Any]:
    """A data set's rows with the same filters, order and paging as its list page."""
    ctx = current_context()
    found = data_sets.data_set(ctx.registry, name)
    if found is None:
        raise NotFound()
    own = [path for path in found.columns if path.split(".")[0] in (name.removesuffix("s"), "customer", "score")]
    asked = data_sets.read_question(arguments(), found, columns=own, order=())
    rows = data_sets.rows(ctx, found, asked, limit=limit())
    return {"count": rows.count, "rows": list(rows.rows), "next": rows.next, "previous": rows.previous}


def install(app: Flask) -> None:
    """Numbers and dates of every JSON answer."""
    app.json = HouseJson(app)
