"""One regeling: its facts and who says so, dates, why it matched, what changed, and what people think."""

import zlib
from datetime import timedelta
from typing import Any, NamedTuple

from sqlmodel import Session, col, select
from starlette.responses import Response

from db.last_seen import last_seen
from db.models import (
    Call,
    Correction,
    Follow,
    Match,
    Participant,
    PublicationLink,
    Revision,
    Sighting,
    Snapshot,
    User,
    Verdict,
)  # fmt: skip
from db.models import Challenge as ChallengeRow
from db.queries import Viewer
from db.rights import visible
from db.vocabulary import Nature, Say
from tracker.account.past_winners import winners_for
from tracker.calendar.latest_go import clock_of
from tracker.calls.answers import can_be_doubted
from tracker.calls.notes import notes_on
from tracker.calls.open_questions import questions_of
from tracker.calls.publications import chain
from tracker.errors import NotFound
from tracker.knowledge.links import linked_to
from tracker.matching.search import SHOWN_FROM
from tracker.matching.second_opinion import opinions_on
from tracker.web.calls.head import head_of
from tracker.web.calls.questions import card
from tracker.web.calls.rows import find_call, leanings_on, rows_for
from tracker.web.calls.statements import beside, dates_of, facts, statements
from tracker.web.calls.text_change import TextChange, text_changes
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, FormState
from tracker.web.frame.phrases import TEXT_FIELDS, done_text

A_MOMENT = timedelta(seconds=1)  # a bare day ends at the midnight after it
MOST_SHOWN = 200_000


def show(request: RequestContext) -> Response:
    """The whole page; a call that was joined into another leads there, and a moment is no call."""
    call = find_call(request)
    if call.joined_into is not None:
        return request.to(f"/regelingen/{call.joined_into}")
    if call.nature == Nature.MOMENT:
        done = request.query.get("gedaan", "")
        return request.to(f"/momenten/bron-{call.id}", done if done_text(done) else "")
    return page(request, call, EMPTY_FORM)


def page(request: RequestContext, call: Call, state: FormState) -> Response:
    """The page of a call, also after a form on it that was refused."""
    session, viewer, now = request.session, request.viewer, request.now.instant
    earlier = _round(session, Call.id == call.previous_round_id)
    (row,), own = rows_for(request, [call]), statements(session, call, now)
    return request.page(
        "calls/detail.html",
        state=state,
        call=call,
        chain=chain(session, call, viewer),
        earlier_round=earlier,
        earlier_closed=earlier and earlier.closes_at and earlier.closes_at - A_MOMENT,
        later_round=_round(session, Call.previous_round_id == call.id),
        row=row,
        head=head_of(request, call),
        doubles=[(other, beside(own, statements(session, other, now))) for other in row.doubles],
        verdicts=_said_by(request, Verdict, col(Verdict.undone_at), call, col(Verdict.at).desc()),
        homes=dict(session.exec(select(Participant.id, Participant.name)).all()),
        clock=clock_of(session, call, viewer, request.now),
        notes=notes_on(session, viewer, call),
        publications=linked_to(session, viewer, PublicationLink.call_id == call.id),
        winners=winners_for(session, row.code, call.programme),
        **what_is_known(request, call),
    )


def what_is_known(request: RequestContext, call: Call) -> dict[str, Any]:
    """What the pages of a call and of a source's moment both show: dates, opgaven, sources, changes, questions."""
    session, now = request.session, request.now.instant
    waiting, sightings = questions_of(session, request.viewer, call), _of(session, Sighting, call, col(Sighting.source))
    return {
        "facts": facts(call),
        "dates": dates_of(session, call, now),
        "matches": _matches(request, call),
        "opinions": opinions_on(session, call),
        "text_changes": _text_changes,
        "revisions": _of(session, Revision, call, col(Revision.at).desc(), col(Revision.id).desc()),
        "sightings": sightings,
        "seen": last_seen(session, sightings),
        "corrections": _said_by(request, Correction, col(Correction.withdrawn_at), call, col(Correction.at)),
        "follows": _follow(session, call, request.viewer) is not None,
        "follows_by_verdict": _is_relevant_to(session, call, request.viewer),
        "asked": [card(request, question) for question in waiting if question.question.sighting_id is not None],
        "doubted": {
            question.question.field: question.question.asked_at
            for question in waiting
            if question.question.sighting_id is None
        },
        "doubtful": [card(request, question) for question in waiting if question.question.sighting_id is None],
        "can_be_doubted": can_be_doubted,
    }


