"""What this machine sent, beside the database: after a restore it says which mails that wait have left already.

DATA_DIR/sent.log has a line for each accepted mail of the last two months: when, and its Message-ID, which follows from
what the mail is. A restored database plans the same mail under the same Message-ID.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, select

from db.models import Attempt, Delivery, Run
from db.vocabulary import WAITING_STATES, DeliveryState
from notifications.outbox import COLUMNS, update_mails
from notifications.transport import SmtpStage

FILE = "sent.log"
KEPT = timedelta(days=60)
RESTORED = "restored"  # the job of the run that says from which backup a database comes
ALREADY = "had left before the restore"


def note_sent(session: Session, data_dir: Path, after: int, now: datetime) -> None:
    """Add what was accepted by an attempt with a higher number than ``after``. Raises OSError."""
    accepted = select(Attempt.finished_at, Delivery.message_id).join(Delivery, col(Delivery.id) == Attempt.delivery_id)
    accepted = accepted.where(
        col(Attempt.id) > after, col(Attempt.code).between(200, 299), Attempt.stage == SmtpStage.DOT
    )
    lines = [f"{at.isoformat()} {name}\n" for at, name in session.exec(accepted.order_by(col(Attempt.id))) if at]
    if lines:
        data_dir.mkdir(parents=True, exist_ok=True)
        _shorten(data_dir / FILE, now)
        with (data_dir / FILE).open("a", encoding="utf-8") as file:
            file.writelines(lines)


def _shorten(path: Path, now: datetime) -> None:
    """Let go of what is older than two months, once half of it is."""
    lines = _lines(path)
    kept = [line for line in lines if line[:10] >= (now - KEPT).date().isoformat()]
    if 2 * len(kept) < len(lines):
        part = path.with_suffix(".part")
        part.write_text("".join(kept), "utf-8")
        part.replace(path)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines(keepends=True)
    except FileNotFoundError:
        return []


def sent_here(data_dir: Path) -> dict[str, str]:
    """Message-ID -> when this machine handed it over."""
    pairs = (line.split(maxsplit=1) for line in _lines(data_dir / FILE))
    return {pair[1].strip(): pair[0] for pair in pairs if len(pair) == 2}


def restored_from(session: Session) -> datetime | None:
    """When the backup was made that this database comes from; none where nobody resumes it for the first time."""
    newest = session.exec(select(Run).where(Run.job == RESTORED).order_by(col(Run.id).desc()).limit(1)).first()
    return datetime.fromisoformat(newest.outcome) if newest is not None and newest.epoch == 0 else None


def settle_restore(session: Session) -> None:
    """Somebody has resumed sending on this restored database: it is not asked again."""
    for row in session.exec(select(Run).where(Run.job == RESTORED, Run.epoch == 0)):
        row.epoch = 1


def waiting(session: Session) -> list[Delivery]:
    """Every mail that would leave now or later."""
    states = [state.value for state in WAITING_STATES]
    query = select(Delivery).where(col(Delivery.state).in_(states), col(Delivery.finished_at).is_(None))
    return list(session.exec(query.order_by(col(Delivery.id))))


def leave_out(session: Session, mails: Iterable[Delivery], now: datetime) -> None:
    """Mails that had left already count as accepted: what they tell is not told again."""
    ids = [mail.id for mail in mails]
    accepted = {"state": DeliveryState.ACCEPTED.value, "finished_at": now, "last_text": ALREADY}
    update_mails(session, [COLUMNS.id.in_(ids), COLUMNS.finished_at.is_(None)], **accepted)
