"""KennisHuis: find a publication, add one, put it right, take it back, and put it before a second person."""

from typing import Annotated, ClassVar

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.models import Publication
from db.vocabulary_knowledge import Licence, PublicationKind, PublicationLanguage
from notifications.outbox import put
from tracker.documents import contents
from tracker.errors import NotFound
from tracker.knowledge import links, publications, related, releases, texts
from tracker.knowledge.history import challenges_of, history_of
from tracker.knowledge.publications import PublicationFields, PublicationFilter, Upload
from tracker.mailing.mailer import open_mailer
from tracker.mailing.release_mail import release_mails
from tracker.people.second_person import may_confirm
from tracker.rights import may_change
from tracker.web.documents.documents import brought_document, file_answer
from tracker.web.frame.actions import PageOf, no_subject, opgaven, participants
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import FormState, Line, SeenForm, Text, filled
from tracker.web.frame.lists import ListQuery
from tracker.web.frame.phrases import challenge_name

COLUMNS = (
    *("titel", "soort", "van wie", "jaar", "onderwerpen", "opgaven", "licentie", "taal", "samenvatting"),
    *("bestand", "adres", "zichtbaar", "vindplaats"),
)


class PublicationsQuery(ListQuery):
    """What the list is narrowed to."""

    PATH: ClassVar[str] = "/kennishuis"

    text: Line = ""
    kind: PublicationKind | None = None
    challenge: Line = ""
    owner: Line = ""
    year: Annotated[int, Field(ge=1900, le=2200)] | None = None
    subject: Line = ""

    def wanted(self) -> PublicationFilter:
        """The filter alone."""
        return PublicationFilter(**self.filter())


class NewQuery(BaseModel):
    """The application whose lesson is shared, by its dossier."""

    les: int | None = None


class PublicationForm(BaseModel):
    """A file comes beside these."""

    kind: PublicationKind
    title: Line = ""
    summary: Text = ""
    owner: Line = ""
    year: int
    licence: Licence
    language: PublicationLanguage
    subjects: Text = ""
    url: Annotated[str, Field(max_length=1000)] = ""
    challenges: list[str] = Field(default=[], max_length=20)

    def fields(self) -> PublicationFields:
        """The same, to keep."""
        filled = self.model_dump(include=set(PublicationForm.model_fields))
        return PublicationFields(**{**filled, "challenges": tuple(self.challenges)})


class NewForm(PublicationForm):
    les: int | None = None


class ChangeForm(PublicationForm):
    seen: int


class LinkForm(BaseModel):
    address: Annotated[str, Field(max_length=1000)] = ""


class WithdrawForm(SeenForm):
    why: Line = ""


def index(request: RequestContext) -> Response:
    """What there is, what waits for this person, and lessons that can be shared."""
    query, session, viewer = request.read_query(PublicationsQuery), request.session, request.viewer
    listed = publications.publications_in(session, viewer, query.wanted(), query.page)
    owners, years, subjects = publications.choices(session, viewer)
    return request.page(
        "knowledge/publications_index.html",
        query=query,
        listed=listed,
        standings=releases.standings(session, [row.id for row in listed.rows]),
        owners=[(owner, owner) for owner in owners],
        years=[(year, year) for year in years],
        subjects=[(subject, subject) for subject in subjects],
        opgaven=opgaven(request.session),
        waiting=releases.waiting_for(session, request.user),
        lessons=related.lessons_to_share(session, viewer),
        errors={},
    )


def as_file(request: RequestContext) -> Response:
    """All that the filter means, as a file."""
    wanted = request.read_query(PublicationsQuery).wanted()
    rows = publications.publications_in(request.session, request.viewer, wanted, None).rows
    public = releases.standings(request.session, [row.id for row in rows])
    return request.file("kennishuis", COLUMNS, [_cells(request, row, public) for row in rows])


def _cells(request: RequestContext, row: Publication, public: dict[int, str]) -> tuple[object, ...]:
    return (
        row.title, PublicationKind(row.kind).label, row.owner, row.year, ", ".join(row.subjects),
        ", ".join(challenge_name(c) for c in challenges_of(request.session, row)), Licence(row.licence).label,
        PublicationLanguage(row.language).label, row.summary, row.file_name, row.url, public.get(row.id, "regionaal"),
        f"{request.site.settings.base_url}/kennishuis/{row.id}",
    )  # fmt: skip


def _found(request: RequestContext) -> Publication:
    return publications.publication_for(request.session, request.viewer, request.params["publication_id"])


