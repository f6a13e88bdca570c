"""Openbaar: what two people released, for everybody, at addresses that stay; as pages, as a feed, and for machines."""

from typing import ClassVar

from sqlmodel import col, select
from starlette.responses import Response

from db.lists import listed
from db.models import Challenge, Participant, PublicationRelease
from db.region_served import region
from db.text_search import asked, holds
from db.vocabulary_knowledge import Licence
from tracker.account import releases as account_releases
from tracker.account.periods import name_of_report
from tracker.documents import contents
from tracker.errors import NotFound
from tracker.knowledge import releases
from tracker.knowledge.catalogue import FORMS, Publisher, catalogue, data_sets
from tracker.web.documents.documents import file_answer
from tracker.web.frame.atom import Entry, atom_feed
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import Line
from tracker.web.frame.lists import ListQuery
from tracker.web.frame.phrases import numbered

MOST = 100  # entries of the feed
SOON = {"Cache-Control": "max-age=300"}


class PublicQuery(ListQuery):
    """What one looks for among what is public."""

    PATH: ClassVar[str] = "/openbaar"

    text: Line = ""


def index(request: RequestContext) -> Response:
    """Every public publication, and the data that others can use."""
    query = request.read_query(PublicQuery)
    rows = [row for row in releases.all_public(request.session) if _means(query, row)]
    return request.page(
        "knowledge/public_index.html",
        query=query,
        listed=listed(rows, query.page),
        reports=account_releases.all_public_reports(request.session),
        visions=account_releases.all_public_visions(request.session),
        name_of_report=name_of_report,
        data_sets=data_sets(),
        licence=Licence(request.site.settings.data_licence),
        publisher=_publisher(request),
        errors={},
    )


def _means(query: PublicQuery, row: PublicationRelease) -> bool:
    roots = asked(query.text)
    return holds(roots, (row.title, row.summary, row.owner, *row.details["subjects"]))


def _release(request: RequestContext) -> PublicationRelease | None:
    """What is public under this number; none where it was once. NotFound where it never was."""
    number = request.params["publication_id"]
    release = releases.public_of(request.session, number)
    if release is None and not releases.was_public(request.session, number):
        raise NotFound
    return release


def show(request: RequestContext) -> Response:
    """One publication; what was public once says that it is no more."""
    release = _release(request)
    if release is None:
        return request.page("knowledge/public_gone.html", 410)
    opgaven = _opgaven(request)
    named = [opgaven[key] for key in release.details["challenges"] if key in opgaven]
    return request.page("knowledge/public_show.html", release=release, opgaven=named)


def fetch(request: RequestContext) -> Response:
    """Its file, as it was released."""
    release = _release(request)
    if release is None:
        return request.page("knowledge/public_gone.html", 410)
    content = contents.content_of(request.session, release.sha256)
    return file_answer(release.details["file_name"], release.details["file_kind"], content)


def atom(request: RequestContext) -> Response:
    """What was released last, as a feed."""
    base = request.site.settings.base_url.rstrip("/")
    rows = releases.all_public(request.session)[:MOST]
    entries = [
        Entry(
            f"{base}/openbaar/publicaties/{row.publication_id}", row.title, row.settled_at or row.proposed_at,
            row.settled_at or row.proposed_at, f"{row.owner}, {row.details['year']}. {row.summary}", row.details["url"],
        )
        for row in rows
    ]  # fmt: skip
    where = f"{base}/openbaar", f"{base}/openbaar.atom"
    return atom_feed(f"KennisHuis {region().name}: publicaties", *where, entries, request.now.instant)


def as_turtle(request: RequestContext) -> Response:
    """The catalogue by DCAT-AP-NL, as Turtle."""
    return _catalogue(request, "turtle")


def as_json_ld(request: RequestContext) -> Response:
    """The catalogue by DCAT-AP-NL, as JSON-LD."""
    return _catalogue(request, "json-ld")


def _catalogue(request: RequestContext, form: str) -> Response:
    public = releases.all_public(request.session)
    graph = catalogue(_publisher(request), public, _opgaven(request), request.now.instant)
    # JSON-LD alone makes its names short; Turtle has no such choice, and takes it without a word.
    written = graph.serialize(format=form, encoding="utf-8", auto_compact=True)
    return Response(written, media_type=FORMS[form], headers=SOON)


def _publisher(request: RequestContext) -> Publisher:
    """The participant that carries it, since the region is no legal entity; its name where none is set."""
    settings = request.site.settings
    carrier = request.session.get(Participant, settings.responsible_organisation)
    name, base = carrier.name if carrier is not None else f"Kansenradar {region().name}", settings.base_url.rstrip("/")
    return Publisher(base, name, settings.mail_from, Licence(settings.data_licence))


def _opgaven(request: RequestContext) -> dict[str, str]:
    rows = request.session.exec(select(Challenge).where(col(Challenge.name).is_not(None)))
    return {row.id: numbered(row.number, row.name) for row in rows}
