"""What a text says, as fields of a Listing: each with the sentence it was read from, the rest as questions."""

from datetime import date
from typing import Any

from db.vocabulary import DeadlineKind, Status
from scrapers.facts.facts import Facts, Gate, plain_value
from scrapers.facts.read import read_facts
from scrapers.listing import ListedDeadline, Proof, QuestionField, RaisedQuestion

MOST = 20  # more dates than this in one text is a list of calls, not a call
AMOUNTS = ("budget", "max_amount", "rate")


def extract(
    text: str, language: str, today: date, word: Status | None = None, published: date | None = None
) -> dict[str, Any]:
    """Deadlines, amounts, status, allocation, and what a person is asked; ``word`` is what the source says of status.

    ``today`` is the day of reading, in Amsterdam; ``published`` the day the text came out, where the source tells.
    """
    facts = read_facts(text, language, today, published)
    amounts = {name: facts.shown[name] for name in AMOUNTS if name in facts.shown}
    if facts.min_amount:
        amounts["min_amount"] = facts.min_amount
    fields: dict[str, Any] = {name: answer.value for name, answer in amounts.items()}
    fields["proof"] = {
        name: Proof(sentence=answer.sentence, certainty=answer.certainty) for name, answer in amounts.items()
    }
    fields["evidence"] = {name: answer.text[:500] for name, answer in amounts.items()}
    fields["deadlines"] = tuple(deadline(gate) for gate in facts.gates)[:MOST]
    if facts.allocation:
        fields["allocation"] = facts.allocation
    status, asked = _status(facts, word)
    if status:
        fields["source_word"] = status
    if status and status is not word and facts.status:
        fields["proof"]["source_word"] = Proof(sentence=facts.status[1])
    fields["questions"] = (*asked, *questions(facts))
    fields["review"] = facts.remarks
    return fields


def questions(facts: Facts) -> tuple[RaisedQuestion, ...]:
    """What a person is asked of the five facts."""
    return tuple(
        RaisedQuestion(
            field=QuestionField(name),
            sentence=asked.sentence,
            readings=tuple(plain_value(value) for value in asked.values),
            why=asked.why,
        )
        for name, asked in (facts.asked | facts.undated).items()
    )


def _status(facts: Facts, word: Status | None) -> tuple[Status | None, tuple[RaisedQuestion, ...]]:
    """The source's word; that the text says it is over goes before "open", and a person is asked which holds."""
    if facts.status is None:
        return word, ()
    read, sentence = facts.status
    if word is None or word is read:
        return read, ()
    if word is not Status.OPEN:
        return word, ()  # "bijna open", "gesloten": the text speaks of the round before, or says the same
    why = "de bron zegt open, de tekst dat het over is"
    question = RaisedQuestion(field=QuestionField.STATUS, sentence=sentence, readings=(str(read), str(word)), why=why)
    return read, (question,)


def only_asked(facts: dict[str, Any], why: str, remark: str) -> dict[str, Any]:
    """The facts of ``extract`` as questions, none of them shown: for a form that nobody has seen live yet."""
    days: dict[QuestionField, list[ListedDeadline]] = {}
    for date_read in facts["deadlines"]:
        if date_read.day is not None and (date_read.kind == DeadlineKind.OPENS or date_read.is_door):
            opens = date_read.kind == DeadlineKind.OPENS
            days.setdefault(QuestionField.OPENS if opens else QuestionField.CLOSES, []).append(date_read)
    raised = [
        RaisedQuestion(
            field=field,
            sentence=dates[0].sentence,
            why=why,
            readings=tuple(dict.fromkeys(each.reading for each in dates))[:5],
        )
        for field, dates in days.items()
    ]
    raised += [
        RaisedQuestion(field=QuestionField(name), sentence=proof.sentence, readings=(f"{facts[name]:f}",), why=why)
        for name, proof in facts["proof"].items()
        if name in AMOUNTS
    ]
    questions = {question.field: question for question in (*facts["questions"], *raised)}
    return {"questions": tuple(questions.values()), "review": (remark, *facts["review"])}


def unknown_status(word: str) -> RaisedQuestion:
    """A status word that nobody knows is asked, never left out."""
    readings = (Status.OPEN, Status.ANNOUNCED, Status.CLOSED)
    why = (
        "de bron gebruikt een woord voor de status dat niet bekend is"
        if word
        else "de bron zegt niet hoe het ervoor staat"
    )
    return RaisedQuestion(field=QuestionField.STATUS, sentence=word, readings=tuple(map(str, readings)), why=why)


def deadline(gate: Gate) -> ListedDeadline:
    """One date, or one of the kinds that have none."""
    moment = gate.moment
    return ListedDeadline(
        kind=gate.kind,
        day=moment.day if moment else None,
        hour=f"{moment.hour:%H:%M}" if moment and moment.hour else None,
        text=gate.text[:500],
        sentence=gate.sentence,
        certainty=gate.certainty,
        door=gate.door,
        obligatory=gate.obligatory,
    )
