"""The board of applications from signal to settlement: who runs each, what it is worth, and the totals."""

from decimal import Decimal
from urllib.parse import urlencode

from pydantic import BaseModel
from sqlmodel import Session, col, func, select
from starlette.responses import Response

from db.models import Application, Challenge, Deadline, Dossier, DossierChallenge, Instalment, Participant, User
from db.queries import Viewer
from db.rights import visible
from db.vocabulary_lobby import ApplicationStage
from tracker.applications import cofunding, totals
from tracker.applications.milestones import next_deadlines
from tracker.applications.mismatches import mismatches
from tracker.applications.team import Team, teams_of
from tracker.exchange.dutch_heads import heads_of, in_dutch
from tracker.exchange.export_lobby import applications
from tracker.web.frame import actions
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import Line
from tracker.web.frame.phrases import challenge_name

Row = tuple[Dossier, Application, str]  # and the name of whose it is
S = ApplicationStage
COLUMNS = (
    ("Signaal", (S.SIGNAL,)),
    ("Verkennen", (S.SCOUTING,)),
    ("Go/no-go", (S.GO_NO_GO,)),
    ("In voorbereiding", (S.PREPARING,)),
    ("Ingediend", (S.SUBMITTED, S.RESERVE)),
    ("Toegekend", (S.AWARDED, S.RUNNING, S.ACCOUNTED)),
    ("Afgesloten", (S.SETTLED, S.REJECTED, S.DROPPED)),
)


class BoardQuery(BaseModel):
    """What the board is narrowed to: an opgave, who works on it, whose it is, and who is penvoerder."""

    challenge: Line = ""
    person: int | None = None
    participant: Line = ""
    lead: Line = ""


def board(request: RequestContext) -> Response:
    """Every application the viewer may see and asks for, in columns by stage, with the totals of these."""
    session, viewer, now = request.session, request.viewer, request.now.instant
    query, all_rows, opgaven = request.read_query(BoardQuery), rows_of(session, viewer), _opgaven(session)
    teams = teams_of(session, viewer, [row[0] for row in all_rows])
    dossier_rows = _narrowed(query, all_rows, opgaven, teams)
    due = next_deadlines(session, {row[1].call_id for row in dossier_rows if row[1].call_id}, request.now.today)
    leads = dict(actions.participants(session))
    columns = [
        (title, [_card(*row, due.get(row[1].call_id or 0)) for row in dossier_rows if row[0].stage in stages])
        for title, stages in COLUMNS
    ]
    return request.page(
        "applications/board.html",
        columns=columns,
        count=len(dossier_rows),
        all=len(all_rows),
        asked=query,
        in_files=urlencode(query.model_dump(exclude_defaults=True)),
        choices=_choices(session, all_rows, opgaven, teams, leads),
        teams=teams,
        leads=leads,
        to_agree=sum(one.ours for one in cofunding.waiting_for_word(session, viewer)),
        rates=cofunding.rates_for(session, viewer),
        enough=cofunding.ENOUGH_CASES,
        mismatches={m.dossier.id: m.text for m in mismatches(session, viewer, now)},
        by_opgave=by_opgave(session, dossier_rows),
        by_participant=totals.sums(_counted(session, dossier_rows, {row[0].id: (row[2],) for row in dossier_rows})),
    )


def _narrowed(
    query: BoardQuery, rows: list[Row], opgaven: dict[int, tuple[str, ...]], teams: dict[int, Team]
) -> list[Row]:
    return [row for row in rows if _is_asked(query, row, opgaven, teams)]


def _is_asked(query: BoardQuery, row: Row, opgaven: dict[int, tuple[str, ...]], teams: dict[int, Team]) -> bool:
    dossier, application, _ = row
    return (
        (not query.challenge or query.challenge in opgaven.get(dossier.id, ()))
        and (query.person is None or query.person in teams[dossier.id].people)
        and query.participant in ("", dossier.participant_id)
        and query.lead in ("", application.lead_id)
    )


def _choices(
    session: Session,
    rows: list[Row],
    opgaven: dict[int, tuple[str, ...]],
    teams: dict[int, Team],
    leads: dict[str, str],
) -> dict[str, list[tuple[str, str]]]:
    """What the board can be narrowed to, in Dutch and by name: only what occurs on it."""
    ids = {user_id for row in rows for user_id in teams[row[0].id].people}
    people = session.exec(select(User.id, User.name).where(col(User.id).in_(ids))) if ids else ()
    named = {(row[1].lead_id, leads[row[1].lead_id]) for row in rows if row[1].lead_id}
    choices = {
        "challenge": {(name, name) for row in rows for name in opgaven.get(row[0].id, ())},
        "person": {(str(id_), name) for id_, name in people},
        "participant": {(row[0].participant_id, row[2]) for row in rows},
        "lead": named,
    }
    return {field: sorted(found, key=lambda choice: choice[1]) for field, found in choices.items()}


def as_file(request: RequestContext) -> Response:
    """The applications of the board, narrowed as it is, as a file."""
    session, viewer, query = request.session, request.viewer, request.read_query(BoardQuery)
    board_rows = rows_of(session, viewer)
    teams = teams_of(session, viewer, [row[0] for row in board_rows])
    shown = {row[0].id for row in _narrowed(query, board_rows, _opgaven(session), teams)}
    records = applications(session, viewer, request.now.instant)
    rows = in_dutch("applications", (record for record in records if record["id"] in shown))
    return request.file("aanvragen", heads_of("applications"), ([*row.values()] for row in rows))


def rows_of(session: Session, viewer: Viewer) -> list[Row]:
    """Every application the viewer may see, by title, with whose it is."""
    rows = select(Dossier, Application, Participant.name).where(
        Application.dossier_id == Dossier.id, visible(viewer, Dossier), Dossier.participant_id == Participant.id
    )
    return list(session.exec(rows.order_by(col(Dossier.title))))


def by_opgave(session: Session, rows: list[Row]) -> list[totals.Sum]:
    """What these applications ask and got, by opgave."""
    return totals.sums(_counted(session, rows, _opgaven(session)))


def _opgaven(session: Session) -> dict[int, tuple[str, ...]]:
    named: dict[int, tuple[str, ...]] = {}
    query = select(DossierChallenge.dossier_id, Challenge).where(DossierChallenge.challenge_id == Challenge.id)
    for dossier_id, challenge in session.exec(query):
        named[dossier_id] = (*named.get(dossier_id, ()), challenge_name(challenge))
    return named


def _counted(session: Session, rows: list[Row], groups: dict[int, tuple[str, ...]]) -> list[totals.Counted]:
    """Only of the applications on the board, so that no sum holds what the reader may not see."""
    paid = select(Instalment.dossier_id, func.sum(Instalment.received)).group_by(col(Instalment.dossier_id))
    received = dict(session.exec(paid.where(col(Instalment.dossier_id).in_([row[0].id for row in rows]))).all())
    return [
        totals.Counted(
            groups.get(dossier.id, ("zonder opgave",)), dossier.stage, application.requested, application.granted,
            received.get(dossier.id) or Decimal(0),
        )
        for dossier, application, _ in rows
    ]  # fmt: skip


def _card(dossier: Dossier, application: Application, owner: str, due: Deadline | None) -> dict[str, object]:
    return {"dossier": dossier, "application": application, "owner": owner, "due": due}
