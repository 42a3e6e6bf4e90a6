"""One map from what went wrong to what the caller sees: a page of the house, an htmx part, or JSON.

Services raise four errors (services/errors.py); everything else is ours to explain without showing its inside. The
correlation id on the page finds the log line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import structlog
from flask import Flask, flash, g, jsonify, render_template, request
from flask_wtf.csrf import CSRFError
from markupsafe import escape
from sqlalchemy.exc import DataError, OperationalError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from loanloom.problems import Problem, say, text
from loanloom.services.errors import Forbidden, Refused, ServiceError
from loanloom.web.language import language

log = structlog.get_logger("loanloom.web")

WORDS = {
    400: text("The request could not be understood.", "无法识别该请求。"),
    401: text("Sign in first.", "请先登录。"),
    403: text("You may not open this page.", "您没有访问此页面的权限。"),
    404: text("This page does not exist.", "页面不存在。"),
    405: text("This address does not take that kind of request.", "该地址不支持此操作。"),
    409: text("Somebody else was faster.", "该记录已被他人修改。"),
    413: text("The file is too large.", "文件过大。"),
    422: text("This cannot be done as it stands.", "无法完成该操作。"),
    429: text("Too many requests. Please wait a moment.", "请求过于频繁，请稍候再试。"),
    500: text("Something went wrong on our side.", "系统出现错误。"),
    503: text("The system is not ready yet.", "系统正在准备中。"),
}
HINTS = {
    404: text("Look for it with the search above, or go back to the home page.", "请使用上方搜索查找，或返回首页。"),
    405: text("Open the page again from the menu.", "请从菜单重新打开页面。"),
    413: text("Make the file smaller and send it again.", "请压缩文件后重新上传。"),
    500: text(
        "Nothing was half done. Try again; if it stays, tell your administrator the number below.",
        "操作未生效。请重试；如仍有问题，请将下方编号告知管理员。",
    ),
}
INTERRUPTED = {"57014": 503, "40P01": 409, "40001": 409, "55P03": 409}
"""By PostgreSQL's sign: cancelled after its time, deadlock, not serialisable, lock not to be had."""
GONE = ("08", "57", "53")
"""Classes of signs of a server that went away, shuts down, or has no room."""
TOO_LONG = Problem(
    code="web.too_long",
    message=text("This took too long and was ended; nothing was half done.", "处理时间过长，已中止；数据未发生变化。"),
    hint=text(
        "Ask for less at a time, such as fewer conditions or a shorter period.", "请减少查询条件或缩短期间后重试。"
    ),
)


def wants_json() -> bool:
    """Whether the caller is a program."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


def problem_json(problem: Problem) -> dict[str, Any]:
    """A problem as the API says it; both languages travel."""
    return {
        "code": problem.code,
        "message": dict(problem.message),
        "hint": dict(problem.hint) if problem.hint else None,
        "field": problem.field,
        "severity": problem.severity,
    }


def answer(status: int, problems: Sequence[Problem]) -> Response:
    """The one shape of a refusal for this caller."""
    if wants_json():
        made: Response = jsonify(problems=[problem_json(problem) for problem in problems], correlation_id=_number())
    elif request.headers.get("HX-Request"):
        made = Response(render_template("errors/part.html", problems=problems), mimetype="text/html")
        if status not in (409, 422):
            said = " ".join(problem.in_words(language()) for problem in problems)
            made.headers["X-Problem"] = quote(said)
    else:
        made = Response(_page(status, problems), mimetype="text/html")
    made.status_code = status
    return made


def _page(status: int, problems: Sequence[Problem]) -> str:
    """The house's page; without a database not even its frame can be made, and plain words must do."""
    try:
        return render_template("errors/page.html", status=status, problems=problems, correlation_id=_number())
    except Exception:  # whatever keeps the page from being made, the caller gets an answer
        log.exception("error_page_failed", path=request.path)
        words = "".join(f"<p>{escape(say(problem.message, tag))}</p>" for problem in problems for tag in ("zh", "en"))
        return f"<!doctype html><title>{status}</title>{words}<p>{status} · {escape(_number())}</p>"


def _number() -> str:
    return str(g.get("correlation_id", ""))


def _of_status(status: int) -> Problem:
    try:
        name = HTTPStatus(status).phrase
    except ValueError:
        name = str(status)
    return Problem(code=f"web.{status}", message=WORDS.get(status, text(name, name)), hint=HINTS.get(status))


def _service(error: ServiceError) -> Response:
    if isinstance(error, Forbidden):
        log.info("forbidden", path=request.path, problem=error.in_words("en"))
    return answer(error.status, error.problems)


def _csrf(error: CSRFError) -> Response:
    problem = Problem(
        code="web.csrf",
        message=text("This form is too old to be sent.", "表单已失效。"),
        hint=text("Open the page again and repeat the step.", "请重新打开页面后再操作。"),
    )
    log.info("csrf", path=request.path, why=error.description)
    return answer(400, [problem])


def _http(error: HTTPException) -> Response:
    if error.code is None or error.code < 400:
        return error.get_response()  # a redirect
    response = answer(error.code, [_of_status(error.code)])
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def _out_of_range(error: DataError) -> Response:
    """A value of the request that no column holds: a number or a day beyond all bounds."""
    log.warning("out_of_range", path=request.path, why=type(error.orig).__name__)
    return answer(400, [_of_status(400)])


def _interrupted(error: OperationalError) -> Response:
    """PostgreSQL has ended what was asked, and all of it: it took too long, stood in another's way, or the server went
    away. Whoever asks again finds everything as it was before."""
    sign = getattr(error.orig, "sqlstate", None)
    lost = error.connection_invalidated or sign is None or sign[:2] in GONE
    status = INTERRUPTED.get(sign or "", 503 if lost else 500)
    if status == 500:
        return _defect(error)
    log.warning("interrupted", path=request.path, sqlstate=sign)
    return answer(status, [TOO_LONG if sign == "57014" else _of_status(status)])


def _defect(error: Exception) -> Response:
    log.exception("defect", path=request.path, kind=type(error).__name__)
    return answer(500, [_of_status(500)])


def install(app: Flask) -> None:
    """Every error of every route ends here."""
    app.register_error_handler(ServiceError, _service)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DataError, _out_of_range)
    app.register_error_handler(OperationalError, _interrupted)
    if not app.config.get("PROPAGATE_DEFECTS"):
        app.register_error_handler(Exception, _defect)


def toast(refused: Refused) -> None:
    """Say what was refused on the page that comes next."""
    flash(" ".join(say(problem.message, language()) for problem in refused.problems), "bad")


@contextmanager
def refusal_as_toast() -> Iterator[None]:
    """For buttons without a page of their own: what is refused within becomes a toast."""
    try:
        yield
    except Refused as refused:
        toast(refused)
