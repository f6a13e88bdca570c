"""Dutch dates, hours, amounts and percentages, and the words around them; rules: docs/dates-and-amounts.md."""

from datetime import date
from decimal import Decimal

from db.vocabulary import Allocation, DeadlineKind
from scrapers import grammar
from scrapers.grammar import Tongue
from scrapers.money import MoneyWords
from scrapers.spans import Facts, Moment
from scrapers.windows import DateWords
from scrapers.words import begins, ends, words

_STAGES = (
    (DeadlineKind.PRE_REGISTRATION, words(r"""
        vooraanmeld | voorinschrijv | pre-?registrati | intentieverklaring | quick ?scan
    """)),
    (DeadlineKind.CONSULTATION, words(r"consultatie | zienswijze | inspraak | reageren")),
    (DeadlineKind.REPORTING, words(r"""
        verantwoording\b | eindverslag | eindrapport | vaststellingsverzoek | vaststelling van de subsidie
    """)),
    (DeadlineKind.STAGE_1, words(r"""
        (?:fase|stap|step|stage)\s(?:1|een|één)\b | (?:eerste|1e) (?:fase|stap)\b | vooraanvra
        | voorstel op hoofdlijnen | projectidee | vooraankondiging | pre-?proposal
        | expression of interest
    """)),
    (DeadlineKind.STAGE_2, words(r"""
        (?:fase|stap|step|stage)\s(?:2|twee)\b | (?:tweede|2e) (?:fase|stap)\b
        | uitgewerkte (?:subsidie)?aanvra | (?:volledige?|definitieve?) (?:project)?(?:voorstel|aanvra)
        | full proposal
    """)),
    (DeadlineKind.CUT_OFF, words(r"cut-?off | tussentijdse | peildat")),
)  # fmt: skip

