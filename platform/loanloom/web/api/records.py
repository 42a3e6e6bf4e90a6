"""/api/v1/records/<entity>: the records a company keeps by entities of its own. The same form judges what is sent."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import Response
from flask_appbuilder.api import expose

from loanloom.engines.forms import FieldView
from loanloom.services.context import Context
from loanloom.services.errors import NotFound
from loanloom.services.reading import data_sets
from loanloom.services.records import kept, pages
from loanloom.web.access import staff
from loanloom.web.api.base import HouseApi, answer_json, body, idempotency_key, limit, record, version, whole
from loanloom.web.lists import arguments
from loanloom.web.security import current_context


def _value(field: FieldView) -> Any:
    if field.group is not None:
        rows = [{cell.name.rpartition(".")[2]: _value(cell) for cell in row.fields} for row in field.group.rows]
        return rows if not field.group.single else next(iter(rows), None)
    if field.type == "percent" and isinstance(field.value, Decimal):
        return f"{field.text}%"  # as it may be sent back: without its sign a text would be read as so many percent
    return field.value


def _one(ctx: Context, entity: str, record_id: int) -> dict[str, Any]:
    page = pages.read(ctx, entity, record_id)
    fields = (field for section in page.form.sections for field in section.fields)
    return {
        "id": page.row.id,
        "number": page.row.number,
        "name": page.row.name,
        "state": page.row.state,
        "owner": page.owner.id if page.owner is not None else None,
        "values": {field.name: _value(field) for field in fields},
        "version": page.row.version,
    }


def _listed(ctx: Context, entity: str) -> Mapping[str, Any]:
    kept.register(ctx, entity)
    found = data_sets.data_set(ctx.registry, entity)
    if found is None:
        raise NotFound(kept.UNKNOWN)
    own = [path for path in found.columns if path.partition(".")[0] in (entity, "record") or path in found.whose]
    asked = data_sets.read_question(arguments(), found, columns=own, order=())
    rows = data_sets.rows(ctx, found, asked, limit=limit())
    return {
        "count": rows.count, "more": rows.more, "rows": list(rows.rows), "next": rows.next, "previous": rows.previous,
    }  # fmt: skip


class RecordApi(HouseApi):
    """Records of entities that the company declares itself."""

    resource_name = "records"
    openapi_spec_tag = "Records"

    @expose("/<entity>/", methods=["GET"])
    @staff
    def index(self, entity: str) -> Response:
        """A page of records
        ---
        get:
          description: 'Records in use that the caller may see; filters are column paths, e.g. prospect.interest'
          parameters:
          - {in: query, name: q, schema: {type: string}, description: 'number, or name or pinyin'}
          - limit
          - after
          - {in: query, name: sort, schema: {type: string}, description: 'a column path, with - in front to turn round'}
          responses:
            200: {description: 'count ("more": at least so many), rows, next, previous'}
            404: {$ref: '#/components/responses/404'}
        """
        return answer_json(_listed(current_context(), entity))

    @expose("/<entity>/<int:record_id>", methods=["GET"])
    @staff
    def show(self, entity: str, record_id: int) -> Response:
        """One record
        ---
        get:
          responses:
            200: {description: 'the record, its values as the caller may see them'}
            404: {$ref: '#/components/responses/404'}
        """
        return answer_json(_one(current_context(), entity, record_id))

    @expose("/<entity>/", methods=["POST"])
    @staff
    def create(self, entity: str) -> Response:
        """Enter a record
        ---
        post:
          description: >-
            values by path, e.g. {"prospect.name": "..."}; checked by the same form as on screen.
            A percentage is the text "12.5%" or the number 0.125
          parameters: [optional_key]
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [values]
                  properties:
                    values: {type: object}
                    owner: {type: integer, description: 'id of the customer or partner it belongs to'}
                    although_similar: {type: boolean}
          responses:
            201: {description: 'the record'}
            422: {$ref: '#/components/responses/422'}
        """
        ctx, given = current_context(), body()
        made = kept.create(
            ctx,
            entity,
            record(given, "values"),
            owner=whole(given, "owner"),
            idempotency_key=idempotency_key(),
            although_similar=given.get("although_similar") is True,
        )
        return answer_json(_one(ctx, entity, made), 201)

    @expose("/<entity>/<int:record_id>", methods=["PUT"])
    @staff
    def change(self, entity: str, record_id: int) -> Response:
        """Change a record; values that are not named stay
        ---
        put:
          requestBody:
            required: true
            content:
              application/json:
                schema:
                  type: object
                  required: [values, version]
                  properties:
                    values: {type: object}
                    version: {type: integer}
          responses:
            200: {description: 'the record'}
            409: {$ref: '#/components/responses/changed'}
            422: {$ref: '#/components/responses/422'}
        """
        ctx, given = current_context(), body()
        kept.change(ctx, entity, record_id, record(given, "values"), version=version(given))
        return answer_json(_one(ctx, entity, record_id))

    @expose("/<entity>/<int:record_id>/archive", methods=["POST"])
    @staff
    def archive(self, entity: str, record_id: int) -> Response:
        """Take a record out of use
        ---
        post:
          requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Versioned'}}}}
          responses:
            200: {$ref: '#/components/responses/acted'}
            409: {$ref: '#/components/responses/changed'}
        """
        ctx = current_context()
        kept.archive(ctx, entity, record_id, version=version(body()))
        return answer_json(_one(ctx, entity, record_id))

    @expose("/<entity>/<int:record_id>/restore", methods=["POST"])
    @staff
    def restore(self, entity: str, record_id: int) -> Response:
        """Take an archived record up again
        ---
        post:
          requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Versioned'}}}}
          responses:
            200: {$ref: '#/components/responses/acted'}
            409: {$ref: '#/components/responses/changed'}
        """
        ctx = current_context()
        kept.restore(ctx, entity, record_id, version=version(body()))
        return answer_json(_one(ctx, entity, record_id))
