"""The Dutch words around the dates of a scheme; how they are used: windows.py."""

from db.vocabulary import DeadlineKind
from scrapers.windows import DateWords
from scrapers.words import begins, ends, words

_STAGES = (
    (DeadlineKind.PRE_REGISTRATION, words(r"""
        vooraanmeld | voorinschrijv | pre-?registrati | intentieverklaring | quick ?scan
        | expression of interest
    """)),
    (DeadlineKind.CONSULTATION, words(r"consultatie | zienswijze | inspraak | reageren")),
    (DeadlineKind.REPORTING, words(r"""
        verantwoording\b | eindverslag | eindrapport | vaststellingsverzoek
        | (?:tot|voor) (?:subsidie)?vaststelling\b | vaststelling van de subsidie
    """)),
    (DeadlineKind.STAGE_1, words(r"""
        (?:fase|stap|step|stage)\s(?:1|een|één)\b | (?:eerste|1e) (?:fase|stap)\b | vooraanvra
        | voorstel op hoofdlijnen | projectidee(?!ën) | vooraankondiging | pre-?proposal
    """)),
    (DeadlineKind.STAGE_2, words(r"""
        (?:fase|stap|step|stage)\s(?:2|twee)\b | (?:tweede|2e) (?:fase|stap)\b
        | uitgewerkte (?:subsidie)?aanvra | (?:volledige?|definitieve?) (?:project)?(?:voorstel|aanvra)
        | full proposal
    """)),
    (DeadlineKind.CUT_OFF, words(r"cut-?off | tussentijdse | peildat")),
)  # fmt: skip