_DATES = DateWords(
    apply=words(r"""
        aanvra(?:ag|gen) | aan te vragen | aangevraagd | \bvra(?:gen|agt?)\b.{0,90}\baan\b
        | \bindien(?:en|ing|dat|er|t|ron|per|ter|mog) | ingediend | in te dienen
        | \bdien(?:en|t)?\b.{0,90}\bin\b | \bloket | openst(?:el|aa) | \bopen\b | geopend | \bopent\b
        | \bopende\b | opengesteld
        | voorstel(?:len)?\b | aan(?:ge)?meld | zich melden | \bmeld(?:en|t)?\b.{0,70}\baan\b | inschrijv | ingeschreven
        | in(?:ge)?zend | ingezonden | in(?:ge)?stu(?:ur|ren) | inlever | ingeleverd | aandragen | tijdvak
        | \brondes?\b | tender | \bterecht\b | \bcalls?\b | \boproep | deadline | formulier
        | subsidie (?:vragen|krijgen|mogelijk) | (?:sluitings|eind|begin|start|opening|sluit)s?datum
        | binnen zijn | binnenkomen | insturen | indient | meedoen | uitvraag
        | stuur(?:t|en)?\b.{0,70}\b(?:in|op|toe)\b | reageren
        | een (?:nieuwe )?subsidie(?:regeling)? (?:waarmee|voor|om)
        | \bontvangen (?:tussen|van|tot|vóór|voor|uiterlijk) | \bworden ontvangen | doorlopend
        | subsidieperiode opent | plannen? (?:indienen|insturen) | consultatie
        | subsidie.{0,40}\bbeschikbaar\b | (?:kan|kunnen|kunt|mogen|mag)\b.{0,80}\bsubsidie\b
        | verzoek(?:en)?\b | \btranche\b
    """),
    since=ends(r"""
        vanaf | van af | sinds | per | met ingang van | m\.?i\.?v\.? | ingaande | ingang | niet eerder dan
        | vanaf (?:het moment )?op
        | (?:start|begin|opening|openstelling|openings)s?(?:datum)?(?: is)?(?: op)?
        | open (?:per|op|sinds) | van
    """),
    until=ends(r"""
        tot en met | t/m | tm | t\.e\.m\. | tot (?:en met )?uiterlijk | tot | tot aan
        | tot en met uiterlijk | vóór | vòòr | voor
        | uiterlijk(?: op|\som|\svóór|\svoor|\stot|\stot en met)? | niet later dan(?: op)?
        | uiterste? datum(?: is)? | ultimo | op uiterlijk | voor of op | op of vóór | tot en met de
        | tot de
    """),
    opening=words(r"""
        \bopent\b | \bopenen\b | \b(?:gaat|gaan|ging|gingen)\b.{0,50}\bopen\b | opengesteld | \bgeopend\b
        | \bopening\b | openingsdatum | startdatum | begindatum | \bstart\b | \bvan start\b | \bbegint\b
        | openstelling\b | \bopen\b | ingangsdatum | \bstarten\b | \bstartte\b | \bopende\b | \bbegon\b
    """),
    closing=words(r"""
        \bsluit(?:en|ing)?\b | \bgesloten\b | sluitingsdat(?:um|a) | sluitdatum | \bdeadlines?\b
        | einddatum | uiterste\b | \bindien(?:dat(?:um|a)|termijn) | \beindigt\b | \beindigde\b
        | \bdicht\b | \bloopt af\b | \bstopt\b | verstrijkt | \bsloot\b | laatste (?:indien)?(?:dag|datum|moment|kans)
        | \bde laatste\b | inzendtermijn | \beinde\b | aanvraagtermijn | verlengd
    """),
    opens_after=begins(r"""
        (?:opent|openen|opende)\b
        | (?:start|begint|starten)\s(?:de|het|een)?\s?(?:aanvra|openst|ronde|tender|loket|indien|
        nieuwe ronde|inschrijv|tijdvak|call|eerste) | (?:gaat|gaan|ging)\b[^,;.]{0,60}\bopen\b
        | (?:gaat|ging)\b[^,;.]{0,60}\bvan start\b
        | (?:is|was|wordt|zijn|staat|stond)\b[^,;.]{0,60}\b(?:geopend|opengesteld|open)\b
        | (?:worden|wordt)\b[^,;.]{0,40}\b(?:calls?|oproep(?:en)?)\b[^,;.]{0,30}\b(?:gepubliceerd|
        opengesteld|geopend)
        | (?:kunt u|kan men|kunnen\b[^,;.]{0,60})\b[^,;.]{0,60}(?:aanvragen|indienen|
        terecht)(?!\b[^.;]{0,20}\btot\b) | kan\b[^,;.]{0,50}\bworden (?:aangevraagd|ingediend)
    """),
    closes_after=begins(r"""
        (?:is|was) (?:het )?(?:indienen|aanvragen|aanmelden|inschrijven)\b[^,;.]{0,20}\bniet meer mogelijk
        | (?:kan|kunt|kunnen)\b[^,;.]{0,40}\bniet (?:meer|langer)\b
        | (?:binnen|ontvangen|ingediend|ingeleverd|ingezonden|ingestuurd|in bezit|in te dienen|
        te worden ingediend)\b | (?:te )?zijn (?:ingediend|ontvangen|binnen)\b | (?:gesloten|dicht)\b
        | (?:sluit|sluiten|sloot)\b
        | (?:is|was|zijn|wordt)\b[^,;.]{0,40}\b(?:gesloten|de (?:uiterste|laatste|sluitings)|de deadline|
        sluitingsdatum) | (?:eindigt|verstrijkt|verliep)\b | (?:om|vóór) [^,;.]{0,20}\b(?:dicht|gesloten)
        | (?:gaat|ging)\b[^,;.]{0,30}\bdicht\b | loopt\b[^,;.]{0,50}\baf\b
    """),
    other_before=words(r"""
        looptijd | projectperiode | uitvoeringsperiode
        | (?:informatie|netwerk|matchmakings?|aftrap)?bijeenkomst | webinar | spreekuur | \bpitch
        | workshop
        | \bregeling\s(?:zelf\s)?(?:loopt|liep|geldt|gold|werkt|vervalt|is geldig|eindigt|treedt)
        | vervalt | verviel | in werking | vastgesteld | getekend | \bgepubliceerd(?: op)?\b | geplaatst
        | verscheen | verschenen | bijgewerkt | gewijzigd | publicatiedatum | staatscourant van
        | peildatum is | besluit\b | besluiten\b | beschikking | uitslag | uitsluitsel | bekendgemaakt
        | bekend\b | beslis | beoordel | toegekend | uitbetaa?l | voorschot | afgerond | opgeleverd
        | gerealiseerd | besteed | uitgevoerd | \bgereed\b | \bklaar\b | verantwoord(?:en|t)
        | projecten\s(?:moeten|mogen|dienen|starten|die) | projectstart
        | (?:start|einde?)(?:datum)? van (?:het|de|uw) (?:project|activiteit|uitvoering|werk)
        | \bproject(?:en)?\b[^,;:]{0,40}(?:start|begin|uiterlijk|lopen|loopt|eindig)
        | (?<!per )activiteit(?:en)?\b[^,;:]{0,40}(?:start|begin|uiterlijk|plaats|vind|lopen|moet)
        | kosten\b[^,;]{0,30}(?:gemaakt|vanaf|na|vóór|van) | werkzaamheden\b | bouwjaar | gebouwd
        | \bnieuwe? (?:openstelling|ronde|regeling|tranche|tijdvak)[^,;]{0,20}(?:verwacht|volgt)
        | \bvragen\s(?:stellen|kunnen|kunt|over|via) | overeenkomst | convenant | \bdeal (?:zelf )?is
        | woningen? (?:van|uit|gebouwd) | opgericht | op de markt | geboren | eigenaar
        | wie [^,]{0,15}\btekent | wetsvoorstel | raadsbesluit | overgangs | programmaperiode
        | programma (?:loopt|liep) | fonds loopt | subsidie(?:verlening|tijdvak) voor | activiteiten in
        | uitvoering | wijzig | geldig | brief van | verslag | eindafrekening
        | advies | gesprek | interview
    """),
    other_after=begins(r"""
        (?:\w+\s){0,4}(?:zijn|is|worden|wordt|was|waren|te zijn|te worden|moet zijn|
        moeten zijn)?\s?(?:zijn |is |worden )?(?:afgerond|uitgevoerd|gerealiseerd|besteed|opgeleverd|
        gestart|begonnen|getekend|ondertekend|gemaakt|gebouwd|gepubliceerd|bekendgemaakt|vastgesteld|
        toegekend|uitgegeven|aangeschaft|gekocht|opgericht|gereed|voltooid|klaar|in gebruik|geplaatst|
        verantwoord|beslist|besloten)\b | (?:vervalt|treedt|trad|tekent?|tekenden)\b
        | (?:is|komt) er (?:van|een (?:nieuw|informatie|webinar|bijeenkomst))
        | (?:wordt|worden|volgt|neemt|nemen|hoort|beslist|besluit)\b[^,;.]{0,50}\b(?:besluit|uitslag|
        bekend|beslissing|besloten|gehoord)
        | (?:start|starten|beginnen|begint|loopt|lopen)\b[^,;.]{0,20}\b(?:project|activiteit|
        uitvoering|werkzaamheden) | (?:starten|beginnen|lopen|starten met|eindigen)\b | treedt
        | [^,;.]{0,30}\b(?:informatiebijeenkomst|webinar|kennisbijeenkomst|spreekuur) | heeft ingediend
        | organise | (?:vindt|vond|vinden)\b | (?:\w+\s){0,3}staat\b[^,;.]{0,20}\bklaar
        | komt er een nieuw | volgt\b
    """),
    slot=ends(r"""
        (?:aanvraag|indienings?|inschrijf|openstellings)?(?:tijdvak|periode|termijn|
        ronde)(?: loopt)?(?: \d)?(?: van|\stussen)?
        | (?:ingediend|aangevraagd|open|opengesteld|geopend)(?: van|\stussen)?
    """),
    turn=words(r"""
        ,\s?(?:die|dat|waarvan|waarbij|waarmee|waarin|mits|als|wanneer|zodat|omdat)\b
        | (?<=\w)\s(?:die|waarvan|waarin|mits|indien)\b
        | \bvoor (?:projecten|activiteiten|kosten|woningen|werkzaamheden)\b
    """),
    kinds=_STAGES,
    carries=words(r"(?:dat|dit|deze|die|het|zij|ze|u|hiervoor|daarvoor|van|vanaf|tot)\b"),
    more_rounds=words(r"""
        (?:daarna|vervolgens|later|hierna)\b[^.;]{0,40}\b(?:tweede|nieuwe|volgende|derde|
        andere)\s(?:periode|ronde|tijdvak|aanvraag(?:periode|ronde)|openstelling)
        | \bnog een (?:tweede|volgende) (?:periode|ronde|tijdvak|openstelling)
        | \b(?:tweede|derde|volgende|nieuwe)\s(?:aanvraag|indienings?|subsidie)?
        (?:periode|ronde|tijdvak|tranche|openstelling)\s(?:opent|start|volgt|begint|komt|gaat)\b
    """),
    year_of_round=words(r"""
        \b(?:loket|ronde|tijdvak|aanvraagperiode|aanvraagronde|openstelling|indienronde)
        \s(?:van|voor|in)?\s?20\d\d\b
        | ^\s*in 20\d\d (?:kan|kunt|kunnen|is|was|loopt|staat|gaat|konden|kon)\b
    """),
    event=words(r"""
        \b(?:vorige|eerdere|voorgaande|afgelopen|oorspronkelijke|oude) (?:\w+ )?(?:\w*ronde|openstelling|
        tranche|\w*tijdvak|regeling|call|\w*periode|editie|\w*datum|deadline)\b
        | (?:inschrijv|aanmeld|meld)\w*(?: u|\sje)? (?:aan )?(?:voor|bij) (?:de |het |
        een )?(?:\w+ )?(?:\w*bijeenkomst|webinar|workshop|spreekuur|pitch\w*|\w*dag\b|\w*sessie)
    """),
    doubt=words(r"""
        oorspronkelijk | aanvankelijk | naar verwachting | waarschijnlijk | \bverwacht | vermoedelijk
        | onder voorbehoud | streven
        | \bwellicht\b | beoogd | voorlopig
    """),
)

