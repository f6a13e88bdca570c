"""Every refusal of ours. The message is one clear line for a person; the caller's transaction then leaves nothing.

NotPossible                  what was asked cannot be done
+-- CommandFailed            the same, known at the command line only; with an exit code
+-- Refused                  the message is a Dutch sentence for a page
    +-- NotAllowed           who asks may not do this
    +-- NotFound             no such thing, or not for this viewer: a 404
    +-- ChangedMeanwhile     somebody else was first
    +-- MoveNotAllowed       this stage does not follow that one
    +-- PositionNotAllowed   a position that overlaps, lacks a decision, or has expired
    +-- LeadNotAllowed       a penvoerder that cannot be one
    +-- ParticipantGone      a participant that does not exist (any more)
    +-- NotAnAmount          text that is no money
    +-- NotAMoment           text that is no day or hour; TwoReadings: it can be two days
    +-- Incomplete           a field that must be filled in; ``field`` names it; Unanswered: questions of a list
    +-- KeptByHold           a person who must be kept for now

A subject adds its own kind of NotPossible where a caller must tell it from the others.
"""

from collections.abc import Mapping

DONE, FAILED, WRONG_USAGE, INCOMPLETE = 0, 1, 2, 3  # the exit codes of a command


class NotPossible(Exception):
    """What was asked cannot be done. A command ends with the message and this exit code."""

    code = FAILED


class CommandFailed(NotPossible):
    """A command that ends here. Exit code 1, or the one given."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


class Refused(NotPossible):
    """Not done; the message is one Dutch sentence for the person who tried."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field

    @property
    def errors(self) -> dict[str, str]:
        """The sentence per field of a form, ``form`` for what is of none; empty where there is nothing to say."""
        return {self.field or "form": str(self)} if str(self) else {}


class NotAllowed(Refused):
    """Who asks may not do this."""


class NotFound(Refused):
    """No such thing, or not for this viewer: both look the same."""

    def __init__(self, message: str = "Dit bestaat niet.", field: str = "") -> None:
        super().__init__(message, field)


class ChangedMeanwhile(Refused):
    """Somebody else changed the row since this person read it."""


class MoveNotAllowed(Refused):
    """This stage does not follow that one."""


class PositionNotAllowed(Refused):
    """A position that overlaps another, lacks a decision, or whose mandate has expired."""


class LeadNotAllowed(Refused):
    """A penvoerder that cannot be one: the region is no legal entity."""


class ParticipantGone(Refused):
    """A participant that does not exist, not yet or not any more."""


class NotAnAmount(Refused):
    """Text that is no amount of money."""


class NotAMoment(Refused):
    """Text that is no day, or no hour of one."""


class TwoReadings(NotAMoment):
    """A day that can be read in two ways; the message names both."""


class Incomplete(Refused):
    """A field that must be filled in."""


class Unanswered(Incomplete):
    """Questions of a list that have no answer: each is named, by its field."""

    def __init__(self, questions: Mapping[str, str]) -> None:
        super().__init__(", ".join(questions.values()))
        self.questions = questions

    @property
    def errors(self) -> dict[str, str]:
        """A sentence for each."""
        return {field: f"Beantwoord nog: {question}" for field, question in self.questions.items()}


class KeptByHold(Refused):
    """A person who must be kept for now, such as for a Woo request."""


def required(text: str, field: str, sentence: str) -> str:
    """The text without blanks around it, or Incomplete with that sentence."""
    if not text.strip():
        raise Incomplete(sentence, field)
    return text.strip()