DATES = DateWords(
    apply=words(r"""
        aanvra(?:ag|gen) | ^\W*wanneer\s?: | aan te vragen | aangevraagd | \bvra(?:gen|agt?)\b.{0,90}\baan\b
        | \bindien(?:en|ing|dat|er|t|ron|per|ter|mog) | ingediend | in te dienen
        | \bdien(?:en|t)?\b.{0,90}\bin\b | \bloket | openst(?:el|aa) | \bopen\b | geopend | \bopent\b
        | \bopende\b | \bopenen\b | \bdeclareren\b
        | \b(?:regeling|loket|inschrijving)\b.{0,30}\bvan start\b | \b(?:regeling|ronde|periode)\b.{0,30}\bsluit
        | \bbied(?:en|ing)
        | \bsubsidi[eë]er(?:t|en)\b
        | \baanhaken\b | \bopgeven\b
        | \blat?en? (?:dat |dit )?weten\b | \b(?:om|erom|daarom) vragen\b
        | \b(?:zijn|is) welkom\b | \bbestellen\b | \bzich\b.{0,50}\bmelden
        | ^\s*dat (?:kan|kon|is mogelijk)\b
        | (?:kan|kunnen|kunt|konden|kon)\b.{0,90}\b(?:krijgen|ontvangen)\b | opengesteld
        | open(?:gegaan|gezet|staan)
        | voorstel(?:len)?\b | aan(?:ge)?meld | zich melden | \bmeld(?:en|t)?\b.{0,70}\baan\b | inschrijv
        | ingeschreven
        | in(?:ge)?zend | inschrijf(?:termijn|periode|datum)
        | ingezonden | in(?:ge)?stu(?:ur|ren) | inlever | ingeleverd | aandragen | tijdvak
        | \brondes?\b | tender | \bterecht\b | \bcalls?\b | \boproep | deadline | formulier
        | subsidie (?:vragen|krijgen|mogelijk|te krijgen|te verkrijgen)
        | \bmeld(?:en|t)? (?:hun|zijn|haar|uw|een|je) (?:\w+ )?(?:plan|project|idee|initiatief)
        | \b(?:bijdrage|geld|vergoeding|uitkering|lening) vragen\b
        | (?:sluitings|eind|begin|start|opening|sluit)s?(?:datum|tijd\b)
        | binnen zijn | binnenkomen | insturen | indient | \bmee(?:doen|dingen|ge(?:daan|dongen))\b
        | intekenen
        | uitvraag
        | (?:plan|project|voorstel|idee|initiatief|verzoek)\w*\b.{0,60}\b(?:melden|opsturen|sturen|aanbieden|
        voorleggen|mailen|uploaden|insturen|inbrengen)\b
        | stuur(?:t|en)?\b.{0,70}\b(?:in|op|toe)\b | reageren
        | een (?:nieuwe )?subsidie(?:regeling)? (?:waarmee|voor|om)
        | \blever(?:t|en|de|den)?\b.{0,70}\b(?:aan|in)\b | aan(?:te )?lever
        | \bontvangen (?:tussen|van|tot|vóór|voor|uiterlijk) | \bworden ontvangen | doorlopend
        | subsidieperiode opent | plannen? (?:indienen|insturen) | consultatie
        | subsidie.{0,40}\bbeschikbaar\b | (?:kan|kunnen|kunt|mogen|mag)\b.{0,80}\bsubsidie\b
        | verzoek(?:en)?\b | \btranche\b
    """),
    since=ends(r"""
        vanaf | van af | sinds | per | met ingang van | m\.?i\.?v\.? | ingaande | ingang | niet eerder dan
        | vanaf (?:het moment )?op
        | (?:start|begin|opening|openstelling|openings)s?(?:datum)?(?: is)?(?: op)?
        | open (?:per|op|sinds) | vanaf (?:morgen|vandaag|nu),?
    """),
    until=ends(r"""
        tot en met | t/m | tm | t\.e\.m\. | tot (?:en met )?uiterlijk | tot | tot aan
        | tot en met uiterlijk | vóór | vòòr | voor
        | uiterlijk(?: op|\som|\svóór|\svoor|\stot|\stot en met)? | niet later dan(?: op)?
        | uiterste? datum(?: is)? | ultimo | op uiterlijk | voor of op | op of vóór | tot en met de
        | tot de | in (?:elk|ieder) geval(?: op)?
        | (?:bij ons|binnen|ontvangen|ingediend|in ons bezit) (?:te )?zijn (?:op|om)
    """),
    opening=words(r"""
        \bopent\b | \bopenen\b | \b(?:gaat|gaan|ging|gingen)\b.{0,50}\bopen\b | opengesteld | \bgeopend\b
        | (?:periode|ronde|loket|openstelling|tijdvak|inschrijving|call)\s(?:is|was) (?:gestart|begonnen)\b
        | \bopening\b | openingsdatum | startdatum | begindatum | \bstart\b | \bvan start\b | \bbegint\b
        | openstelling\b | \bopen\b | ingangsdatum | \bvang(?:t|en)\b.{0,30}\baan\b
        | \bving(?:en)?\b.{0,30}\baan\b | \baangevangen\b | \bstarten\b | \bstartte\b | \bopende\b
        | begintijd | openingstijd | \blanceer(?:t|de)\b | \bbegon\b | opengegaan | opengezet
    """),
    closing=words(r"""
        \bsluit(?:en|ing)?\b | \bgesloten\b | sluitings(?:dat(?:um|a)|tijd|moment) | sluitdatum
        | (?:voorstellen|aanvragen) worden (?:\w+ )?verwacht | \bdeadlines?\b
        | einddatum | eindtijd | uiterste\b | \bindien(?:dat(?:um|a)|termijn) | \beindigt\b | \beindigde\b
        | \bdicht\b | \bloopt af\b | \bstopt\b | \bstoppen\b | verstrijkt | verstreken | \bverlopen\b
        | \bafgesloten\b
        | \bsloot\b | laatste (?:indien)?(?:dag|datum|moment|kans)
        | \bde laatste\b | inzendtermijn | \beinde\b | aanvraagtermijn | verlengd
    """),
    opens_after=begins(r"""
        verdeel(?:t|en)\b | (?:opengegaan|opengezet)\b
        | tot(?:dat)? (?:het |de )?(?:\w+ )?(?:budget|plafond|geld|pot|middelen)\b
        | (?:opent|openen|opende|open)\b(?![^,;.]{0,90}\bniet\b)
        | (?:start|begint|starten)\s(?:de|het|een)?\s?(?:aanvra|openst|ronde|tender|loket|indien|
        nieuwe ronde|inschrijv|tijdvak|call|eerste) | (?:gaat|gaan|ging)\b[^,;.]{0,60}\bopen\b
        | (?:(?:gaat|ging)\b[^,;.]{0,60}\b)?van start\b
        | (?:is|was|zijn)\b[^,;.]{0,20}\b(?:openstelling|ronde|tender|inschrijving|loket|call|tijdvak|
        tranche)\b[^,;.]{0,60}\b(?:gestart|begonnen|van start gegaan|
        aangevangen)\b
        | (?:is|was|wordt|zijn|staat|stond)\b[^,;.]{0,60}\b(?:geopend|opengesteld|open)\b
        | (?:worden|wordt)\b[^,;.]{0,40}\b(?:calls?|oproep(?:en)?)\b[^,;.]{0,30}\b(?:gepubliceerd|
        opengesteld|geopend)
        | (?:kunt u|kan men|kunnen\b[^,;.]{0,60})\b[^,;.]{0,60}(?:aanvragen|indienen|gebruik ?maken van|een beroep doen|
        terecht|declareren|aanmelden|inschrijven|meedoen|melden)(?!\b[^.;]{0,20}\btot\b)
        | kan\b[^,;.]{0,50}\bworden (?:aangevraagd|ingediend)
    """),
    closes_after=begins(r"""
        (?:is|was) (?:het )?(?:indienen|aanvragen|aanmelden|inschrijven)\b[^,;.]{0,20}\bniet meer mogelijk
        | (?:worden|wordt|werden|nemen\b[^,;.]{0,20}|neemt\b[^,;.]{0,20})\s?geen\b[^,;.]{0,40}\bmeer\b
        | (?:door|bij|aan) (?:de |het |ons |onze )?(?:\w+ ){0,3}(?:zijn )?(?:ontvangen|binnen|ingediend|
        gestuurd|verzonden)
        | (?:\w+ )?(?:liggen|binnengekomen|ingekomen|aangeleverd)\b
        | (?:kan|kunt|kunnen)\b[^,;.]{0,40}\bniet (?:meer|langer)\b
        | (?:binnen|ontvangen|ingediend|ingeleverd|ingezonden|ingestuurd|in bezit|in te dienen|
        te worden ingediend)\b | (?:te )?zijn (?:ingediend|ontvangen|binnen)\b | (?:gesloten|dicht)\b
        | (?:sluit|sluiten|sloot|sluiting)\b
        | (?:is|was|zijn|wordt)\b[^,;.]{0,40}\b(?:gesloten|de (?:uiterste|laatste|sluitings)|de deadline|
        sluitingsdatum) | (?:eindigt|verstrijkt|verliep)\b | (?:om|vóór) [^,;.]{0,20}\b(?:dicht|gesloten)
        | de tijd\b | (?:gaat|ging)\b[^,;.]{0,30}\bdicht\b | loopt\b[^,;.]{0,50}\baf\b
    """),
    other_before=words(r"""
        looptijd | projectperiode | uitvoeringsperiode
        | (?:besteding|uitvoering|realisatie|project)s?(?:termijn|periode)
        | (?:informatie|netwerk|matchmakings?|aftrap)?bijeenkomst | webinar | spreekuur | \bpitch
        | workshop
        | \bsubsidie geldt | \bregeling\s(?:zelf\s)?(?:loopt|liep|geldt|gold|werkt|vervalt|is geldig|eindigt|treedt)
        | vervalt | verviel | in werking | vastgesteld | getekend | \bgepubliceerd(?: op)?\b | geplaatst
        | verscheen | verschenen | bijgewerkt | gewijzigd | publicatiedatum | staatscourant van
        | peildatum is | besluit\b(?! (?:het|de|tot)\b) | besluiten\b | beschikking | uitslag
        | uitsluitsel | bekendgemaakt
        | \bhoor(?:t|en)\b | bekend\b | beslis | beoordeling(?!sronde) | beoorde(?:elt|len) | toegekend | uitbetaa?l
        | voorschot | afgerond | opgeleverd
        | gerealiseerd | besteed | uitgevoerd | \bgereed\b | \bklaar\b | verantwoord(?:en|t)
        | projecten\s(?:moeten|mogen|dienen|starten|die) | projectstart
        | (?:start|einde?)(?:datum)? van (?:het|de|uw) (?:project|activiteit|uitvoering|werk)
        | \bproject(?:en)?\b[^,;:]{0,40}(?:start|begin|uiterlijk|lopen|loopt|eindig)
        | (?<!per )activiteit(?:en)?\b[^,;:]{0,40}(?:start|begin|uiterlijk|plaats|vind|lopen|moet)
        | kosten\b[^,;]{0,30}(?:gemaakt|vanaf|na|vóór|van) | werkzaamheden\b | bouwjaar | gebouwd
        | \bnieuwe? (?:openstelling|ronde|regeling|tranche|tijdvak)[^,;]{0,20}(?:verwacht|volgt)
        | \bvragen\s(?:stellen|kunnen|kunt|over|via) | overeenkomst | convenant | \bdeal (?:zelf )?is
        | woningen? (?:van|uit|gebouwd) | opgericht | op de markt | geboren
        | eigenaar (?:bent|is|zijn|was|waren|sinds|vanaf|op)\b
        | wie [^,]{0,15}\btekent | wetsvoorstel | raadsbesluit | overgangs | programmaperiode
        | programma (?:loopt|liep) | fonds loopt | subsidie(?:verlening|tijdvak) voor | activiteiten in
        | uitvoering(?!s?(?:plan|regeling|programma|besluit)) | wijzig | geldig | brief van | verslag
        | eindafrekening
        | wederhoor | \bbezwaar | \bberoep (?:in|aan) | \bmotie\b
        | \bvra(?:agt|gen) (?:de |het )?(?:minister|staatssecretaris|kabinet|college|regering)
        | advies | advis | gesprek | interview | \bstemm?(?:en|ing)\b | \bjury
    """),
    other_after=begins(r"""
        (?:\w+\s){0,4}(?:zijn|is|worden|wordt|was|waren|te zijn|te worden|moet zijn|
        moeten zijn)?\s?(?:zijn |is |worden )?(?:afgerond|uitgevoerd|gerealiseerd|besteed|opgeleverd|
        gestart|begonnen|getekend|ondertekend|gemaakt|gebouwd|gepubliceerd|bekendgemaakt|vastgesteld|
        toegekend|uitgegeven|aangeschaft|gekocht|opgericht|gereed|voltooid|klaar|in gebruik|geplaatst|
        verantwoord|beslist|besloten)\b | (?:is |zijn )?(?:komen te )?(?:vervallen|geschrapt|afgelast)\b
        | (?:tijdelijk|niet bereikbaar)\b | (?:vervalt|treedt|trad|tekent?|tekenden)\b
        | (?:is|komt) er (?:van|een (?:nieuw|informatie|webinar|bijeenkomst))
        | (?:wordt|worden|volgt|neemt|nemen|hoort|beslist|besluit)\b[^,;.]{0,50}\b(?:besluit|uitslag|
        bekend|beslissing|besloten|gehoord)
        | (?:start|starten|beginnen|begint|loopt|lopen)\b[^,;.]{0,20}\b(?:project|activiteit|
        uitvoering|werkzaamheden) | (?:starten|beginnen|lopen|starten met|eindigen)\b | treedt
        | [^,;.]{0,30}\b(?:informatiebijeenkomst|webinar|kennisbijeenkomst|spreekuur) | heeft ingediend
        | (?:kunt|kan|kunnen|mag|mogen)\b[^,;.]{0,30}\bgeen\b(?![^,;.]{0,30}aanvra)
        | (?:een |uw )?(?:eherkenning|machtiging|vergunning) (?:heeft|hebt|is|moet|wordt)\b
        | met een (?:\w+ )?(?:voorstel|plan|brief|reactie) (?:te )?kom
        | organise | (?:vindt|vond|vinden)\b | (?:\w+\s){0,3}staat\b[^,;.]{0,20}\bklaar
        | komt er een nieuw | volgt\b | ['"”’]{0,2}\s?vervangen\b
    """),
    slot=ends(r"""
        (?:aanvraag|indienings?|inschrijf|openstellings)?(?:tijdvak|periode|termijn|
        ronde)(?: loopt)?(?: \d)?(?: van|\stussen)?
        | (?:ingediend|aangevraagd|open|opengesteld|geopend)(?: van|\stussen)?
    """),
    pot_for=ends(
        r"\w*(?:plafond|budget|bedrag)\b[^.;]{0,60}\b(?:voor|in) (?:het|de) (?:tijdvak|periode|termijn)"
        r"(?: van|\stussen)?"
    ),
    turn=words(r"""
        ,\s?(?:die|dat|waarvan|waarbij|waarmee|waarin|mits|als|wanneer|zodat|omdat)\b
        | (?<=\w)(?<!stuur)(?<!dien)(?<!lever)(?<!vraag)\s(?:die|waarvan|waarin|mits|indien)\b
        | \bvoor (?:projecten|activiteiten|kosten|woningen|werkzaamheden)\b
    """),
    round_noun=ends(
        r"tijdvak | periode | ronde | loket | openstelling | tranche | tender | call | oproep | inschrijving | termijn"
    ),
    start_label=ends(r"(?:start|begin)(?:datum)?(?: is)?(?: op)?"),
    moved=words(r"""
        \bin plaats van\b | \bverlengd\b | \bverschoven\b | \bverplaats(?:t|en)\b | \bverschuiven\b
        | \buit te stellen\b
        | \buitgesteld\b | \bopgeschoven\b | \bvervroegd\b
        | \bverlengt\b | \bverlengen\b | \b(?:niet|niet meer|niet langer) (?:op|tot|per)\b(?!\s(?:is|zijn|raakt)\b)
        | \bnu (?:is|wordt) (?:dat|dit|het)\b | \bis (?:dat|dit) nu\b
    """),
    moved_from=ends(
        r"van | vanaf | niet (?:meer |langer )?(?:op|tot|per)"
        r" | in plaats van(?: op|\stot en met|\st/m|\stot|\sper|\suiterlijk)?"
    ),
    kinds=_STAGES,
    carries=words(r"(?:dat|dit|deze|die|het|zij|ze|u|hiervoor|daarvoor|van|vanaf|tot)\b"),
    more_rounds=words(r"""
        (?:daarna|vervolgens|later|hierna)\b[^.;]{0,40}\b(?:tweede|nieuwe|volgende|derde|
        andere)\s(?:periode|ronde|tijdvak|aanvraag(?:periode|ronde)|openstelling)
        | \bde (?:tweede|derde|volgende)\b[^.;]{0,25}\b(?:voorzien|gepland|verwacht)\b
        | \b(?:het|de) (?:tweede|volgende|derde) (?:volgt|komt|start|opent|begint)\b
        | \bnog een (?:tweede|volgende) (?:periode|ronde|tijdvak|openstelling)
        | \b(?:tweede|derde|volgende|nieuwe)\s(?:aanvraag|indienings?|subsidie)?
        (?:periode|ronde|tijdvak|tranche|openstelling)\s(?:opent|start|volgt|begint|komt|gaat)\b
    """),
    sign_up=words(r"\b(?:aanmeld(?:en|ing|ingen)|inschrijv(?:en|ing)|aangemeld|ingeschreven|opgeven)\b"),
    scheme=words(r"subsid | aanvra | regeling | voorstel | \bproject | tender | uitkering | bijdrage | loket | \bcall"),
    gathering=words(r"bijeenkomst | webinar | workshop | \w*sessies?\b | training | \bcursus | congres | conferentie"),
    year_of_round=words(r"""
        \b(?:loket|ronde|tijdvak|aanvraagperiode|aanvraagronde|openstelling|indienronde)
        \s(?:van|voor|in)?\s?20\d\d\b
        | \b(?:kan|kunt|kunnen|kon|konden)(?: \w+){0,3} in 20\d\d\b
        | \bwordt in 20\d\d (?:opnieuw |weer |nogmaals )?(?:open|geopend)
        | \bin 20\d\d (?:worden )?(?:aangevraagd|ingediend)\b
        | ^\s*in 20\d\d (?:kan|kunt|kunnen|is|was|loopt|staat|gaat|konden|kon)\b
    """),
    event=words(r"""
        \bproject (?:[\w-]+ ){0,3}(?:startte|begon|liep)\b | \bna afloop van de\b | \beerder (?:dit|deze|in)\b
        | \b(?:in|bij|tijdens) (?:de|het) (?:\w*ronde|\w*openstelling|\w*tijdvak|tranche|call|tender|\w*periode)
        \s(?:die|dat)\b[^,;.]{0,60}\b(?:sloot|liep|eindigde|afliep|gesloten (?:is|werd)|(?:is|werd) gesloten)\b
        | \b(?:vorige|eerdere|voorgaande|afgelopen|oorspronkelijke|oude) (?:\w+ )?(?:\w*ronde|openstelling|
        tranche|\w*tijdvak|regeling|call|oproep|tender|uitvraag|\w*periode|editie|\w*datum|deadline)\b
        | (?:inschrijv|aanmeld|meld)\w*(?: u|\sje)? (?:aan )?(?:voor|bij) (?:de |het |
        een )?(?:\w+ )?(?:\w*bijeenkomst|webinar|workshop|spreekuur|pitch\w*|\w*dag\b|\w*sessie|\w*gesprek|\w*overleg|
        \w*training|cursus|nieuwsbrief|excursie|kennismaking)
    """),
    doubt=words(r"""
        oorspronkelijk | aanvankelijk | naar verwachting | waarschijnlijk | (?<!worden )\bverwacht
        | vermoedelijk
        | onder voorbehoud | streven | \bzou(?:den)?\b
        | \bwellicht\b | beoogd | voorlopig
    """),
    account=words(r"\bsisa\b | jaarrekening | \bcbs\b | accountantsverklaring | verantwoordingsinformatie"),
    asks=words(r"aanvra | aangevraagd | voorstel | inschrijv | aanmeld | \bvra(?:gen|agt?)\b"),
)
