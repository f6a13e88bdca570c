"""What six writers need before each form: the page where it stands, what is pressed before, what it is told, and which
forms nobody's press can be kept in."""

# What a form is asked that no default answers: without it all six are only refused, and nothing is tried.
SAID = {
    "/netwerk/contactpersonen/nieuw": {"colleague": "", "consent_on": "2026-05-01", "ended_on": ""},
    "/netwerk/contactpersonen/{subject_contact_id:id}": {"colleague": "", "consent_on": "2026-05-01", "ended_on": ""},
    "/verantwoording/doelen/{goal_id:id}/waarden": {"day": "2026-05-01"},
    "/opgaven/{challenge_id}/leesbeurt": {"deputy_id": ""},
    "/contacten/importeren": {
        "content": "Voornaam,Bedrijf\nAnna,TNO\n", "keep": "1", "first": "Voornaam", "organisation": "Bedrijf",
        "purpose": "Overleg", "until": "2027-05-01",
    },
    "/beheer/mensen/inlezen": {
        "content": '[[2, {"email": "nieuw@amsterdam.nl", "name": "Noor", "role": "lezer", "participant": "Amsterdam"}]]',
        "keep": "1",
    },
    "/aanvragen/inlezen": {
        "content": '[[2, {"aanvraag": "Oud plan", "regeling": "Fonds", "adres": "https://fonds.example/oud", '
        '"fase": "afgewezen", "gevraagd": "1.000", "besluit": "2024-03-01"}]]',
        "keep": "1",
    },
    "/bronnen/toevoegen": {"publisher": "Fonds", "start": "https://voorbeeld.nl/lijst", "links": "/regelingen/*"},
    "/overleg": {"others": ""},
    "/beheer/privacy/personen/{stakeholder_id:id}": {"sure": "true"},
    "/beheer/privacy/gebruikers/{user_id:id}": {"sure": "true"},
    "/kennishuis/{publication_id:id}/verbanden": {"address": "/regelingen/3"},
    "/aanvragen/{dossier_id:id}/begroting": {"rate": "60"},
    "/kalender/vergaderingen/{body_id}/jaarplanning": {"lines": "8 september 2026\n6 oktober 2026", "keep": "1"},
}  # fmt: skip

CALL, APPLICATION, DOSSIER = "/regelingen/{call_id}", "/aanvragen/{dossier_id}", "/dossiers/{dossier_id}"
PUBLICATION, BODY = "/kennishuis/{publication_id}", "/kalender/vergaderingen/{body_id}"
AGENDA, ADOPTED, REPORT = "/lobbyagenda/2027", "/lobbyagenda/{year}", "/verantwoording/verslagen/{report_id}"
RESULT = "{result}"  # the page to which the last press before led

