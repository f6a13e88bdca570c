"""Beheer: the audit log, narrowed to a person, an organisation, a dossier or a day, and as a file."""

from datetime import date
from typing import ClassVar

from sqlmodel import col, select
from starlette.responses import Response

from db.models import Dossier, User
from db.rights import visible
from db.vocabulary_audit import Action
from notifications.wording import clock_time, local_day
from tracker.people.audit_log import AuditFilter, AuditLine, actions_done, lines_in
from tracker.web.frame.actions import participants
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import Line
from tracker.web.frame.lists import ListQuery

COLUMNS = ("dag", "tijdstip", "wie", "organisatie", "handeling", "waarvan", "titel", "dossier", "resultaat", "vanaf")


class AuditQuery(ListQuery):
    """The address of the audit log."""

    PATH: ClassVar[str] = "/beheer/logboek"

    action: Line = ""
    person: int | None = None
    organisation: Line = ""
    dossier: int | None = None
    after: date | None = None
    before: date | None = None

    def wanted(self) -> AuditFilter:
        """The filter alone."""
        return AuditFilter(**self.filter())


def index(request: RequestContext) -> Response:
    """The log, newest first."""
    query, session, viewer = request.read_query(AuditQuery), request.session, request.viewer
    people = session.exec(select(User.id, User.name).order_by(col(User.name), col(User.id)))
    dossiers = select(Dossier.id, Dossier.title).where(visible(viewer, Dossier))
    return request.page(
        "people/audit.html",
        query=query,
        listed=lines_in(session, viewer, query.wanted(), query.page),
        actions=actions_done(session, viewer),
        people=people.all(),
        organisations=participants(session),
        dossiers=session.exec(dossiers.order_by(col(Dossier.title), col(Dossier.id))).all(),
        errors={},
    )


def as_file(request: RequestContext) -> Response:
    """All that the filter means, as a file; that it was taken along is a line itself."""
    found = lines_in(request.session, request.viewer, request.read_query(AuditQuery).wanted(), None)
    request.record(Action.AUDIT_LOG_EXPORTED, "audit log", f"{found.total} lines")
    return request.file("logboek", COLUMNS, map(_cells, found.rows))


def _cells(line: AuditLine) -> list[object]:
    at = line.entry.at
    about = line.about if line.title else f"{line.about} {line.number}".strip()
    said = (line.who, line.organisation, line.what, about, line.title, line.dossier, line.result, line.entry.origin)
    return [local_day(at), clock_time(at), *said]
