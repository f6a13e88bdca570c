"""The network at a glance, the page of one subject, and what the forms of the network offer."""

from collections.abc import Iterable
from typing import ClassVar

from starlette.responses import Response

from db.models.network import FOR_WHOM
from db.vocabulary_network import ActivityKind, MemberRole
from notifications.wording import day as told_day
from tracker.lobby.audience import Audience, audiences
from tracker.network import activities, subjects
from tracker.network.activities import ActivityFilter
from tracker.network.subject_page import SubjectPage, subject_page
from tracker.network.subjects import Subject
from tracker.organisations import register
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import Line
from tracker.web.frame.lists import ListQuery
from tracker.web.frame.phrases import challenge_name

COLUMNS = ("onderwerp", "wat", "naam", "toelichting", "dag", "vindplaats")
SHOWN = 5


class NetworkQuery(ListQuery):
    """What the subjects are narrowed to."""

    PATH: ClassVar[str] = "/netwerk"

    text: Line = ""


class FileQuery(NetworkQuery):
    """Of which subjects the file is: one by its key, or those that a word narrows to."""

    onderwerp: Line = ""


def _narrowed(request: RequestContext, text: str) -> list[Subject]:
    return subjects.subjects_with(request.session, request.viewer, text)


def index(request: RequestContext) -> Response:
    """Subjects, what comes and came per deelregio, and where the rest is."""
    query, session, viewer = request.read_query(NetworkQuery), request.session, request.viewer
    rows = activities.activities(session, viewer, ActivityFilter())
    today, found = request.now.today, _narrowed(request, query.text)
    coming = sorted((row for row in rows if (row.last_day or row.day) >= today), key=lambda row: row.day)
    return request.page(
        "network/index.html",
        query=query,
        subjects=found,
        opgaven=[] if found else subjects.opgaven_named(session, query.text)[:SHOWN],
        coming=coming[:SHOWN],
        before=[row for row in rows if (row.last_day or row.day) < today][:SHOWN],
        subregions=activities.subregions(session),
        counts=activities.counted(rows),
        errors={},
    )


def show(request: RequestContext) -> Response:
    """Everything of one subject."""
    page = subject_page(request.session, request.viewer, request.params["subject"], request.now.instant)
    return request.page("network/subject.html", page=page, errors={})


def as_file(request: RequestContext) -> Response:
    """What stands on the page of a subject, or of all, a line each."""
    session, viewer, now = request.session, request.viewer, request.now.instant
    query = request.read_query(FileQuery)
    keys = [query.onderwerp] if query.onderwerp else [subject.key for subject in _narrowed(request, query.text)]
    pages = [subject_page(session, viewer, key, now) for key in keys]
    return request.file("netwerk", COLUMNS, [line for page in pages for line in _lines(request, page)])


def _lines(request: RequestContext, page: SubjectPage) -> Iterable[tuple[object, ...]]:
    name, base = page.subject.name, request.site.settings.base_url
    for person in page.contacts:
        yield name, "contactpersoon", person.who, person.row.note, person.row.consent_on, person.address
    for one in page.organisations:
        yield name, "organisatie", one.name, "", None, f"{base}/organisaties/{one.id}"
    for taken in page.memberships:
        role = MemberRole(taken.row.role).label
        yield name, "lidmaatschap", taken.organisation.name, f"{role} van {taken.network.name}", taken.row.starts_on, ""
    for activity in page.activities:
        row, kind = activity.row, ActivityKind(activity.row.kind).label
        where = f"{base}/netwerk/activiteiten/{row.id}"
        yield name, "activiteit", row.title, f"{kind}, {told_day(row.day)}. {row.result}".strip(), row.day, where
    for publication in page.publications:
        yield name, "publicatie", publication.title, publication.summary, None, f"{base}/kennishuis/{publication.id}"
    for opgave in page.opgaven:
        yield name, "opgave", challenge_name(opgave), "", None, f"{base}/opgaven/{opgave.id}"
    for dossier in page.dossiers:
        yield name, "dossier", dossier.title, "", None, f"{base}/dossiers/{dossier.id}"
    for call in (*page.calls, *(call for _, calls in page.beside for call in calls)):
        yield name, "regeling", call.title, "", None, f"{base}/regelingen/{call.id}"


def for_whom(request: RequestContext) -> list[Audience]:
    """The own organisation or the region, with who that is."""
    return [one for one in audiences(request.session, request.viewer) if one.visibility in FOR_WHOM]


def known_names(request: RequestContext) -> list[str]:
    """The organisations that a form proposes while somebody types: those that are still there."""
    rows = register.choices(request.session, request.viewer)
    return sorted({o.name for o in rows if o.parent_id is None and not register.gone(o, request.now.today)})


def known_subjects(request: RequestContext) -> list[str]:
    """The subjects that a form proposes."""
    return [subject.name for subject in subjects.subjects(request.session, request.viewer)]
