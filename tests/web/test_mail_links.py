"""Links in mails: safe to be opened by machines, for one person, one call, one purpose."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from db.models import Delivery, Subscription, User, Verdict
from db.session import writing
from notifications.links import ALL, REMINDERS, Links
from tests.make.mail_cases import make_agenda, make_call, make_reader, plan_at
from tests.make.pages import BASE, Visitor, settings_for, visit
from tracker.mailing.keys import signing_keys

pytestmark = pytest.mark.one_database  # on PostgreSQL in make prove


@pytest.fixture
def agenda(engine: Engine) -> Engine:
    make_agenda(engine)
    return engine


@pytest.fixture
def visitor(agenda: Engine, now: datetime, tmp_path: Path) -> Iterator[Visitor]:
    with visit(agenda, now, tmp_path) as visitor:
        yield visitor


def links(tmp_path: Path) -> Links:
    return Links(BASE, signing_keys(settings_for(tmp_path)))


def verdicts(engine: Engine) -> list[Verdict]:
    with writing(engine) as session:
        return list(session.exec(select(Verdict).where(Verdict.undone_at.is_(None))))  # type: ignore[union-attr]


def test_opening_a_link_changes_nothing_and_pressing_its_button_does(
    agenda: Engine, visitor: Visitor, now: datetime, tmp_path: Path
) -> None:
    person, call = make_reader(agenda, now), make_call(agenda, now)
    path = f"/oordeel/{links(tmp_path).decision(person, call, now)}"
    for _ in range(3):
        assert visitor.get(path + "?zeg=no").status_code == 200
        visitor.head(path)
    assert verdicts(agenda) == []
    assert visitor.post(path, data={"say": "no"}).status_code == 422
    assert visitor.post(path, data={"say": "no", "reason": "too_small"}).status_code == 200
    assert [(one.say, one.reason, one.call_id, one.user_id) for one in verdicts(agenda)] == [
        ("no", "too_small", call, person)
    ]
    visitor.post(path, data={"say": "yes"})
    assert [one.say for one in verdicts(agenda)] == ["yes"]


def test_a_link_is_good_for_its_own_call_and_time_only(
    agenda: Engine, visitor: Visitor, now: datetime, tmp_path: Path
) -> None:
    person, call, other = make_reader(agenda, now), make_call(agenda, now), make_call(agenda, now, "Anders")
    token = links(tmp_path).decision(person, call, now)
    said, _, seal = token.rpartition(".")
    forged = [said.replace(f"-{call}-", f"-{other}-") + "." + seal, f"{said}.{'a' * 24}", f"{said}.\u0661é", "x", said]
    leaving = links(tmp_path).leaving(person, (1,))
    old = links(tmp_path).decision(person, call, now - timedelta(days=61))
    for bad in [*forged, leaving, old]:
        assert visitor.post(f"/oordeel/{bad}", data={"say": "yes"}).status_code == 410, bad
    assert verdicts(agenda) == []


def test_who_left_decides_nothing_more(agenda: Engine, visitor: Visitor, now: datetime, tmp_path: Path) -> None:
    person, call = make_reader(agenda, now), make_call(agenda, now)
    with writing(agenda) as session:
        user = session.get(User, person)
        assert user is not None
        user.deactivated_at = now
        session.add(user)
    path = f"/oordeel/{links(tmp_path).decision(person, call, now)}"
    assert visitor.post(path, data={"say": "yes"}).status_code == 410


def test_one_click_unsubscribes_at_once_also_from_queued_mail(
    agenda: Engine, visitor: Visitor, now: datetime, tmp_path: Path
) -> None:
    """RFC 8058: no cookie, no token of ours, no sign-in; three GETs by a scanner before it change nothing."""
    person = make_reader(agenda, now)
    make_call(agenda, now)
    plan_at(agenda, now, leaves=False)
    path = f"/afmelden/{links(tmp_path).leaving(person, (1,))}"
    for _ in range(3):
        assert visitor.get(path).status_code == 200
    with writing(agenda) as session:
        assert session.exec(select(Subscription)).one().ended_at is None
    answer = visitor.post(path, data={"List-Unsubscribe": "One-Click"}, headers={"Origin": "null"})
    assert answer.status_code == 200
    with writing(agenda) as session:
        assert session.exec(select(Subscription)).one().ended_at is not None
        assert session.exec(select(Delivery)).one().state == "cancelled"


def test_stopping_on_the_page_holds_back_queued_mail_too(agenda: Engine, now: datetime, tmp_path: Path) -> None:
    person = make_reader(agenda, now)
    make_call(agenda, now)
    plan_at(agenda, now, leaves=False)
    with writing(agenda) as session:
        user = session.get_one(User, person)
    with visit(agenda, now, tmp_path, user) as visitor:
        visitor.get("/abonnementen")
        assert visitor.send_form("/abonnementen/1/stoppen").status_code == 303  # type: ignore[attr-defined]
    with writing(agenda) as session:
        assert session.exec(select(Subscription)).one().ended_at is not None
        assert session.exec(select(Delivery)).one().state == "cancelled"


@pytest.mark.parametrize(("what", "subscribed", "reminded"), [(ALL, False, False), (REMINDERS, True, False)])
def test_leaving_everything_or_reminders_only(
    agenda: Engine, visitor: Visitor, now: datetime, tmp_path: Path, what: str, subscribed: bool, reminded: bool
) -> None:
    person = make_reader(agenda, now)
    assert visitor.post(f"/afmelden/{links(tmp_path).leaving(person, what=what)}").status_code == 200
    with writing(agenda) as session:
        assert (session.exec(select(Subscription)).one().ended_at is None) == subscribed
        assert session.exec(select(User.reminders)).one() == reminded


def test_links_outlive_a_new_key() -> None:
    old = Links(BASE, (b"old",)).leaving(7, (3, 1))
    read = Links(BASE, (b"new", b"old")).read_leaving(old)
    assert read is not None
    assert (read.user_id, read.subscriptions) == (7, (1, 3))
    assert Links(BASE, (b"new",)).read_leaving(old) is None


def test_a_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "new")
    assert signing_keys(settings) == signing_keys(settings)
    assert (tmp_path / "new/secret.key").stat().st_mode & 0o077 == 0


def test_the_preview_is_written_by_what_sends(agenda: Engine, now: datetime, tmp_path: Path) -> None:
    person = make_reader(agenda, now)
    make_call(agenda, now, "Houtbouw <b>")
    with writing(agenda) as session:
        user = session.get(User, person)
    assert user is not None
    with visit(agenda, now, tmp_path, user) as visitor:
        page = visitor.get("/abonnementen/voorbeeld")
    assert page.status_code == 200
    assert "Houtbouw &lt;b&gt;" in page.text
    assert "SLUIT" in page.text or "sluit" in page.text


def test_what_was_stopped_can_be_taken_up_again_by_the_same_link_and_goes_on_where_it_was(
    agenda: Engine, visitor: Visitor, now: datetime, tmp_path: Path
) -> None:
    person = make_reader(agenda, now, name="Circulair", filter={"challenges": ["circulair"]})
    make_call(agenda, now, "Al gekregen")
    plan_at(agenda, now)
    path = f"/afmelden/{links(tmp_path).leaving(person, (1,))}"
    assert "Circulair" in visitor.get(path).text
    visitor.post(path)
    again = visitor.get(path).text
    assert "Dit abonnement was al gestopt." in again
    assert "Stop deze mail" not in again
    make_call(agenda, now, "Intussen verschenen")
    assert plan_at(agenda, now + timedelta(days=3)).digests == 0
    assert "U krijgt dit overzicht weer." in visitor.post(f"{path}/hervatten").text
    with writing(agenda) as session:
        row = session.exec(select(Subscription)).one()
        assert (row.ended_at, row.filter) == (None, {"challenges": ["circulair"]})
    assert plan_at(agenda, now + timedelta(days=4)).digests == 1
    with writing(agenda) as session:
        texts = [mail.text for mail in session.exec(select(Delivery).order_by(Delivery.id))]  # type: ignore[arg-type]
    assert "Intussen verschenen" in texts[-1]
    assert "Al gekregen" not in texts[-1]


def test_who_stopped_everything_gets_everything_back(
    agenda: Engine, visitor: Visitor, now: datetime, tmp_path: Path
) -> None:
    person = make_reader(agenda, now)
    path = f"/afmelden/{links(tmp_path).leaving(person, what=ALL)}"
    visitor.post(path)
    visitor.post(f"{path}/hervatten")
    with writing(agenda) as session:
        assert session.exec(select(Subscription)).one().ended_at is None
        assert session.exec(select(User.reminders)).one()
    assert visitor.post("/afmelden/1-alles.vervalst/hervatten").status_code == 410


def test_a_stopped_subscription_is_on_its_page_with_what_it_held(agenda: Engine, now: datetime, tmp_path: Path) -> None:
    person = make_reader(agenda, now, name="Wonen")
    with writing(agenda) as session:
        user = session.get_one(User, person)
    with visit(agenda, now, tmp_path, user) as visitor:
        visitor.get("/abonnementen")
        visitor.send_form("/abonnementen/1/stoppen")  # type: ignore[attr-defined]
        assert "Gestopt" in visitor.get("/abonnementen").text
        assert visitor.send_form("/abonnementen/1/hervatten").status_code == 303  # type: ignore[attr-defined]
    with writing(agenda) as session:
        assert session.exec(select(Subscription)).one().ended_at is None


def test_a_new_subscription_shows_what_it_finds_before_it_is_kept(
    agenda: Engine, now: datetime, tmp_path: Path
) -> None:
    person = make_reader(agenda, now)
    make_call(agenda, now, "Houtbouw", challenge="wonen", eligible="self")
    make_call(agenda, now, "Kringloop", eligible="self")
    with writing(agenda) as session:
        user = session.get_one(User, person)
    with visit(agenda, now, tmp_path, user) as visitor:
        assert "Kringloop" in visitor.get("/abonnementen/nieuw").text
        asked = {"every": "week", "most": "6", "name": "Wonen", "challenges": ["wonen"], "look": "1"}
        page = visitor.send_form("/abonnementen", **asked)  # type: ignore[attr-defined]
        assert page.status_code == 200
        assert "Dit zou de eerste mail noemen" in page.text
        assert "Houtbouw" in page.text
        assert "Kringloop" not in page.text
        assert 'value="Wonen"' in page.text
    with writing(agenda) as session:
        assert len(session.exec(select(Subscription)).all()) == 1