# Where a form stands that the walk of one administrator does not meet, once what is in BEFORE was pressed.
PAGES = {
    "/account/sleutels/{key_id:id}/beeindigen": "/account/sleutels",
    "/vervanging/{absence_id:id}/intrekken": "/vervanging",
    "/beheer/deelnemers/{participant_id}/samenvoeging": "/beheer/deelnemers/diemen",
    "/regelingen/{call_id:id}/losmaken": RESULT,
    "/regelingen/{call_id:id}/notities/{note_id:id}": CALL,
    "/regelingen/{call_id:id}/notities/{note_id:id}/weg": CALL,
    "/regelingen/{call_id:id}/keten/{link_id:id}/weg": CALL,
    "/oordelen/{verdict_id:id}/ongedaan": CALL,
    "/lessen/{lesson_id:id}/ongedaan": "/beoordelen/geleerd",
    "/bronnen/{source}/weg": "/bronnen/fonds/beheren",
    "/verantwoording/verslagen/{report_id:id}/vrijgave": REPORT,
    "/visie/{vision_id:id}/vrijgave": "/visie/1",
    "/visie/voorstellen/{proposal_id:id}/overnemen": "/visie/voorstellen/2",
    "/visie/voorstellen/{proposal_id:id}/afwijzen": "/visie/voorstellen/2",
    "/visie/voorstellen/{proposal_id:id}/intrekken": RESULT,
    "/beheer/privacy/bewaren/{hold_id:id}/opheffen": "/beheer/privacy",
    "/beheer/privacy/personen/{stakeholder_id:id}": "/beheer/privacy/personen/8",  # the first who gets a name
    "/contacten/informeren": "/contacten/informeren",
    "/contactregister/vrijgeven/{line_id:id}": "/contactregister/vrijgeven",
    "/contactregister/vrijgeven/{line_id:id}/weg": "/contactregister/vrijgeven",
    "/kennishuis/{publication_id:id}/verbanden/{link_id:id}/weg": PUBLICATION,
    "/kennishuis/{publication_id:id}/openbaar": PUBLICATION,
    "/kennishuis/{publication_id:id}/vrijgaven/{release_id:id}/bevestigen": PUBLICATION,
    "/kennishuis/{publication_id:id}/vrijgaven/{release_id:id}/vervallen": PUBLICATION,
    "/netwerk/activiteiten/{activity_id:id}/doorgang": RESULT,
    "/lobbyagenda/{year:id}/dossiers": AGENDA,
    "/lobbyagenda/{year:id}/besluit": ADOPTED,
    "/lobbyagenda/{year:id}/besluiten/{resolution_id:id}/bevestigen": ADOPTED,
    "/lobbyagenda/{year:id}/besluiten/{resolution_id:id}/vervallen": ADOPTED,
    "/dossiers/{dossier_id:id}/standpunten/{number:id}/besluit": DOSSIER + "/standpunten/{number}/besluit",
    "/openstaand": "/openstaand?everybody=true",
    "/dossiers/{dossier_id:id}/notities/{entry_id:id}/intrekken": DOSSIER,
    "/dossiers/{dossier_id:id}/weggooien": RESULT,
    "/dossiers/{dossier_id:id}/samenvoegen": RESULT,
    "/organisaties/{organisation_id:id}/losmaken": RESULT,
    "/aanvragen/{dossier_id:id}/go": RESULT,
    "/aanvragen/{dossier_id:id}/begroting/{line_id:id}/weg": APPLICATION,
    "/aanvragen/{dossier_id:id}/taken/{task_id:id}": APPLICATION,
    "/aanvragen/{dossier_id:id}/taken/{task_id:id}/klaar": APPLICATION,
    "/aanvragen/{dossier_id:id}/betalingen": APPLICATION,
    "/aanvragen/{dossier_id:id}/betalingen/{instalment_id:id}": APPLICATION,
    "/abonnementen/{subscription_id:id}/hervatten": "/abonnementen",
    "/kalender/jaarplanning/{plan_id:id}/weg": BODY,
    "/kalender/vergadering/{meeting_id:id}/vervalt": BODY,
    "/kalender/vergadering/{meeting_id:id}/weg": BODY,
    "/overleg": "/overleg",
    "/overleg/{review_id:id}/punten/{number:id}/verzetten": "/overleg/{review_id}/punten/2",
    "/overleg/{review_id:id}/punten/{number:id}/afhandelen": "/overleg/{review_id}/punten/2",
    "/overleg/{review_id:id}/punten/{number:id}/besluit": "/overleg/{review_id}/punten/7",
    "/overleg/{review_id:id}/punten/{number:id}/aanvraag": "/overleg/{review_id}/punten/6",
}  # fmt: skip