def _text_changes(revision: Revision) -> list[TextChange]:
    """Where a text that was revised differs; nothing of a value that is said in a line."""
    old, new = revision.old, revision.new
    both = revision.field in TEXT_FIELDS and isinstance(old, str) and isinstance(new, str) and old and new
    return text_changes(str(old), str(new)) if both else []


def _round(session: Session, which: Any) -> Call | None:
    """The newest of the calls that are the round before, or after, another."""
    return session.exec(select(Call).where(which).order_by(col(Call.id).desc())).first()


def follow(request: RequestContext) -> Response:
    """Follow or stop following; asking twice changes nothing."""
    call = find_call(request)
    known_follow = _follow(request.session, call, request.viewer)
    if request.form.get("volg") == "nee":
        if known_follow is not None:
            request.session.delete(known_follow)
        return request.to(f"/regelingen/{call.id}", done="ontvolgd")
    if known_follow is None:
        request.session.add(Follow(user_id=request.user.id, call_id=call.id, at=request.now.instant))
    return request.to(f"/regelingen/{call.id}", done="gevolgd")


def snapshot(request: RequestContext) -> Response:
    """What the source showed, as plain text: never as the page it was."""
    call = find_call(request)
    sha256 = request.params["sha256"]
    used = request.session.exec(
        select(Sighting).where(Sighting.call_id == call.id, Sighting.snapshot == sha256)
    ).first()
    kept = request.session.get(Snapshot, sha256)
    if used is None or kept is None:
        raise NotFound
    text = zlib.decompress(kept.body).decode("utf-8", "replace")
    cut = len(text) > MOST_SHOWN
    return request.page("calls/detail_snapshot.html", call=call, kept=kept, text=text[:MOST_SHOWN], cut=cut)


class ShownMatch(NamedTuple):
    """A match on its page: with the score for this reader, and why that differs from the matcher's."""

    match: Match
    challenge: ChallengeRow
    score: float
    because: str

    @property
    def weak(self) -> bool:
        """Whether it stays under what a digest tells."""
        return self.score < SHOWN_FROM


def _matches(request: RequestContext, call: Call) -> list[ShownMatch]:
    query = (
        select(Match, ChallengeRow)
        .join(ChallengeRow, col(ChallengeRow.id) == col(Match.challenge_id))
        .where(Match.call_id == call.id)
        .order_by(col(Match.score).desc())
    )
    leanings = leanings_on(request, [call.id])
    shown = [
        ShownMatch(match, challenge, *leanings.get((call.id, challenge.id), (match.score, "")))
        for match, challenge in request.session.exec(query)
    ]
    return sorted(shown, key=lambda each: -each.score)


def _of(session: Session, model: Any, call: Call, *order: Any) -> list[Any]:
    return list(session.exec(select(model).where(model.call_id == call.id).order_by(*order)))


def _said_by(request: RequestContext, table: Any, ended: Any, call: Call, order: Any) -> list[tuple[Any, User]]:
    """What people said of a call that still stands, and who said it."""
    query = select(table, User).join(User, col(User.id) == table.user_id)
    standing = query.where(table.call_id == call.id, ended.is_(None), visible(request.viewer, table))
    return list(request.session.exec(standing.order_by(order)).all())


def _is_relevant_to(session: Session, call: Call, viewer: Viewer) -> bool:
    """Whether this person found it relevant, and so follows it."""
    mine = select(Verdict.id).where(Verdict.call_id == call.id, Verdict.user_id == viewer.user_id)
    standing = mine.where(Verdict.say == Say.YES, col(Verdict.undone_at).is_(None))
    return session.exec(standing).first() is not None


def _follow(session: Session, call: Call, viewer: Viewer) -> Follow | None:
    return session.exec(select(Follow).where(Follow.call_id == call.id, Follow.user_id == viewer.user_id)).first()
