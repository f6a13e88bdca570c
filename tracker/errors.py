"""What lobby and applications refuse, each in one clear Dutch sentence; the caller's transaction then leaves nothing.

Refused
+-- NotAllowed           who asks may not do this
+-- NotFound             no such thing, or not for this viewer: a 404
+-- ChangedMeanwhile     somebody else was first
+-- MoveNotAllowed       this stage does not follow that one
+-- PositionNotAllowed   a position that overlaps, lacks a decision, or has expired
+-- LeadNotAllowed       a penvoerder that cannot be one
+-- ParticipantGone      a participant that does not exist (any more)
+-- NotAnAmount          text that is no money
+-- Incomplete           a field that must be filled in; ``field`` names it
+-- KeptByHold           a person who must be kept for now
"""


class Refused(Exception):
    """Not done; the message is one Dutch sentence for the person who tried."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


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
    """A penvoerder that cannot be one: the MRA is no legal entity."""


class ParticipantGone(Refused):
    """A participant that does not exist, not yet or not any more."""


class NotAnAmount(Refused):
    """Text that is no amount of money."""


class Incomplete(Refused):
    """A field that must be filled in."""


class KeptByHold(Refused):
    """A person who must be kept for now, such as for a Woo request."""


DONE, FAILED, WRONG_USAGE, INCOMPLETE = 0, 1, 2, 3


class CommandFailed(Exception):
    """Nothing could be done; the message is the one clear line a person gets. Exit code 1, or the one given."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def required(text: str, field: str, sentence: str) -> str:
    """The text without blanks around it, or Incomplete with that sentence."""
    if not text.strip():
        raise Incomplete(sentence, field)
    return text.strip()
