"""Vragen: what a text may say, with its sentence and readings; one tap answers. And "dit klopt niet", of any value."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic import BaseModel, Field
from starlette.responses import Response

from db.models import Answer, Call, Doubt, Question, Sighting
from db.rights import has_role
from db.status import is_past_yet_open
from db.vocabulary import AnswerKind, Role, Status
from db.vocabulary_audit import Action
from tracker.calendar.decision_clock import replan_moved
from tracker.calls import eligibility, parse_values
from tracker.calls.answers import answer, doubt, is_own_doubt, value_of
from tracker.calls.consolidate import KINDS
from tracker.calls.corrections import correct
from tracker.calls.open_questions import Waiting, count_past_yet_open, count_waiting, past_yet_open, waiting_questions
from tracker.calls.typed_values import kept_moment, on_the_clock
from tracker.errors import Incomplete, NotFound, NotPossible, Refused
from tracker.web.calls.correct import Hour
from tracker.web.calls.rows import find_call
from tracker.web.frame import forms
from tracker.web.frame.actions import attempt
from tracker.web.frame.context import RequestContext
from tracker.web.frame.forms import EMPTY_FORM, FormState
from tracker.web.frame.phrases import WORDS, field_name, options, value_text, who_may_apply
from tracker.web.frame.safety import home_path

PAGE = "/vragen"
ON_A_PAGE = 25
DUTCH = str.maketrans(",.", ".,")
EUROS = ("budget", "min_amount", "max_amount")
ASKED = {
    "opens": "Wanneer gaat deze regeling open?",
    "closes": "Tot wanneer kan men aanvragen?",
    "budget": "Hoeveel geld is er in totaal te verdelen?",
    "max_amount": "Hoeveel kan één aanvraag ten hoogste krijgen?",
    "min_amount": "Hoe groot moet een aanvraag ten minste zijn?",
    "rate": "Welk deel van de kosten wordt vergoed?",
    "source_word": "Hoe staat deze regeling ervoor?",
    "eligible": "Mag een overheid deze regeling aanvragen?",
}
DONE = {
    AnswerKind.CHOSEN: "beantwoord",
    AnswerKind.TYPED: "beantwoord",
    AnswerKind.ABSENT: "staat-er-niet",
    AnswerKind.CONFIRMED: "klopt",
}


class AnswerForm(BaseModel):
    """The form under a question: a reading, a value of one's own, that it is not there, or that it is right."""

    say: str = Field(pattern=r"^(reading:.+|typed|absent|confirmed)$", max_length=2100)
    day: date | None = None
    hour: Hour | None = None
    value: str = Field(default="", max_length=500)
    back: str = PAGE


class DoubtForm(BaseModel):
    """The button beside a value."""

    field: str = Field(max_length=50)
    remark: str = Field(default="", max_length=500)


class Card(NamedTuple):
    """A question as the page shows it."""

    question: Question
    call: Call
    asks: str
    readings: list[tuple[str, str]]
    proposed: str
    sightings: list[Sighting]
    doubts: list[tuple[Doubt, str]]
    is_date: bool
    choices: list[tuple[str, str]]
    may_answer: bool
    is_own: bool


def index(request: RequestContext) -> Response:
    """Everything that waits, what matters most first."""
    return _page(request, EMPTY_FORM)


def _page(request: RequestContext, state: FormState, about: int = 0) -> Response:
    waiting = waiting_questions(request.session, request.viewer, request.now.instant)
    shown = [question for question in waiting if question.question.id == about]
    shown += [question for question in waiting if question.question.id != about][: ON_A_PAGE - len(shown)]
    return request.page(
        "calls/questions.html",
        state=state,
        cards=[card(request, question) for question in shown],
        more=len(waiting) - len(shown),
        total=len(waiting),
        past=past_yet_open(request.session, request.now.instant),
        about=about,
    )


def card(request: RequestContext, waiting: Waiting) -> Card:
    """A question in words; who doubted the value alone does not settle it."""
    question = waiting.question
    own = request.signed is not None and is_own_doubt(request.session, question, request.user)
    proposal = question.proposal or {}
    return Card(
        question=question,
        call=waiting.call,
        asks=_asks(question, waiting.call),
        readings=[(reading, _in_words(question.field, reading, waiting.call)) for reading in question.readings],
        proposed=_in_words(question.field, proposal["value"], waiting.call) if proposal.get("value") else "",
        sightings=waiting.sightings,
        doubts=waiting.doubts,
        is_date=question.field in KINDS,
        choices=choices(question.field),
        may_answer=has_role(request.viewer, Role.FUNDRAISER) and not own,
        is_own=own and has_role(request.viewer, Role.FUNDRAISER),
    )


def _asks(question: Question, call: Call) -> str:
    if question.field == eligibility.FIELD and question.doubted is not None:
        return f"Klopt dit: {_in_words(question.field, question.doubted, call)}?"
    if question.doubted is not None:
        return f"Klopt dit: {field_name(question.field)} {value_text(question.field, question.doubted)}?"
    return ASKED.get(question.field, f"Wat staat er over: {field_name(question.field)}?")


