"""What counts as broken, on one table: the threshold, who is told, and in which words.

Mail, webhook, log, the banner on the pages, ``check`` and ``/health/ready`` all go by it. An alert's key begins with
its kind: ``source:rvo``, ``relay:mail.example:25``. ``{what}`` is what follows the colon.
"""

from dataclasses import dataclass
from datetime import timedelta

from db.vocabulary import Role

MAIL_LATE = timedelta(minutes=30)  # a due mail that waits longer than this
REFUSED_LATELY = timedelta(hours=24)  # how long a refused mail counts
FAILED_IN_A_ROW = 3  # crawls of one source that brought nothing whole
HEARTBEAT = timedelta(minutes=5)  # that the clock may be silent
WITHOUT_BACKUP = timedelta(days=1)  # that there may be calls without any backup
DISK_FREE, DISK_SHARE = 1 << 30, 0.10  # nearly full: less than a GiB, and less than a tenth
CERTIFICATE_LEFT = timedelta(days=14)
SECURITY_TXT_LEFT = timedelta(days=30)
LOCK_AGE = timedelta(days=180)  # since the versions of what we use were last chosen


@dataclass(frozen=True)
class TroubleKind:
    """One kind of trouble: who is mailed (and whose role is higher), in which words, and where to look.

    ``broken``: needs a person now, so that ``check`` fails and the pages are not ready. ``urgent``: our own, which a
    pause of sending does not hold. ``found``: looked for each minute; the others are raised where they happen.
    ``late``: mail of it can only leave once it is over, and then leaves all the same.
    """

    name: str
    role: Role
    began: str
    explanation: str
    over: str
    path: str = "/beheer/mail"
    broken: bool = True
    urgent: bool = True
    found: bool = True
    late: bool = False

    def began_with(self, what: str) -> str:
        """What is wrong, in one Dutch line."""
        return self.began.format(what=what)

    def over_with(self, what: str) -> str:
        """That it is over, in one Dutch line."""
        return self.over.format(what=what)

    def page_of(self, what: str) -> str:
        """The path of ours where to look."""
        return self.path.format(what=what)


