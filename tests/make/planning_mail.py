"""One round of planning on a test database, and the mails of the day that are then in the outbox."""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import col, select

from db.models import Delivery
from db.session import reading
from tests.make.mail_cases import MAILER
from tracker.mailing.plan import plan


def plan_once(engine: Engine, now: datetime) -> list[Delivery]:
    """Plan, and give the mails of the day."""
    plan(engine, MAILER, now, threshold=0.5, compare_clocks=False)
    with reading(engine) as session:
        return list(session.exec(select(Delivery).where(col(Delivery.key).startswith("day:"))))