_MONEY = MoneyWords(
    hedge=ends(r"""
        ruim | circa | ca\.? | ongeveer | zo'n | bijna | (?<!niet )(?<!nooit )meer dan | rond(?: de)?
        | plm\.? | ± | ~ | naar schatting | minstens | om en nabij(?: de)? | tegen de | krap | grofweg
        | indicatief | dik | een kleine | pakweg | begint bij | vanaf | net geen
        | verwacht(?:e)?(?: budget van)? | waarschijnlijk | naar verwachting | van ongeveer
    """),
    budget_before=words(r"""
        plafond | budget\b | budget van | \bgereserveerd\b | \buitgetrokken\b | \btrek(?:t|ken)\b
        | \bvrijgemaakt\b | \bvrij\b | \bbeschikbare?\b | \bbeschikbaar
        | (?:verhoogd|opgehoogd|verlaagd|verruimd) (?:naar|tot) | \bsubsidiepot\b
        | \bpot(?:je)? (?:van|met)\b | totaalbedrag | \bkas (?:bevat|telt)\b | \bsamen\s{0,2}$
        | \bin totaal\b | te verdelen | \bgaat er\b
        | \bzit(?: er)?\b | \bzet(?:te|ten)?\b | \bstel(?:t|len|de|den)\b | omvang | \binvesteert\b
        | \bverdeelt?\b | \bverdelen\b | \breserve(?:ert|erde|ren)\b | \bsteekt\b | \bis er\b
        | \ber (?:is|was|komt)\s{0,2}$ | (?:ronde|call|tender|openstelling|tranche|regeling) telt\b
        | \bligt er\b | \bverdeeld\b | financiële middelen | \bmiddelen\b
    """),
    budget_after=begins(r"""
        (?:aan )?(?:subsidie |euro |budget |subsidiegeld |middelen |geld |rijksgeld )?(?:is |zijn |
        was )?(?:\w+ )?(?:beschikbaar|te verdelen|te vergeven|te besteden|uitgetrokken|gereserveerd|
        vrijgemaakt|opzij|opzijgezet|klaargezet|in kas|begroot|toegevoegd aan het plafond)
        | (?:voor|van|uit|in)\b[^,;.:]{0,70}\b(?:beschikbaar|gereserveerd|uitgetrokken|vrijgemaakt|opzij|
        te verdelen|te besteden|vrij|uit)\b(?! (?:het|de|een)\b) | uit\b(?= om|\.|,|$|\svoor)
        | (?:aan )?subsidie(?:geld)? beschikbaar | in de pot
        | die\b[^,;.]{0,50}\b(?:gereserveerd|uitgetrokken|vrijgemaakt|beschikbaar) | subsidieplafond
        | op de plank | \w* ?klaar\b
    """),
    not_budget_before=words(r"""
        (?:waarvan|daarvan)\b[^;.]{0,60}$ | \buit (?:de|het|een (?:bedrag|totaal) van)?\s{0,2}$
        | \b(?:verhoogd|opgehoogd|verlaagd) (?:van|met)\s{0,2}$ | \b(?:nog|extra)\s{0,2}$
    """),
    not_budget=words(r"""
        \bvorige?\b | \beerdere?\b(?! als|\swanneer|\sdan) | \bvorig jaar\b | \bafgelopen\b | gevraagd\b
        | \btoegekend\b | in behandeling | \bresteert\b | \bresterend | \brestant | \bover is\b
        | \bnog over\b | eigen bijdrage | omzet | \blegg?(?:t|en)\b | balans | projectkosten
        | \bkosten\b(?! (?:van|voor) (?:de )?uitvoering) | de-minimis | \bdrempel | \bwaarschijnlijk\b
        | instemming | \bgingen?\b | \blandelijk verdeelt | minimaal | \binvestering van\b | verleend
        | per (?:tranche|ronde|tijdvak|openstelling|aanvraagperiode) | \bbegint bij\b | \bsprake van\b
        | \bcofinanciering\b | \bwaarde van\b | \bboete\b | uurtarief | \buitgekeerd\b | \bging(?:en)?\b
        | verwacht | \belke? (?:ronde|tranche|tijdvak|openstelling)
        | \bvan tafel\b | \bregio'?s? legt\b | \bverhoogd met\b | \bleges\b
    """),
    not_budget_after=begins(r"""
        (?:is |wordt |werd )?(?:met .{1,30})?(?:verhoogd|opgehoogd|verlaagd|verruimd|bijgesteld) (?:naar|
        tot)
    """),
    pot=ends(r"""
        (?:subsidie|deel|totaal|het |totale )?(?:plafond|budget)(?: van|\sis|\sbedraagt|\sbedroeg)?
    """),
    most=ends(r"""
        (?:tot )?(?:een )?maximaal(?: een bedrag van)? | max\.?
        | (?:tot |met |van |is |bedraagt |geldt )?(?:een |het |de )?(?:absoluut |
        subsidie)?maximum(?:bedrag|subsidie|bijdrage)?(?: \w+){0,4}? ?(?:van|is|bedraagt|op)?
        | ten hoogste | hoogstens | hooguit | (?:niet|nooit) meer (?:dan|bedragen dan|is dan)
        | (?:nooit|niet) hoger dan | tot(?: aan)? | tot (?:wel|en met) | ten maximale
        | (?:de |een )?maximale\s(?:\w+\s){1,4}(?:is|bedraagt|van|bedroeg|per \w+ is|per \w+ bedraagt)?
        | gemaximeerd (?:op|tot) | gemaximaliseerd (?:op|tot) | begrensd (?:op|tot)
        | (?:subsidie)?maximum(?: per \w+)?(?: is)? | maximumbedrag(?: is|\svan)? | maximale\s\w+
        | max\. (?:subsidie|bijdrage|bedrag)(?: is)? | bovengrens(?: van|\sis)?
    """),
    least=ends(r"""
        (?:een )?minimaal | min\.? | (?:een )?minimum(?:bedrag)?(?: van|\sis)? | ten ?minste | minstens
        | niet (?:lager|minder) dan | ondergrens(?: van|\sis)? | minder dan | lager dan | hoger dan
    """),
    per_project=words(r"""
        \bper\s(?:\w+(?:ig|se|e)\s)?(?:project|aanvraag|aanvrager|subsidieaanvraag|voorstel|initiatief|
        deal|voucher|samenwerkingsverband|consortium|plan|activiteit|projectvoorstel|subsidie|
        subsidieontvanger|ontvanger|toekenning|beschikking|projectaanvraag|indiening)\b
        | \b(?:elk|ieder|een|één)\s(?:\w+\s)?(?:project|aanvraag|voorstel|initiatief|deal|voucher|plan|
        aanvrager|samenwerkingsverband|projectaanvraag|consortium)\b
        | \bproject(?:en)? (?:kan|kunnen|krijg)
    """),
    apiece=ends(r"elk | ieder | apart | per stuk"),
    per_other=words(r"""
        \bper\s(?!(?:jaar|kalenderjaar|schooljaar|studiejaar|begrotingsjaar|seizoen|saldo|direct|
        aanvraagperiode|tijdvak|ronde|tranche|openstelling|\d|
        maand|mail|post|e-mail)\b)\w+ | /\s?[a-z] | \bvoor elke?\s\w+ | \bvoor iedere?\s\w+
    """),
    grant=words(r"""
        subsidie | bijdrage | vergoed | krijg | ontvang | \bvoucher | \btegemoetkoming | \buitkering
        | toegekend | aan te vragen | aanvragen | gevraagd | steun | \bvra(?:gen|agt)\b | financiering
        | \bproject
    """),
    gets=begins(r"""
        (?:aan )?(?:subsidie |euro |steun |bijdrage |financiering )?(?:\w+ ){0,3}(?:aanvragen|aangevraagd|
        krijgen|ontvangen|vragen|verkrijgen|te krijgen|aan te vragen|gevraagd|toegekend|verstrekt|vergoed)
        | aan\.?$ | van het rijk
    """),
    not_grant=words(r"""
        eigen bijdrage | projectkosten | subsidiabele kosten (?:van|bedragen|zijn|moeten) | omzet | balans
        | inkomen | uurtarief | de-minimis | cofinanciering van | \bkosten (?:van|bedragen|tussen|zijn)
        | aanschaf(?:prijs|waarde) | cataloguswaarde | \binvestering | huur | koopsom | \bfase\b
        | begroting | voorschot | totale kosten | bouwkosten | leges | onkosten | loon | ^\s*kosten\b
        | klein(?:e|er)? (?:project|bedrag|aanvra)
    """),
    rate_before=words(r"""
        subsidie(?:percentage|bijdrage|hoogte|intensiteit)?\b | bijdrage | vergoed | \bdekt\b | betaalt
        | \bkrijg | \bontvang | cofinanciering | co-?financier | \bsteun | maximaal | percentage
        | \bhoogte\b | ten hoogste | financiert | tegemoetkoming | \bhooguit\b | \btot\s{0,2}$
        | \bmax\.?\s{0,2}$
    """),
    rate_after=begins(r"""
        (?:subsidie )?(?:van|over) (?:de|het|uw|zijn|haar|hun|je|alle|elk|ieder|
        een)?\s?(?:\w+\s){0,3}(?:\w*kosten|\w*investering(?:en)?|\w*project|\w*bedrag|begroting|uitgaven|
        prijs|meerkosten|tekort|top|loonkosten)
        | (?:subsidie|vergoed|cofinanciering|co-financiering|bijdrage|steun|efro|financiering)
        | subsidiabel
    """),
    not_rate_before=words(r"""
        \bsoms\b | minstens | minimaal | ten ?minste | eigen (?:bijdrage|middelen|geld|inbreng) | korting
        | reductie | weging | besparing | \bminder\b | (?<!niet )(?<!nooit )\bmeer dan\b | voorschot
        | overhead | opslag | andere | overige | resterende | \bsociale\b | \bbtw\b | rente
        | doel(?:stelling)?\b | uitstoot | overig | zelf\b | verhoog | ophoging | toeslag
        | cofinanciering (?:van|is|bedraagt) | aandeel | groei | forfait | onvoorzien | \bminimum | score
        | punten | belang van
    """),
    not_rate_after=begins(r"""
        (?:sociale|betaalbare|minder|reductie|korting|besparing|eigen|van de (?:punten|woningen|inwoners|
        bewoners|mensen|aanvragen|bedrijven|leden|oppervlakte|score|subsidie|toegekende|verleende|
        gemeenten|deelnemers|tijd|co2|energie|leerlingen|jongeren|stemmen)|van het (?:plein|oppervlak|
        budget|plafond|totaal|subsidiebedrag|subsidieplafond|beschikbare|aantal|dak|energie)|\(€|
        voorschot|btw|cofinanciering zelf|eigen|zelf|overhead|extra|hoger|als voorschot|co2|uitstoot)
        | [^,;.]{0,20}\b(?:over is|benut|besteed|gevuld|uitgeput|opslag|voorschot)
    """),
    round_pot=words(r"""
        \b(?:deze|dit|huidige|eerste|tweede|derde|vierde)\s(?:\w+\s)?(?:aanvraag|indien|
        subsidie)?(?:ronde|periode|tranche|tijdvak|tender|openstelling|call)\b[^,;]{0,25}$
    """),
    this_round=words(r"""
        (?:deze|dit|huidige|eerste|tweede|derde|vierde|vijfde|zesde|zevende|\d+e)\s(?:aanvraag|
        indien)?(?:ronde|periode|tranche|tijdvak|tender|openstelling|call) | \bvoor 20\d\d\b
        | \bin 20\d\d\b | \bdit jaar\b
    """),
    whole_programme=words(r"""
        t(?:ot en met|/m) (?:en met )?20\d\d | 20\d\d[-/ ]{1,3}20\d\d
        | over (?:\w+|\d+) (?:tijdvakken|jaar|rondes|tranches|jaren)
        | voor (?:\w+|\d+) (?:tranches|rondes|jaar|jaren) | hele looptijd | landelijk
        | gehele (?:looptijd|periode) | alle rondes
    """),
    total=words(r"in totaal | totale?\b | totaal"),
    share=words(r"""
        \bvoor (?:het |de |een )?(?:mkb|grootbedrijf|spoor|vervoer|onderdeel|categorie|thema|perceel|
        kleine|grote|particulier|bedrijven|gemeenten|provincies|woning|elektri|scholen)\w*
        | (?:waarvan|daarvan)
        | \b(?:onderdeel|categorie|thema|perceel|spoor|doelstelling|artikel|paragraaf|deelplafond|lijn|
        pijler)\s
    """),
    per_year=words(r"per (?:kalender)?jaar | jaarlijks | ieder jaar | elk jaar"),
    tranche=words(r"""
        \b20\d\d(?:[-/]20\d\d)?\b | \btranche \d\b | \bper jaar\b
        | \b(?:eerste|tweede|derde|vierde|vijfde|zesde) (?:tranche|ronde|tijdvak)\b
    """),
)