ADMINISTRATOR, COORDINATOR = Role.ADMINISTRATOR, Role.COORDINATOR
OF_SOURCE = "/bronnen/{what}"
TABLE = (
    TroubleKind(
        "mail_late", ADMINISTRATOR, "Mail wacht te lang",
        "Mail die had moeten vertrekken, wacht langer dan een half uur. Kijk of de klok loopt "
        "en of de mailserver bereikbaar is.",
        "Er wacht geen mail meer te lang",
    ),
    TroubleKind(
        "paused", ADMINISTRATOR, "Verzenden staat stil",
        "Er vertrekt geen mail tot iemand het verzenden hervat (kansenradar resume).",
        "Verzenden gaat weer door",
        found=False,
    ),
    TroubleKind(
        "relay", ADMINISTRATOR, "De mailserver {what} neemt onze post niet aan",
        "Elke vijf minuten gaat er één mail als proef; zodra die wordt aangenomen, gaat de rest vanzelf mee.",
        "De mailserver {what} neemt onze post weer aan",
        found=False,
    ),
    TroubleKind(
        "refused", ADMINISTRATOR, "Mail is geweigerd",
        "Een geweigerd adres houdt niemand anders op. Kijk of het adres nog klopt, en laat het weer toe als dat zo is.",
        "Het laatste etmaal is er geen mail meer geweigerd",
    ),
    TroubleKind(
        "source", COORDINATOR, "{what}: de bron lukt niet",
        "Deze bron is drie keer achter elkaar niet tot het eind gelezen, of al dagen niet. "
        "Wat bekend was, blijft staan.",
        "{what}: de bron is weer tot het eind gelezen",
        OF_SOURCE, urgent=False,
    ),
    TroubleKind(
        "flood", COORDINATOR, "{what}: regelingen wachten met mail",
        "Deze regelingen zijn opvallend. Ze staan op de pagina's, en gaan na twee werkdagen vanzelf mee in de mail.",
        "{what}: er wacht geen regeling meer",
        OF_SOURCE, broken=False, urgent=False, found=False,
    ),
    TroubleKind(
        "different", ADMINISTRATOR, "{what}: de bron noemt een veld niet meer",
        "Van veel regelingen ontbreekt opeens hetzelfde. Er is niets van overgenomen: wat bekend was, blijft staan tot "
        "het veld terug is, of tot u zegt dat de bron het echt niet meer geeft.",
        "{what}: het veld is terug, of er is over beslist",
        OF_SOURCE, urgent=False, found=False,
    ),
    TroubleKind(
        "shrunk", ADMINISTRATOR, "{what}: toont veel minder regelingen; klopt dat?",
        "De bron is tot het eind gelezen en toont veel minder dan eerst. Is zij echt kleiner geworden, zeg dat dan op "
        "de pagina van de bron. Tot dan telt geen regeling als verdwenen.",
        "{what}: het aantal regelingen klopt weer, of er is over beslist",
        OF_SOURCE, broken=False, urgent=False, found=False,
    ),
    TroubleKind(
        "unmatched", ADMINISTRATOR, "Overzichten wachtten niet op het vergelijken met de opgaven",
        "Vergelijken duurde langer dan overzichten mogen wachten (KANSENRADAR_WAIT_FOR_MATCHING). Wat ontbrak, komt in "
        "het volgende overzicht; de overzichten zeggen het zelf ook. Gebeurt dit vaker, haal de bronnen dan eerder op.",
        "Alle regelingen zijn weer met de opgaven vergeleken",
        "/bronnen", broken=False, urgent=False, found=False,
    ),
    TroubleKind(
        "heartbeat", ADMINISTRATOR, "De klok van Kansenradar staat stil",
        "Er wordt niets opgehaald en geen mail gepland. Start het proces opnieuw (kansenradar run of schedule).",
        "De klok van Kansenradar loopt weer",
        late=True,
    ),
    TroubleKind(
        "clock", ADMINISTRATOR, "Een taak van de klok lukt niet",
        "De klok probeert het elke minuut opnieuw.",
        "De taak van de klok lukt weer",
        found=False,
    ),
    TroubleKind(
        "schema", ADMINISTRATOR, "De database is van een andere versie dan een proces dat draait",
        "Dit proces plant, verstuurt en haalt niets meer op. Start het opnieuw met de nieuwe versie.",
        "Elk proces heeft de versie van de database",
    ),
    TroubleKind(
        "backup", ADMINISTRATOR, "Er is geen verse back-up",
        "Maak er een met kansenradar backup BESTAND, en laat dat elke dag gebeuren.",
        "Er is weer een verse back-up",
    ),
    TroubleKind(
        "disk", ADMINISTRATOR, "De schijf is bijna vol",
        "Maak ruimte, of verplaats de gegevens. Op een volle schijf wordt niets bewaard en niets verstuurd.",
        "Er is weer ruimte op de schijf",
    ),
    TroubleKind(
        "modes", ADMINISTRATOR, "Bestanden zijn leesbaar voor anderen op de machine",
        "In deze bestanden staan inloglinks, standpunten en sleutels. Kansenradar init zet ze goed.",
        "De bestanden zijn alleen nog leesbaar voor de eigenaar",
    ),
    TroubleKind(
        "certificate", ADMINISTRATOR, "Het certificaat van de site verloopt of deugt niet",
        "Vernieuw het bij de proxy die TLS doet.",
        "Het certificaat van de site is in orde",
    ),
    TroubleKind(
        "security_txt", ADMINISTRATOR, "security.txt verloopt",
        "Zet een nieuwe dag in KANSENRADAR_SECURITY_EXPIRES.",
        "security.txt is weer lang genoeg geldig",
    ),
    TroubleKind(
        "lock", ADMINISTRATOR, "Deze versie van Kansenradar is oud",
        "De onderdelen zijn lang geleden gekozen en missen misschien herstelde lekken. Installeer een nieuwere versie.",
        "De onderdelen zijn weer recent",
    ),
)  # fmt: skip
KINDS = {kind.name: kind for kind in TABLE}


def kind_of(key: str) -> TroubleKind | None:
    """The kind of an alert by its key; none where the alert is for its own page only."""
    return KINDS.get(key.partition(":")[0])


def what_of(key: str) -> str:
    """What an alert is about, such as the name of a source."""
    return key.partition(":")[2]
