"""A digest or reminder as a mail: subject, text and HTML from one context, safe to show whatever a source sent."""

import re
from binascii import b2a_qp
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from typing import Any

from markupsafe import Markup

from db.region_served import region
from db.vocabulary import Eligibility
from notifications import wording
from notifications.call_card import CallCard, call_card
from notifications.digest import Coverage, Digest, Item
from notifications.digest_extras import NO_EXTRAS, NOTHING_RUNS, DigestExtras, FollowedDossier
from notifications.due_today import TOO_LATE, AgendaLine, DueCall, DueToday, line_title
from notifications.headlines import LOST, coverage_line, headline_of, subject_of
from notifications.links import ALL, DOUBT, REMINDERS, ROUND, VERDICT, AnswerLink, Links
from notifications.message import MOST_SUBJECT, Addressee, Letter, domain_of, mailbox, one_line, sealed
from notifications.places import PLACES, Place
from notifications.plain_letter import environments, inlined, rows
from notifications.shells import Shells
from notifications.topics import TopicLine, lines

MOST_BYTES = 78_900  # of the calls in text and HTML as they travel, so that a whole mail stays under 90 kB
EXTRA_LINE = 500  # bytes that one line beside the calls may take
LONGER = 20  # bytes by which a reader's own link may be longer than what keeps its place
DECIDE_BY = (
    "Go/no-go: de laatste dag waarop uw organisatie nog kan besluiten om mee te doen, gerekend met tijd voor een eigen "
    "bijdrage als er niets bij staat. Op de pagina van een regeling staan ook de andere wegen."
)
DUE = len(PLACES)  # where what is due today goes, besides the sections of a digest
MOST_LINK = 900  # characters of a link in a header, whose lines hold 998
MOST_IN_FULL = 6  # of what is due today; more stand on a line each
MOST_KEPT = 10_000  # rendered calls; some 60 MB


@dataclass(frozen=True)
class Sender:
    """Who writes: the address, the name people see, and the government that carries it."""

    address: str
    organisation: str = ""
    reply_to: str = ""

    @property
    def name(self) -> str:
        """``Kansenradar, Gemeente Zwolle``."""
        return f"Kansenradar, {self.organisation}" if self.organisation else "Kansenradar"

    @property
    def legal(self) -> str:
        """Who answers for this mail: the region is no legal person, a participant is."""
        carrier = self.organisation or "de deelnemer die deze Kansenradar beheert"
        answers = "" if self.reply_to else " Antwoorden op deze mail worden niet gelezen."
        return f"Verzonden namens {carrier}, deelnemer in {region().full}.{answers}"


@dataclass(frozen=True)
class AlertLine:
    """One thing that an alert is about: its name, what is odd about it, and the path of ours where it is shown."""

    title: str
    why: str = ""
    path: str = ""


# Who must be told most before who is told when there is room.
BY_NEED = (
    *(Place.CHOOSE, Place.GONE, Place.CHANGED, Place.CLOSING, Place.OURS),
    *(Place.OPENING, Place.PARTNER, Place.UNSURE, Place.ELSEWHERE, Place.OTHERS),
)


@dataclass(frozen=True)
class RenderedCall:
    """One call rendered, with the bytes it takes in a mail."""

    text: str
    html: str
    size: int


