"""No English reaches a Dutch reader: every reason in the code, every state, deed and subject, walked without a list."""

import re
from datetime import datetime
from pathlib import Path

import pytest

import db.vocabulary
import db.vocabulary_audit
import db.vocabulary_calendar
import db.vocabulary_documents
import db.vocabulary_lobby
import db.vocabulary_organisations
from db.vocabulary import Word
from notifications.brakes import IN_DUTCH
from notifications.reasons import UNKNOWN, answer_in_dutch, in_dutch
from notifications.transport import SmtpStage
from tests.make.reasons_said import SAMPLE, alerts, mails, reasons, refusals, results
from tracker.errors import CommandFailed
from tracker.mailing.bounces import read_bounces
from tracker.operations.workers import KINDS, QueuedJobs
from tracker.people.audit_log import in_dutch as result_in_dutch
from tracker.settings import Settings
from tracker.web.mailing.outbox import STAGES

ROOMS = (
    db.vocabulary, db.vocabulary_audit, db.vocabulary_calendar, db.vocabulary_documents, db.vocabulary_lobby,
    db.vocabulary_organisations,
)  # fmt: skip
# Words that are English and no Dutch, in any sentence longer than a name.
ENGLISH = re.compile(
    r"\b(the|not|with|without|where|which|were|than|their|these|those|this|that|from|into|could|cannot|should|any|been|has|"
    r"have|had|our|your|than|before|after|page|pages|answer|answers|row|rows|call|calls|source|sources|missing|wrong|"
    r"unknown|expired|refused|nothing|another|other|only|must|value|valid|invalid|and|or|by|to|is no|are)\b"
)
NAMES = re.compile(r"„[^”]*”|['‘][^'’]*['’]|https?://\S+|\bto do\b|by Design")
INSIDE = "no title"  # a reason that stands inside others


def english_in(text: str) -> list[str]:
    """The English words of a sentence, names and quotations left out."""
    return ENGLISH.findall(NAMES.sub("", text))


def test_the_words_that_give_english_away_are_found() -> None:
    assert english_in("page 2: the answer breaks off")
    assert english_in("value is not a valid email address")
    assert not english_in("bladzijde 2: het antwoord breekt af")


def test_every_reason_for_a_crawl_that_went_wrong_has_its_dutch() -> None:
    told = {(where, reason): _told(reason) for where, reason in reasons()}
    assert len(told) > 120
    assert [said for said, dutch in told.items() if not dutch] == []
    assert [dutch for dutch in told.values() if english_in(dutch)] == []


def _told(reason: str) -> str:
    """In Dutch, with a reason inside in each place where there may be one; empty where that is not known."""
    readings = [text for whole in (reason, reason.removesuffix(SAMPLE)) for text in _with_one_inside(whole)]
    return next((told.replace(SAMPLE, "") for told in map(in_dutch, readings) if UNKNOWN not in told), "")


def _with_one_inside(reason: str) -> list[str]:
    gaps = [match.span() for match in re.finditer(re.escape(SAMPLE), reason)]
    return [reason, *(reason[:start] + INSIDE + reason[end:] for start, end in gaps)]


def test_every_reason_for_a_mail_that_did_not_leave_has_its_dutch() -> None:
    told = {said: answer_in_dutch(None, said[1]).replace(SAMPLE, "") for said in mails()}
    assert len(told) > 10
    assert [said for said, dutch in told.items() if dutch == UNKNOWN or english_in(dutch)] == []


def test_every_refusal_alert_and_pause_is_dutch() -> None:
    assert len(refusals()) > 150
    assert len(alerts()) > 10
    assert [said for said in (*refusals(), *alerts()) if english_in(said[1].replace(SAMPLE, ""))] == []


def test_every_result_in_the_audit_log_has_its_dutch() -> None:
    told = {said: result_in_dutch(said[1].replace(SAMPLE, "5")) for said in results()}
    assert len(told) > 5
    assert [said for said, dutch in told.items() if english_in(dutch)] == []


def test_every_state_deed_and_subject_has_a_dutch_label() -> None:
    kinds = [
        kind for room in ROOMS for kind in vars(room).values() if isinstance(kind, type) and issubclass(kind, Word)
    ]
    words = [word for kind in kinds for word in kind]
    assert len(words) > 400
    assert [word for word in words if english_in(word.label)] == []


def test_what_nobody_foresaw_is_told_in_general_words_and_never_quoted() -> None:
    assert in_dutch("") == answer_in_dutch(None, "") == ""
    assert in_dutch("KeyError: 'deadline'") == UNKNOWN
    assert in_dutch("page 4: KeyError: 'deadline'") == f"bladzijde 4: {UNKNOWN}"
    assert in_dutch("with remarks: 3 rows unreadable, such as x: no title; y: a file, not read (and 2 more)") == (
        "met opmerkingen: 3 regels niet te lezen, zoals x: geen titel; y: een bestand, niet gelezen (en nog 2)"
    )
    assert answer_in_dutch(None, "[Errno 111] Connection refused") == UNKNOWN
    assert answer_in_dutch(451, "greylisted, come back later") == "„greylisted, come back later”"
    assert answer_in_dutch(451, "unsubscribed") == "afgemeld"


def test_a_mailbox_of_bounces_that_cannot_be_read_is_told_in_dutch(tmp_path: Path, now: datetime) -> None:
    (tmp_path / "bounces").write_text("a file where a folder should be")
    where: dict[str, str] = {"mail_bounces": "b+{token}@k.example", "bounces_url": f"file:{tmp_path / 'bounces'}"}
    settings = Settings(data_dir=tmp_path, _env_file=None, **where)  # type: ignore[arg-type]
    with pytest.raises(CommandFailed) as failed:
        read_bounces(settings, None, now)  # type: ignore[arg-type]
    assert "onbestelbare mail" in in_dutch(str(failed.value))


def test_each_stage_of_sending_and_each_job_of_the_clock_has_a_name() -> None:
    assert set(STAGES) == set(SmtpStage) >= set(IN_DUTCH)
    assert [kind.name for kind in KINDS.values() if not (kind.told and hasattr(QueuedJobs, kind.name))] == []
    assert [kind.told for kind in KINDS.values() if english_in(kind.told)] == []
