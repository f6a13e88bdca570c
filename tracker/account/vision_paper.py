"""A visie on paper, to show around: a tagged PDF of the words that hold, with the goals that serve them."""

from collections.abc import Iterable
from pathlib import Path

from db.models import Goal, VisionVersion
from db.region_served import region
from notifications.wording import day, local_day, short_day
from tracker.account.sheet import number
from tracker.exchange.pdf import compiled

TEMPLATE = Path(__file__).with_name("vision.typ")


def as_pdf(words: VisionVersion, goals: Iterable[Goal]) -> bytes:
    """The file."""
    since = local_day(words.since)
    return compiled(
        TEMPLATE,
        {
            "title": words.title,
            "author": words.authors or region().name,
            "by": f"{words.authors}. Versie {words.number}, geldt sinds {day(since)}.",
            "paragraphs": paragraphs(words.text),
            "goals": [
                f"{goal.text.rstrip('.')}: {number(goal.target)} {goal.unit} op {short_day(goal.due_on)}"
                for goal in goals
            ],
            "foot": f"{words.title}, versie {words.number}",
        },
    )


def paragraphs(text: str) -> list[str]:
    """A text as its paragraphs: an empty line ends one."""
    return [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