# What is pressed before, by each of the six in turn, the last first: who proposed is then not the one who confirms.
# Each press: the form, its page and what it is told besides.
Press = tuple[str, str, dict[str, str]]
_NEW_DOSSIER: Press = ("/dossiers", "/dossiers/nieuw", {})
_LINE: Press = ("/contacten/{contact_id:id}/register", "/contacten/{contact_id}/register", {})
_STATE: Press = ("/lobbyagenda/{year:id}/stand", ADOPTED, {})
_CONFIRMED: Press = ("/lobbyagenda/{year:id}/besluiten/{resolution_id:id}/bevestigen", ADOPTED, {})
_TASK: Press = ("/aanvragen/{dossier_id:id}/taken", APPLICATION, {})
_AWARDED: Press = ("/aanvragen/{dossier_id:id}/besluit", APPLICATION, {"decided": "awarded"})
_MEETING: Press = ("/kalender/vergaderingen/{body_id}/data", BODY, {})
_DOWN: Press = ("/kennishuis/{publication_id:id}/niet-openbaar", PUBLICATION, {})
_PROPOSED: Press = ("/kennishuis/{publication_id:id}/openbaar", PUBLICATION, {})
_NOTE: Press = ("/regelingen/{call_id:id}/notities", CALL, {})
_GO_WAITS: tuple[Press, ...] = (
    ("/regelingen/{call_id:id}/aanvraag", CALL, {}), ("/aanvragen/{dossier_id:id}/fase", RESULT, {"to": "scouting"}),
    ("/aanvragen/{dossier_id:id}/fase", RESULT, {"to": "go_no_go"}),
)  # fmt: skip
_REFRESHED: Press = ("/overleg/{review_id:id}/verversen", "/overleg/{review_id}", {})
BEFORE: dict[str, tuple[Press, ...]] = {
    "/account/sleutels/{key_id:id}/beeindigen": (("/account/sleutels", "/account/sleutels", {}),),
    "/vervanging/{absence_id:id}/intrekken": (("/vervanging", "/vervanging", {}),),
    "/beheer/deelnemers/{participant_id}/samenvoeging": (
        ("/beheer/deelnemers/{participant_id}", "/beheer/deelnemers/diemen", {"merged_into": "amsterdam", "valid_to": "2026-05-01"}),
    ),
    "/regelingen/{call_id:id}/losmaken": (("/regelingen/dubbel", "/regelingen/dubbel", {"say": "same"}),),
    "/regelingen/{call_id:id}/notities/{note_id:id}": (_NOTE,),
    "/regelingen/{call_id:id}/notities/{note_id:id}/weg": (_NOTE,),
    "/regelingen/{call_id:id}/keten/{link_id:id}/weg": (("/regelingen/{call_id:id}/keten", CALL, {}),),
    "/oordelen/{verdict_id:id}/ongedaan": (("/regelingen/{call_id:id}/oordeel", CALL, {}),),
    "/lessen/{lesson_id:id}/ongedaan": (("/regelingen/{call_id:id}/les", CALL, {}),),
    "/bronnen/{source}/weg": (("/bronnen/toevoegen", "", {}),),
    "/verantwoording/verslagen/{report_id:id}/vrijgave": (
        ("/verantwoording/verslagen/{report_id:id}/openbaar", REPORT, {}),
    ),
    "/visie/{vision_id:id}/vrijgave": (("/visie/{vision_id:id}/openbaar", "/visie/1", {}),),
    "/visie/voorstellen/{proposal_id:id}/intrekken": (
        ("/visie/voorstel", "/visie/voorstel?opgave={challenge_id}", {}),
    ),
    "/beheer/privacy/bewaren/{hold_id:id}/opheffen": (("/beheer/privacy/bewaren", "/beheer/privacy", {}),),
    "/beheer/privacy/personen/{stakeholder_id:id}": (("/contacten", "/contacten/nieuw", {"person": "Anna de Wit"}),),
    "/contacten/informeren": (("/contacten", "/contacten/nieuw", {"person": "Anna de Wit"}),),
    "/contactregister/vrijgeven/{line_id:id}": (_LINE,),
    "/contactregister/vrijgeven/{line_id:id}/weg": (_LINE,),
    "/kennishuis/{publication_id:id}/verbanden/{link_id:id}/weg": (
        ("/kennishuis/{publication_id:id}/verbanden", PUBLICATION, {}),
    ),
    "/kennishuis/{publication_id:id}/openbaar": (_DOWN,),
    "/kennishuis/{publication_id:id}/vrijgaven/{release_id:id}/bevestigen": (_DOWN, _PROPOSED),
    "/kennishuis/{publication_id:id}/vrijgaven/{release_id:id}/vervallen": (_DOWN, _PROPOSED),
    "/netwerk/activiteiten/{activity_id:id}/doorgang": (
        ("/netwerk/activiteiten/nieuw", "/netwerk/activiteiten/nieuw", {}),
    ),
    "/lobbyagenda/{year:id}/dossiers": (_NEW_DOSSIER,),
    "/lobbyagenda/{year:id}/besluit": (_STATE, _CONFIRMED),
    "/lobbyagenda/{year:id}/besluiten/{resolution_id:id}/bevestigen": (_STATE,),
    "/lobbyagenda/{year:id}/besluiten/{resolution_id:id}/vervallen": (_STATE,),
    "/dossiers/{dossier_id:id}/standpunten/{number:id}/besluit": (
        ("/dossiers/{dossier_id:id}/besluiten/{resolution_id:id}/vervallen", DOSSIER + "/standpunten", {}),
    ),
    "/dossiers/{dossier_id:id}/notities/{entry_id:id}/intrekken": (("/dossiers/{dossier_id:id}/notities", DOSSIER, {}),),
    "/dossiers/{dossier_id:id}/weggooien": (_NEW_DOSSIER,),
    "/dossiers/{dossier_id:id}/samenvoegen": (_NEW_DOSSIER,),
    "/organisaties/{organisation_id:id}/losmaken": (
        ("/organisaties/{organisation_id:id}/samenvoegen", "/organisaties/{organisation_id}", {}),
    ),
    "/aanvragen/{dossier_id:id}/go": _GO_WAITS,
    "/aanvragen/{dossier_id:id}/begroting/{line_id:id}/weg": (
        ("/aanvragen/{dossier_id:id}/begroting", APPLICATION, {}),
    ),
    "/aanvragen/{dossier_id:id}/taken/{task_id:id}": (_TASK,),
    "/aanvragen/{dossier_id:id}/taken/{task_id:id}/klaar": (_TASK,),
    "/aanvragen/{dossier_id:id}/betalingen": (_AWARDED,),
    "/aanvragen/{dossier_id:id}/betalingen/{instalment_id:id}": (
        _AWARDED, ("/aanvragen/{dossier_id:id}/betalingen", APPLICATION, {}),
    ),
    "/abonnementen/{subscription_id:id}/hervatten": (
        ("/abonnementen/{subscription_id:id}/stoppen", "/abonnementen", {}),
    ),
    "/kalender/jaarplanning/{plan_id:id}/weg": (
        ("/kalender/vergaderingen/{body_id}/jaarplanning", BODY + "/jaarplanning", {}),
    ),
    "/kalender/vergadering/{meeting_id:id}/vervalt": (_MEETING,),
    "/kalender/vergadering/{meeting_id:id}/weg": (_MEETING,),
    "/overleg": (("/overleg/{review_id:id}/afsluiten", "/overleg/{review_id}", {}),),
    "/overleg/{review_id:id}/punten/{number:id}/besluit": (
        *_GO_WAITS, _REFRESHED,
    ),
}  # fmt: skip

# Kept, and answered by the page itself: what it shows is shown once.
SHOWN_ONCE = {"/account/sleutels", "/kalender/abonneren", "/kalender/abonneren/{feed_id:id}/vernieuwen"}

# Nobody's press is kept here, and why.
NEVER = {
    "/beoordelen/geleerd/terugzetten": "a kind is made of calls whose vectors are alike, and the calls of this world have "
    "none; tests/web/test_lessons_page.py presses it",
    "/getypt/{kept_id:id}": "sends what was typed on to its form, which keeps it or not; a form of its own keeps nothing",
}