def _show(request: RequestContext, publication: Publication, state: FormState) -> Response:
    session, viewer = request.session, request.viewer
    opgaven = challenges_of(session, publication)
    named = [opgave.id for opgave in opgaven]
    standing = releases.standing_of(session, publication)
    linked_calls = links.calls_of(session, publication)
    linked_dossiers = links.dossiers_of(session, viewer, publication)
    by_hand = {call.id for _, call in linked_calls}, {dossier.id for _, dossier in linked_dossiers}
    beside = related.dossiers_beside(session, viewer, publication, named)
    return request.page(
        "knowledge/publications_show.html",
        state=state,
        publication=publication,
        opgaven=opgaven,
        standing=standing,
        confirms=standing.waiting is not None and may_confirm(session, request.user, standing.waiting),
        drops=releases.may_drop(viewer, publication),
        may_change=may_change(viewer, publication),
        unread=texts.said_of(session, publication),
        calls=[call for call in related.calls_beside(session, named, request.now.instant) if call.id not in by_hand[0]],
        dossiers=[row for row in beside if row.id not in by_hand[1]],
        linked_calls=linked_calls,
        linked_dossiers=linked_dossiers,
        history=history_of(session, publication),
        people=dict(participants(session)),
    )


def _form(request: RequestContext, publication: Publication | None, state: FormState) -> Response:
    lesson = _lesson(request) if publication is None else None
    chosen = [c.id for c in challenges_of(request.session, publication)] if publication is not None else []
    return request.page(
        "knowledge/publications_form.html",
        state=state,
        publication=publication,
        lesson=lesson,
        opgaven=opgaven(request.session),
        chosen=state.typed.getlist("challenges") or chosen,
        names=[name for _, name in participants(request.session, request.now.today)],
        own=dict(participants(request.session)).get(request.user.participant_id, ""),
        megabytes=request.site.settings.document_megabytes,
    )


def _lesson(request: RequestContext) -> tuple[object, str] | None:
    query = filled(NewQuery, request.form)[0] if request.form else request.read_query(NewQuery)
    asked = query.les if query else None
    return related.lesson_of(request.session, request.viewer, asked) if asked else None


def _upload(request: RequestContext) -> Upload | None:
    """The file that came along."""
    file = brought_document(request)
    return Upload(*file) if file else None


def _address(publication: Publication) -> str:
    return f"/kennishuis/{publication.id}"


def _standing_publication(request: RequestContext) -> Publication:
    """The publication in the address, which this person may put right."""
    publication = _found(request)
    if publication.withdrawn_at is not None or not may_change(request.viewer, publication):
        raise NotFound
    return publication


show = PageOf(_found, _show, _address)
new = PageOf(no_subject, _form, lambda _: "/kennishuis")
edit = PageOf(_standing_publication, _form, _address)


@new.form(NewForm)
def create(request: RequestContext, _: None, form: NewForm) -> str:
    """Keep a new publication."""
    return _address(publications.add(request.deed, form.fields(), _upload(request), form.les))


@edit.form(ChangeForm)
def change(request: RequestContext, publication: Publication, form: ChangeForm) -> None:
    """Put it right."""
    publications.change(request.deed, publication, form.fields(), _upload(request), form.seen)


@show.form(WithdrawForm, done="ingetrokken")
def withdraw(request: RequestContext, publication: Publication, form: WithdrawForm) -> None:
    """Take it back."""
    publications.withdraw(request.deed, publication, form.why, form.seen)


@show.form(LinkForm)
def link(request: RequestContext, publication: Publication, form: LinkForm) -> None:
    """Put a call or a dossier beside it."""
    links.link(request.deed, publication, form.address)


@show.button(done="verwijderd")
def unlink(request: RequestContext, publication: Publication) -> None:
    """Take one away."""
    links.unlink(request.deed, publication, request.params["link_id"])


@show.form(SeenForm, done="voorgelegd")
def propose(request: RequestContext, publication: Publication, form: SeenForm) -> None:
    """Put before a second person to make it public, and mail who that can be."""
    release = releases.propose(request.deed, publication, form.seen)
    mailer = open_mailer(request.site.settings, request.site.engine)
    mails = release_mails(request.session, mailer, release, request.now.instant)
    put(request.session, mails, mailer.key, mailer.domain)


@show.button(done="openbaar")
def confirm(request: RequestContext, publication: Publication) -> None:
    """As the second person: let everybody see it."""
    releases.confirm(request.deed, publication, request.params["release_id"])


@show.button()
def drop(request: RequestContext, publication: Publication) -> None:
    """Not, or not like this."""
    releases.drop(request.deed, publication, request.params["release_id"])


@show.form(SeenForm)
def take_down(request: RequestContext, publication: Publication, form: SeenForm) -> None:
    """Let its public page end."""
    releases.take_down(request.deed, publication, form.seen)


def fetch(request: RequestContext) -> Response:
    """Its file, to keep and not to show."""
    publication = _found(request)
    content = contents.content_of(request.session, publication.sha256)
    return file_answer(publication.file_name, publication.file_kind or "", content)
