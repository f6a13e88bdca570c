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


def test_a_mail_shows_the_whole_sentence_before_the_title_and_cuts_a_long_one_between_words() -> None:
    sentence = (
        "Software with which grid operators manage their networks more flexibly, so that more solar fits on them."
    )
    title = {"kind": "title", "weight": 2, "call": "A title"}
    assert reason_words([title, {"kind": "sentence", "weight": 1, "call": sentence}]) == (f"“{sentence}”",)
    (told,) = reason_words([{"kind": "sentence", "weight": 1, "call": f"{sentence} {sentence}"}])
    assert told.endswith(" …”")
    assert len(told) <= 202


def test_what_spoke_against_is_no_reason() -> None:
    assert reason_words([words("third countries", -0.5)]) == ()
