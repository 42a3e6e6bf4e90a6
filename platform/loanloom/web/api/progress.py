"""/api/v1/progress: how an application stands, for an applicant's own program or a lender's web site; no log-in."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import request
from flask_appbuilder.api import expose
from werkzeug.wrappers import Response

from loanloom.problems import Problem, text
from loanloom.services.reading import public_progress
from loanloom.services.reading.public_progress import TooMany, Unknown
from loanloom.web import application_words, errors
from loanloom.web.access import public_call
from loanloom.web.api.base import HouseApi, body, refuse
from loanloom.web.security import database


class ProgressApi(HouseApi):
    """How an application stands."""

    resource_name = "progress"
    openapi_spec_tag = "Progress"

    @expose("/", methods=["POST"])
    @public_call
    def ask(self) -> Response:
        """How an application stands, by its number and the end of the applicant's identity number
        ---
        post:
          security: []
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [number, proof]
                  properties:
                    number: {type: string}
                    proof: {type: string, description: 'the last six characters of the identity number'}
                    company: {type: string, description: 'key of the lender, where there are several'}
          responses:
            200: {description: 'stage, what comes next, and the way, in the language that the caller accepts'}
            404: {description: 'number and proof do not fit together: which of them is wrong is not told'}
            429: {description: 'asked wrongly too often; Retry-After says how many seconds to wait'}
        """
        given = body()
        number, proof, company = (given.get(name, "") for name in ("number", "proof", "company"))
        if not all(isinstance(one, str) for one in (number, proof, company)):
            refuse("api.bad_text", "number, proof and company are texts.", "number、proof、company 应为文本。")
        try:
            found = public_progress.ask(database(), company or None, number, proof, ip=request.remote_addr)
        except TooMany as refused:
            answer = errors.answer(429, [_later()])
            wait = int((refused.until - datetime.now(UTC)).total_seconds()) + 1
            answer.headers["Retry-After"] = str(max(wait, 1))
            return answer
        except Unknown:
            return errors.answer(404, [_unknown()])
        said = application_words.without_log_in(found.standing)
        steps = [{"title": one["title"], "when": one["meta"], "tone": one["tone"]} for one in said["steps"]]
        told = {"words": said["told"].words, "next": said["following"], "at": [dict(one) for one in found.now]}
        return self.response(200, number=found.number, stage=found.standing.stage, **told, steps=steps)


def _unknown() -> Problem:
    return Problem(
        code="progress.unknown",
        message=text("The number and the identity number do not fit together.", "申请编号与证件号码不匹配。"),
        hint=text("Check both.", "请核对后重试。"),
    )


def _later() -> Problem:
    return Problem(
        code="progress.too_many",
        message=text("Too many wrong attempts.", "错误次数过多。"),
        hint=text("Try again later.", "请稍后再试。"),
    )