DUTCH = Tongue(
    day_first=True,
    comma_decimal=True,
    dates=_DATES,
    money=_MONEY,
    allocation=(
        (Allocation.FIRST_COME, words(r"""
            volgorde van (?:\w+ )?(?:ontvangst|binnenkomst|aanmelding|indiening) | wie het eerst komt
            | het eerst aan de beurt | first come,? first serve
        """)),
        (Allocation.TENDER, words(r"""
            \btender\b | tendersysteem | tenderregeling | \brangschikking | gerangschikt
            | volgorde van rangschikking
        """)),
        (Allocation.LOTTERY, words(r"\bloting\b | \bgeloot\b | \bloten\b | \bverloot")),
        (Allocation.ROLLING, words(r"""
            \bdoorlopend\b | het hele jaar (?:door|open) | op elk moment (?:worden )?(?:aan|in)
        """)),
    ),
    flags=(
        (DeadlineKind.ROLLING, words(r"""
            \bdoorlopend\b(?!\s(?:vanaf|van|tot)\b) | het hele jaar door
            | geen (?:vaste )?(?:sluitingsdatum|deadline|einddatum|uiterste)
        """)),
        (DeadlineKind.UNTIL_EXHAUSTED, words(r"""
            (?:zolang|totdat|tot|zodra|als|wanneer|indien)\b[^.;]{0,40}\b(?:budget|geld|plafond|pot|
            subsidie\w*|middelen)\b[^.;]{0,30}\b(?:op is|op raakt|bereikt|uitgeput|is er|strekt|
            toereikend|op$) | op\s?=\s?op | op is op
            | zolang (?:er|het) [^.;]{0,20}(?:budget|geld|voorraad|strekt|beschikbaar|is\b)
            | eerder als dat geld op is
        """)),
    ),
)  # fmt: skip


def read_facts(text: str, today: date | None = None) -> Facts:
    """What a Dutch text on a scheme says for certain."""
    return grammar.read_facts(text, DUTCH, today)


def read_date(text: str) -> date | None:
    """The day of a text that is one date: "1 maart 2026". None when it is more, less or no such day."""
    return grammar.read_date(text, DUTCH)


def read_moment(text: str) -> Moment | None:
    """Day and, where written, hour: "31-12-2026 17.00 uur", local to Amsterdam."""
    return grammar.read_moment(text, DUTCH)


def read_amount(text: str) -> Decimal | None:
    """Euro of a text that is one exact amount: "€ 2,5 miljoen". None for a range, an estimate, dollars."""
    return grammar.read_amount(text, DUTCH)


def read_percentage(text: str) -> Decimal | None:
    """Percent of a text that is one percentage: "max. 40%"."""
    return grammar.read_percentage(text, DUTCH)