class Writer:
    """Writes letters of one moment; keeps what it rendered, because many people read the same calls."""

    def __init__(self, links: Links, sender: Sender, now: datetime) -> None:
        self.links, self.sender, self.now = links, sender, now
        # Where calls and the reader's own links go into what is kept; secret, so that no source can write it.
        self._secret = sealed(links.keys[0], "place")[:16]
        self._marks = [Markup("<!--%s %s-->") % (self._secret, place) for place in range(DUE + 1)]
        self._told: dict[Any, CallCard] = {}
        self._shells = Shells(environments(), inlined)
        self._own_place = re.compile(f"{self._secret}-({VERDICT}|{DOUBT})-(\\d+)-")
        self._of_items: dict[int, tuple[Item, CallCard, RenderedCall]] = {}  # by identity: many readers share an item
        self._pieces: dict[tuple[str, CallCard], RenderedCall] = {}
        self._covered: dict[tuple[int, tuple[str, ...]], tuple[Coverage, str]] = {}  # by identity, too

    def fitted(self, digest: Digest, extras: DigestExtras = NO_EXTRAS) -> Digest:
        """As many of its items as a mail can hold, those that need it most first; the others wait untold."""
        room = MOST_BYTES - EXTRA_LINE * extras.lines_beside
        room -= sum(piece.size for piece in self._due_pieces(extras.due, extras.ours))
        sizes = {item.call.id: self._named(item, extras.ours)[1].size for item in digest.items}
        if sum(sizes.values()) <= room:
            return digest
        fitting, until = set[int](), digest.pressing
        for item in sorted(
            digest.items, key=lambda item: (BY_NEED.index(item.place), not item.candidate.presses(until))
        ):
            room -= sizes[item.call.id]
            if room < 0:
                break
            fitting.add(item.call.id)
        return digest.naming(item for item in digest.items if item.call.id in fitting)

    def digest(self, digest: Digest, to: Addressee, extras: DigestExtras = NO_EXTRAS) -> Letter:
        """The mail of a digest: every call of it is named, and what is due today stands before them."""
        pieces: dict[int, list[RenderedCall]] = {DUE: self._due_pieces(extras.due, extras.ours)}
        for item, piece in self._placed(digest, extras):
            pieces.setdefault(PLACES.index(item.place), []).append(piece)
        headline = headline_of(digest) if not (digest.empty and extras.in_doubt) else LOST
        if digest.empty and extras.activities:
            headline = wording.count(len(extras.activities), "activiteit", "activiteiten") + " van het netwerk"
        if digest.empty and extras.dossiers:
            headline = wording.count(len(extras.dossiers), "dossier", "dossiers") + " met nieuws"
        if digest.empty and extras.moments:
            headline = wording.count(len(extras.moments), "consultatie of debat", "consultaties en debatten")
        leave = self._leave(to, tuple(query.id for query in digest.queries))
        names = dict.fromkeys(one_line(query.name, 80) for query in digest.queries)
        context = self._context(to) | self._due(extras.due, to) | {
            "headline": headline, "subject": subject_of(digest, headline, extras.due.subject(self.now)),
            "coverage": self._coverage(digest),
            "sections": [self._section(place, pieces) for place in PLACES if PLACES.index(place) in pieces],
            "waiting": self._waiting(digest), "aside": self._aside(digest),
            "announced": wording.count(len(digest.announced), "regeling", "regelingen") if digest.announced else "",
            "subscriptions": _ended(", ".join(names) or "uw abonnement"),
            "leave": leave, "leave_reminders": self._leave(to, what=REMINDERS), "lobby": self._lines(extras.lobby, to),
            "moments": self._lines(extras.moments, to), "activities": self._lines(extras.activities, to),
            "dossiers": self._followed(extras.dossiers, to),
            "in_doubt": [
                {"day": wording.day(entry.day), "link": self.links.page(entry.path)} for entry in extras.in_doubt
            ],
        }  # fmt: skip
        return self._letter("digest", context, to, pieces, leave)

    def _placed(self, digest: Digest, extras: DigestExtras) -> Iterator[tuple[Item, RenderedCall]]:
        """The items, section by section, with what is said of them."""
        sections: dict[Place, list[Item]] = {}
        for item in digest.items:
            sections.setdefault(item.place, []).append(item)
        for place in sorted(sections, key=PLACES.index):
            for line in lines(sections[place]):
                card, piece = self._named(line.item, extras.ours)
                yield line.item, self._piece(_form(line.item), _grouped(card, line)) if line.grouped else piece

    def _waiting(self, digest: Digest) -> dict[str, Any] | None:
        if not digest.waiting:
            return None
        count = wording.count(len(digest.waiting), "regeling wacht", "regelingen wachten")
        return {"count": count, "link": self.links.page(f"/regelingen?waiting={_in_seconds(digest.now)}")}

    def _aside(self, digest: Digest) -> dict[str, Any] | None:
        """What a public body can hardly use, as one line; it is counted once, and the link lists exactly those."""
        if not digest.set_aside:
            return None
        link = self.links.page(f"/regelingen?set_aside={_in_seconds(digest.now)}")
        weak = any(call.eligible != Eligibility.NO for call in digest.aside)
        what = "Waarschijnlijk niets voor een gemeente" + (", of weinig van bekend of passend" * weak)
        return {"what": what, "count": wording.count(digest.set_aside, "regeling", "regelingen"), "link": link}

    def day(self, due: DueToday, to: Addressee, ours: Mapping[int, str] = NOTHING_RUNS) -> Letter:
        """All that is due for one person today, in one mail."""
        leave = self._leave(to, what=REMINDERS)
        subject = due.subject(self.now)
        about = {"headline": subject, "subject": subject, "leave": leave}
        return self._letter(
            "day", self._context(to) | self._due(due, to) | about, to, {DUE: self._due_pieces(due, ours)}, leave
        )

    def must_be_writable(self, call: DueCall) -> None:
        """Raises what rendering it would raise, so that one call costs no more than itself."""
        self._due_pieces(DueToday((call,)), NOTHING_RUNS)

    def _due(self, due: DueToday, to: Addressee) -> dict[str, Any]:
        return {
            "due_calls": len(due.calls),
            "due_mark": self._mark(DUE),
            "due_lines": self._lines(due.lines, to),
            "due_why": " ".join(due.why),
        }

    def _due_pieces(self, due: DueToday, ours: Mapping[int, str]) -> list[RenderedCall]:
        form = "call" if len(due.calls) <= MOST_IN_FULL else "line"
        return [self._piece(form, self._due_card(call, ours)) for call in due.calls]

    def _due_card(self, call: DueCall, ours: Mapping[int, str]) -> CallCard:
        page = self.links.page(call.path) if call.path else ""
        return replace(self._tell(call.item, ours), news=call.news, news_page=page)

    def alert(self, subject: str, explanation: str, lines: tuple[AlertLine, ...], path: str, to: Addressee) -> Letter:
        """Something about the sources asks for a person, or no longer does; ``path`` is where to look and decide."""
        leave = self._leave(to, what=ALL)
        about = {
            "subject": one_line(subject, MOST_SUBJECT), "explanation": explanation, "page": self.links.page(path),
            "lines": [
                {"title": one_line(line.title, 200), "why": one_line(line.why, 200),
                 "link": self.links.page(line.path) if line.path else ""}
                for line in lines
            ],
        }  # fmt: skip
        return self._letter("alert", self._context(to) | about, to, {}, leave)

    def _lines(self, lines: tuple[AgendaLine, ...], to: Addressee) -> list[dict[str, Any]]:
        return [
            {"day": wording.day(line.day), "what": one_line(line.what, 150), "title": one_line(line.title, 150),
             "link": self.links.page(line.path), "late": line.late, "alarm": line.late == TOO_LATE,
             "said": line_title(line, self.now),
             "answer": self._answer(line, to)}
            for line in lines
        ]  # fmt: skip

    def _followed(self, dossiers: tuple[FollowedDossier, ...], to: Addressee) -> list[dict[str, Any]]:
        return [
            {"title": one_line(each.title, 150), "link": self.links.page(each.path),
             "lines": self._lines(each.lines, to)}
            for each in dossiers
        ]  # fmt: skip

    def _answer(self, line: AgendaLine, to: Addressee) -> str:
        """Where this person answers a sign-off round without signing in; empty where nothing is asked."""
        if line.answers is None:
            return ""
        return self.links.page(f"/{ROUND}/{self.links.answering(AnswerLink(*line.answers, user_id=to.user_id))}")

    def _context(self, to: Addressee) -> dict[str, Any]:
        return self._for_everybody | {"name": to.name, "leave_all": self._leave(to, what=ALL)}

    @cached_property
    def _for_everybody(self) -> dict[str, Any]:
        """What stands in each mail of this moment."""
        return {
            "sender_name": self.sender.name, "legal": self.sender.legal, "day": wording.day(self.now),
            "as_of": wording.moment(self.now), "earlier": self.links.page("/abonnementen/overzichten"),
            "preview": self.links.page("/abonnementen/voorbeeld"),
        }  # fmt: skip

    def _coverage(self, digest: Digest) -> str:
        """How complete the sources were, worked out once for all who read the same of them."""
        key = (id(digest.coverage), digest.new_sources)
        if key not in self._covered:
            self._covered[key] = digest.coverage, coverage_line(digest, self.now)
        return self._covered[key][1]

    def _leave(self, to: Addressee, subscriptions: tuple[int, ...] = (), what: str = "") -> str:
        return self.links.page(f"/afmelden/{self.links.leaving(to.user_id, subscriptions, what)}")

    def _named(self, item: Item, running: Mapping[int, str]) -> tuple[CallCard, RenderedCall]:
        """What is said of an item and how, kept for all readers; with what of this reader's own runs on it."""
        if ours := running.get(item.call.id, ""):
            card = replace(self._card(item), ours=ours)
            return card, self._piece(_form(item), card)
        known = self._of_items.get(id(item))
        if known is None:
            if len(self._of_items) >= MOST_KEPT:
                self._of_items.clear()
            card = self._card(item)
            known = self._of_items[id(item)] = item, card, self._piece(_form(item), card)
        return known[1:]

    def _tell(self, item: Item, running: Mapping[int, str]) -> CallCard:
        """The card of a call, with what of this reader's own runs on it."""
        ours = running.get(item.call.id, "")
        return replace(self._card(item), ours=ours) if ours else self._card(item)

    def _card(self, item: Item) -> CallCard:
        key = (item.call.id, item.call.version, item.call.next_due, item.kind, item.reasons, item.followed, item.window,
               item.call.doubted, item.fresh, tuple((other.id, other.version) for other in item.also),
               tuple((c.version, c.field, repr(c.old)) for c in item.changes))  # fmt: skip
        if key not in self._told:
            if len(self._told) >= MOST_KEPT:
                self._told.clear()
            self._told[key] = call_card(item, self.now, self.links.page(f"/regelingen/{item.call.id}"))
        return self._told[key]

    def _piece(self, form: str, card: CallCard) -> RenderedCall:
        key = (form, card)
        if key not in self._pieces:
            if len(self._pieces) >= MOST_KEPT:
                self._pieces.clear()
            plain, marked = environments()
            decide, doubt = (self.links.page(f"/{what}/{self._place(what, card.id)}") for what in (VERDICT, DOUBT))
            context = {"call": card, "decide": decide, "doubt": doubt}
            text = plain.get_template(f"_base/{form}.txt").render(context)
            html = rows(marked.get_template(f"_base/{form}.html").render(context))
            links = LONGER * (text.count(self._secret) + html.count(self._secret))
            self._pieces[key] = RenderedCall(text, html, _travelling(text) + _travelling(html) + links)
        return self._pieces[key]

    def _section(self, place: Place, pieces: Mapping[int, list[RenderedCall]]) -> dict[str, Any]:
        number = PLACES.index(place)
        note = DECIDE_BY if place is Place.CHOOSE else ""
        return {
            "name": place.label.capitalize(), "loud": place.label.upper(), "count": str(len(pieces[number])),
            "note": note, "mark": self._mark(number),
        }  # fmt: skip

    def _letter(
        self, mail: str, context: dict[str, Any], to: Addressee, pieces: Mapping[int, list[RenderedCall]], leave: str
    ) -> Letter:
        """``pieces``: per mark the calls that stand there."""
        subject, text, html = self._shells.filled(mail, context)
        subject = one_line(subject, MOST_SUBJECT)
        for place, kept in pieces.items():
            text = text.replace(self._mark(place), "".join([piece.text for piece in kept]))
            html = html.replace(self._mark(place), "".join([piece.html for piece in kept]))
        return Letter(subject, *self._personal(to, text, html), self._headers(mail, leave))

    def _mark(self, place: int) -> Markup:
        """Where the calls of a section go, after the shell around them is inlined."""
        return self._marks[place]

    def _personal(self, to: Addressee, text: str, html: str) -> tuple[str, str]:
        """Both with the reader's own links where the calls that all share keep a place for them."""
        tokens: dict[str, str] = {}

        def token(place: re.Match[str]) -> str:
            if place[0] not in tokens:
                tokens[place[0]] = self.links.decision(to.user_id, int(place[2]), self.now, place[1])
            return tokens[place[0]]

        return self._own_place.sub(token, text), self._own_place.sub(token, html)

    def _place(self, what: str, call: int) -> str:
        return f"{self._secret}-{what}-{call}-"

    def _headers(self, mail: str, leave: str) -> dict[str, str]:
        listed = {"List-Id": f"Kansenradar <{mail}.kansenradar.{domain_of(self.sender.address)}>"}
        if len(leave) > MOST_LINK:  # a header would cut it, and a cut link is dead; the whole one stands in the mail
            return self.common_headers() | listed
        one_click = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        return self.common_headers() | listed | one_click

    def common_headers(self) -> dict[str, str]:
        """What every mail of ours says of itself."""
        reply_to = {"Reply-To": self.sender.reply_to} if self.sender.reply_to else {}
        return reply_to | {
            "From": mailbox(self.sender.name, self.sender.address),
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        }


def _travelling(text: str) -> int:
    """The bytes it takes on its way."""
    return len(b2a_qp(text.encode()))


def _ended(sentence: str) -> str:
    """With a full stop, unless it was cut off."""
    return sentence if sentence.endswith("…") else f"{sentence}."


def _grouped(card: CallCard, line: TopicLine) -> CallCard:
    """The card of a topic that stands with others of its call; the first has their name above it."""
    dates = "; ".join(filter(None, (card.when, card.later)))
    head = f"{line.head}, {dates}" if line.head and line.same_day else line.head
    return replace(card, head=head, grouped=True, dated_above=line.same_day)


def _form(item: Item) -> str:
    """The template of an item: whole, or in one line."""
    return "line" if item.brief else "call"


@lru_cache(maxsize=16)
def _in_seconds(now: datetime) -> str:
    """By which an address names what was written then, in whole seconds."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
