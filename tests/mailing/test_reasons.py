"""A mail says in a few words why a call is in it."""

from notifications.catalogue import reason_words


def words(call: str, weight: float = 1.0) -> dict[str, object]:
    return {"kind": "words", "weight": weight, "call": call, "challenge": "x", "text": "..."}


def test_the_calls_own_words_come_once_strongest_first() -> None:
    reasons = [
        words("Solar, heat pumps", 2),
        {"kind": "title", "weight": 1.5, "call": "A title"},
        words("solar"),
        words("grid"),
    ]
    assert reason_words(reasons) == ("“Solar”", "“heat pumps”", "“grid”")


def test_without_words_the_nearest_sentence_is_cut_between_words() -> None:
    long = "Software with which grid operators manage distribution networks more flexibly, so that more solar fits on them."
    (said,) = reason_words([{"kind": "sentence", "weight": 1, "call": long}])
    assert said == "“Software with which grid operators manage distribution networks more flexibly, so that …”"


def test_what_spoke_against_is_no_reason() -> None:
    assert reason_words([words("third countries", -0.5)]) == ()
