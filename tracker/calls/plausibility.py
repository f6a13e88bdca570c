"""What of a listing is no fact, whatever its reader says: stand-ins for "no end", and what is unlikely. Pure."""

from datetime import date
from typing import Any

from db.vocabulary import DeadlineKind
from notifications.wording import short_day
from scrapers.listing import ListedDeadline, Listing, QuestionField, RaisedQuestion

YEARS_AHEAD = 12  # the same limit as in reading a text
LIKELIER_THAN_NOT = 0.5
UNLIKELY = "minder zeker dan een half"
ONLY_COPIED = "alleen een kopie in het register van de bron noemt dit, en die kan verouderd zijn"


def plausible(listing: Listing, today: date) -> Listing:
    """The listing with its facts alone."""
    return only_likely(without_stand_ins(listing, today))


def without_far_days(dates: Any, today: date) -> Any:
    """What a person typed for a kind of date, without stand-ins: what is left may be "no date"."""
    return [typed for typed in dates if int(str(typed.get("day", today))[:4]) <= today.year + YEARS_AHEAD]


def only_likely(listing: Listing) -> Listing:
    """The listing with every value that is less likely than not turned into a question."""
    dates = [d for d in listing.deadlines if d.certainty < LIKELIER_THAN_NOT]
    fields = [name for name, proof in listing.proof.items() if proof.certainty < LIKELIER_THAN_NOT]
    if not dates and not fields:
        return listing
    raised = [*map(_of_date, dates), *(_of_field(listing, name) for name in fields if name in set(QuestionField))]
    asked = {question.field: question for question in [*reversed(raised), *listing.questions]}
    changes: dict[str, Any] = dict.fromkeys(fields)
    changes["deadlines"] = tuple(d for d in listing.deadlines if d not in dates)
    changes["proof"] = {name: proof for name, proof in listing.proof.items() if name not in fields}
    return listing.model_copy(update={**changes, "questions": tuple(asked.values())})


def only_asked(listing: Listing, today: date) -> Listing:
    """The listing with its coming dates asked: a mirror keeps dates that the source has moved. What passed is over."""
    coming = [d for d in listing.deadlines if d.day is not None and d.day >= today]
    if not coming:
        return listing
    asked = {question.field: question for question in (_of_date(d, ONLY_COPIED) for d in reversed(coming))}
    asked |= {question.field: question for question in listing.questions}
    kept = tuple(d for d in listing.deadlines if d not in coming)
    return listing.model_copy(update={"deadlines": kept, "questions": tuple(asked.values())})


def _of_date(deadline: ListedDeadline, why: str = UNLIKELY) -> RaisedQuestion:
    field = QuestionField.OPENS if deadline.kind == DeadlineKind.OPENS else QuestionField.CLOSES
    return RaisedQuestion(
        field=field, sentence=deadline.sentence or deadline.text, readings=(deadline.reading,), why=why
    )


def _of_field(listing: Listing, name: str) -> RaisedQuestion:
    reading = str(getattr(listing, name))
    return RaisedQuestion(
        field=QuestionField(name), sentence=listing.proof[name].sentence, readings=(reading,), why=UNLIKELY
    )


def without_stand_ins(listing: Listing, today: date) -> Listing:
    """A date more than twelve years ahead, such as 2100-01-01, stands for "no end": it is left out, with a remark."""
    far = [d for d in listing.deadlines if d.day is not None and d.day.year > today.year + YEARS_AHEAD]
    if not far:
        return listing
    remarks = [f"Geen einddatum: de bron noemt {short_day(d.day)} ({d.kind.label})." for d in far if d.day]
    kept = tuple(d for d in listing.deadlines if d not in far)
    return listing.model_copy(update={"deadlines": kept, "review": (*listing.review, *remarks)})