def _in_words(field: str, reading: str, call: Call) -> str:
    try:
        if field in EUROS:  # whole: what is rounded on other pages must be told apart here
            return f"€ {Decimal(reading):,f}".translate(DUTCH)
        if field == eligibility.FIELD and reading == call.eligible:
            return who_may_apply(call)  # a guess is asked as the guess that is shown
        return value_text(field, value_of(field, reading))
    except (ValueError, ArithmeticError):  # a source's reader may hand over what is no value: shown as it is
        return reading


def choices(field: str) -> list[tuple[str, str]]:
    """What a field can be, where it is one of a few."""
    if field == "source_word":
        return [pair for pair in options(Status) if pair[0] != Status.NOT_LISTED]
    if field in (eligibility.FIELD, "instrument", "allocation"):
        return options(WORDS[field])
    return []


def say(request: RequestContext) -> Response:
    """Keep an answer, or the page again with what is wrong at that question."""
    question = request.named(Question, "question_id")
    outcome = attempt(request, lambda: _keep(request, question))
    if isinstance(outcome, FormState):
        return _page(request, outcome, request.params["question_id"])
    given, back = outcome
    return request.to(home_path(back), done=DONE[AnswerKind(given.kind)])


def _keep(request: RequestContext, question: Question) -> tuple[Answer, str]:
    """The answer that was kept, and where the person came from."""
    form = forms.checked(AnswerForm, request.form)
    given = answer(request.deed, question.id, *_given(question, form))
    replan_moved(request.session, request.now.instant)
    request.record(Action.QUESTION_ANSWERED, f"call {question.call_id}", f"{question.field}: {given.kind}")
    return given, form.back


def _given(question: Question, form: AnswerForm) -> tuple[AnswerKind, Any]:
    """What the person said, as a value. Raises Refused with the field that is not right."""
    if form.say.startswith("reading:"):
        reading = form.say.removeprefix("reading:")
        proposed = (question.proposal or {}).get("value")
        if reading not in question.readings and reading != proposed:
            raise Refused("Deze vraag is intussen veranderd: kies opnieuw.")
        try:
            return AnswerKind.CHOSEN, value_of(question.field, reading)
        except ValueError as error:  # no date at all: a source's reader handed it over so
            raise Refused("Deze lezing is geen datum: vul zelf in wat er staat.") from error
    if form.say == "typed":
        return AnswerKind.TYPED, typed_value(question.field, form)
    if form.say == "confirmed" and question.doubted is None:
        raise Refused("Kies wat er staat.")
    return AnswerKind(form.say), None


def typed_value(field: str, form: AnswerForm) -> Any:
    """A value of one's own, read as every typed value is. Raises Refused."""
    if field in KINDS:
        if form.day is None:
            raise Incomplete("Vul een datum in.", "day")
        return kept_moment(on_the_clock(form.day, form.hour))
    if field in parse_values.NUMBERS:
        number = parse_values.NUMBERS[field](form.value, "value")
        if number is None:
            raise Incomplete("Vul een getal in, zoals 25000 of 25.000,50.", "value")
        return str(number)
    if not form.value.strip():
        raise Incomplete("Vul in wat er moet staan.", "value")
    if field == eligibility.FIELD:
        if form.value not in dict(choices(field)):
            raise Refused("Kies een van deze.", "value")
        return form.value
    try:
        return parse_values.read_value(field, form.value.strip())
    except NotPossible as error:
        raise Refused("Dit is geen waarde voor dit veld.", "value") from error


def doubt_value(request: RequestContext) -> Response:
    """A reader says that a shown value is wrong: it stays, with a mark, and somebody is asked."""
    call = find_call(request)
    form, _ = forms.filled(DoubtForm, request.form)
    if form is None:
        raise NotFound
    try:
        doubt(request.deed, call, form.field, form.remark)
    except Refused:
        return request.to(f"/regelingen/{call.id}", done="staat-niet-meer")
    request.record(Action.VALUE_DOUBTED, f"call {call.id}", form.field)
    return request.to(f"/regelingen/{call.id}", done="twijfel")


def close_past(request: RequestContext) -> Response:
    """One tap: a call that its source still calls open has closed."""
    call = find_call(request)
    if is_past_yet_open(call, request.now.instant):
        reason = "Nagekeken: de laatste datum is voorbij."
        correct(request.session, request.user, call.id, "source_word", str(Status.CLOSED), reason, request.now.instant)
        replan_moved(request.session, request.now.instant)
        request.record(Action.CALL_CORRECTED, f"call {call.id}", "source_word")
    return request.to(PAGE, done="gecorrigeerd")


def waiting_count(request: RequestContext) -> int:
    """How many questions wait for this person: none, where it is not for them to say."""
    if not has_role(request.viewer, Role.FUNDRAISER):
        return 0
    now = request.now.instant
    return count_waiting(request.session, now) + count_past_yet_open(request.session, now)
