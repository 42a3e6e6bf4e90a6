"""/healthz: whether this process can serve: database reachable and migrated, and which releases are live."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from loanloom import __version__
from loanloom.store import migrate
from loanloom.store.tables import company
from loanloom.web.access import public
from loanloom.web.security import database

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def show() -> tuple[Response, int]:
    """200 when ready, 503 with the reason when not. Names no company and no address."""
    try:
        with database().transaction() as connection:
            current, wanted = migrate.current(connection), migrate.head()
            releases = list(connection.execute(select(company.c.live_release_id)).scalars())
    except SQLAlchemyError:
        return jsonify(status="failed", database="unreachable", version=__version__), 503
    ready = current == wanted
    answer = {
        "status": "ok" if ready else "failed",
        "version": __version__,
        "database": "ok",
        "migration": current,
        "migration_wanted": wanted,
        "companies": len(releases),
        "companies_without_release": sum(1 for release in releases if release is None),
    }
    return jsonify(answer), 200 if ready else 503
