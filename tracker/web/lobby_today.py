"""The lobby's part of Vandaag: what of mine is due, which consultations close, and where partners contradict."""

from datetime import datetime, timedelta

from sqlmodel import Session

from db.queries import Viewer
from notifications.wording import local_day
from tracker.applications.mismatches import mismatches
from tracker.lobby import coalition, moments
from tracker.lobby.due import due
from tracker.web.acting import may_add
from tracker.web.today import Section

CLOSING = timedelta(days=30)
MOST = 8


def section(viewer: Viewer, session: Session, now: datetime) -> Section | None:
    """What of the lobby asks for attention today, or none."""
    today = local_day(now)
    mine = [d for d in due(session, now, timedelta(days=14)) if d.user_id == viewer.user_id][:MOST]
    coming = [
        m
        for m in moments.upcoming(session, viewer, today)
        if m.sure and m.ends_on and m.ends_on <= today + CLOSING and not m.ref.startswith("pattern:")
    ][:MOST]
    flags = coalition.flags_for(session, viewer, today)[:MOST]
    apart = [m for m in mismatches(session, viewer, now) if m.dossier.participant_id == viewer.participant_id][:MOST]
    if not (mine or coming or flags or apart):
        return None
    context = {"mine": mine, "coming": coming, "flags": flags, "apart": apart, "today": today}
    context["may_add"] = may_add(viewer)
    return Section("dossiers/today.html", context)
