"""Who won before, from CORDIS's files: a programme's rows are replaced as a whole, in the caller's transaction."""

from datetime import datetime

from sqlmodel import Session, col, delete, select

from db.bulk import one_at_a_time
from db.models import Participant, PastPartner, PastProgramme, PastProject
from db.region_served import region
from db.vocabulary import ParticipantKind
from tracker.calls.topic_line import topic_line
from tracker.exchange.cordis_files import ReadProgramme, ReadProject, Region
from tracker.organisations.names import plain


def region_of(session: Session) -> Region:
    """The region as data has it: its codes, and its participants with those that went into another."""
    rows = session.exec(select(Participant)).all()
    names = {plain(row.name): row.merged_into or row.id for row in rows}
    cities = frozenset(plain(row.name) for row in rows if row.kind == ParticipantKind.MUNICIPALITY)
    return Region(region().places.nuts, names, cities)


def replace_programme(session: Session, read: ReadProgramme, file_name: str, now: datetime) -> None:
    """Keep these projects instead of those that were read of this programme before."""
    one_at_a_time(session)
    before = select(PastProject.id).where(PastProject.programme == read.code)
    session.exec(delete(PastPartner).where(col(PastPartner.project_id).in_(before)))
    session.exec(delete(PastProject).where(col(PastProject.programme) == read.code))
    session.merge(PastProgramme(code=read.code, file_name=file_name, content_day=read.content_day, imported_at=now))
    session.flush()
    _add(session, read)


def _add(session: Session, read: ReadProgramme) -> None:
    kept = [(_project(project, read.code), project.partners) for project in read.projects]
    session.add_all(row for row, _ in kept)
    session.flush()
    session.add_all(PastPartner(**vars(partner), project_id=row.id) for row, partners in kept for partner in partners)
    session.flush()


def _project(read: ReadProject, programme: str) -> PastProject:
    values = {name: value for name, value in vars(read).items() if name != "partners"}
    return PastProject(**values, programme=programme, line=topic_line(read.topic))
