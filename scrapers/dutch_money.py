"""The Dutch words around the amounts and percentages of a scheme; how they are used: money.py."""

from scrapers.money import MoneyWords
from scrapers.words import begins, ends, words

MONEY = MoneyWords(
    hedge=ends(r"""
        ruim | circa | ca\.? | ongeveer | zo'n | bijna | (?<!niet )(?<!nooit )meer dan | rond(?: de)?
        | plm\.? | ± | ~ | naar schatting | minstens | om en nabij(?: de)? | tegen de | krap | grofweg
        | indicatief | (?:meestal|doorgaans|gemiddeld|vaak|veelal)(?: (?:tussen|rond|van|om|op))?(?: de)?
        | dik | een kleine | pakweg | begint bij | vanaf | net geen | soms
        | verwacht(?:e)?(?: budget van)? | waarschijnlijk | naar verwachting | van ongeveer
    """),
    nominal=ends(r"""
        circa | ca\.? | ongeveer | zo'n | om en nabij(?: de)? | naar schatting | plm\.? | ± | ~ | van ongeveer
    """),
    budget_before=words(r"""
        plafond | budget\b | budget van | \bgereserveerd\b | \buitgetrokken\b | \btrek(?:t|ken)\b
        | \bvrijgemaakt\b | \bvrijmaakte?\b | \bvrij\b | \bbeschikbare?\b | \bbeschikbaar
        | (?:verhoogd|opgehoogd|verlaagd|verruimd) (?:naar|tot) | \bsubsidiepot\b
        | \bpot(?:je)?\b(?:\s{0,2}:\s{0,2}$|[^;.,#]{0,25}\b(?:van|met|bevat|telt|bedraagt|is)\b)
        | totaalbedrag | \bkas (?:bevat|telt)\b | \bsamen\s{0,2}$
        | \bin (?:het )?totaal\b | te verdelen | \bgaat er\b
        | \bzit(?: er)?\b | \bzet(?:te|ten)?\b | \bstel(?:t|len|de|den)\b | omvang | \binvesteert\b
        | \bverdeelt?\b | \bverdelen\b | \breserve(?:ert|erde|ren)\b | \bsteekt\b | \bis er\b
        | \ber (?:is|was|komt)(?: \w+){0,3}\s{0,2}$ | \bwas er\b | \btotale subsidie\b
        | \bheeft\b[^,;.]{0,40}\been bedrag van\s{0,2}$ | \b(?:het gaat|gaat het|ging het)(?: dan)? om\s{0,2}$
        | \bkomt (?:er|daarvoor|hiervoor)\s{0,2}$
        | \btotaal(?: aan \w+)?(?: (?:is|was|bedraagt)(?: dus| daarmee)?)?\s{0,2}$
        | \bfonds\b[^.;]{0,30}goed voor\s{0,2}$
        | \b(?:totale|gehele|hele|beschikbare) (?:som|bedrag)(?: van)?\s{0,2}$
        | \bbeslis(?:t|sen)\b[^,;.]{0,30} over\s{0,2}$ | \bte besteden\b
        | (?:ronde|call|tender|openstelling|tranche|regeling)(?: (?:van|in|voor) 20\d\d)? telt\b
        | \bligt er\b | \bop de plank\b | \bverdeeld\b | \bgevuld met\s{0,2}$
        | \b(?:tranche|ronde|budget|plafond|totaal)\b(?: \w+){0,2} (?:op|uit op)\s{0,2}$
        | \b(?:tranche|ronde|openstelling|tender|call|tijdvak) van\s{0,2}$
        | \bvoor (?:deze|dit|de huidige|de eerste|de tweede|de derde) (?:ronde|openstelling|tranche|call|
        tender|tijdvak|oproep)
        (?: is|\swas|\sgaat het om)?\s{0,2}$ | \btotaal van\s{0,2}$
        | \bheeft (?:dit jaar|er|hier(?:voor)?|daarvoor|in 20\d\d|voor 20\d\d)\s{0,2}$
        | \b(?:gemeente|provincie|rijk|fonds|minister\w*|stad|kabinet|programma|regeling|ronde|openstelling|
        stadsdeel)(?: \w+){0,2}
         heeft (?:\w+ ){0,3}$
        | \bheeft (?:de |het )?(?:gemeente|provincie|rijk|fonds|ministerie|stad|kabinet)(?: \w+){0,3}\s{0,2}$
        | financiële middelen | \bmiddelen\b
    """),
    budget_after=begins(r"""
        (?:aan )?(?:efro |jtf |esf |europees geld |subsidie |euro |budget |subsidiegeld |
        middelen |geld |rijksgeld )?(?:is |zijn |
        was )?(?:\w+ )?(?:beschikbaar|te verdelen|te vergeven|te besteden|uitgetrokken|gereserveerd|
        vrijgemaakt|opzij|opzijgezet|klaargezet|in kas|begroot|opgenomen|toegevoegd aan het plafond)
        | (?:voor|van|uit|in)\b[^,;.:]{0,70}\b(?:beschikbaar|gereserveerd|uitgetrokken|vrijgemaakt|opzij|
        te verdelen|te besteden|vrij|uit)\b(?! (?:het|de|een)\b) | uit\b(?= om|\.|,|$|\svoor)
        | (?:aan )?subsidie(?:geld)? beschikbaar | in de pot
        | die\b[^,;.]{0,50}\b(?:gereserveerd|uitgetrokken|vrijgemaakt|beschikbaar) | subsidieplafond
        | op de plank | op (?:is|zijn|raakt)\b | op tafel | groot\b | (?:wordt |worden |werd )?verdeeld
        | ter beschikking | (?:er |hier |daar )?voor over\b
        | mee gemoeid | gemoeid | \w* ?klaar(?:liggen|staan)?\b | vrij(?:gemaakt)?\b
    """),
    not_budget_before=words(r"""
        (?:waarvan|daarvan)\b(?![^;.]{0,40}\b(?:deze|dit) (?:ronde|openstelling|tranche|call|tender|
        tijdvak))[^;.]{0,60}$
        | \buit (?:de|het|een (?:bedrag|totaal) van)?\s{0,2}$
        | \b(?:verhoogd|opgehoogd|verlaagd|stijgt|daalt|groeit) (?:van|met)\s{0,2}$ | \b(?:nog|extra)\s{0,2}$
        | \b(?:was|waren) (?:dat|dit|het)\s{0,2}$ | ,? na\s{0,2}$ | \bsinds 20\d\d\s{0,2}$
        | \b(?:ontvang(?:t|en)?|krijg(?:t|en)?|kreeg|kregen)\s{0,2}$
    """),
    not_budget=words(r"""
        \been \w+ (?:heeft|kent) (?:\w+ ){0,2}budget | \bvorige?\b | \beerdere?\b(?! als|\swanneer|\sdan)
        | \bvorig jaar\b | \bafgelopen\b | gevraagd\b
        | \btoegekend\b | in behandeling | \bresteert\b | \bresterend | \brestant | \bover is\b
        | \bnog over\b | eigen bijdrage | omzet | \blegg?(?:t|en)\b | balans | projectkosten
        | \bkosten\b(?! (?:van|voor) (?:de )?uitvoering) | de-minimis | projectbudget | projectbegroting
        | \bdrempel | \bwaarschijnlijk\b
        | instem(?:ming|t|men)\b | \bzou(?:den)?\b | \boplopen\b | \bstel(?:t|len) (?:de |het )?\w*raad\b
        | \bkreeg\b | \bkregen\b | \bontvingen\b | \bgingen?\b(?! het) | \blandelijk verdeelt
        | \b(?:steunden|ondersteunden|honoreerden|financierden|steunde|ondersteunde|honoreerde)\b
        | \bsinds 20\d\d\b | \btot (?:nu|nog) toe\b | \btot op heden\b
        | \b(?:projecten|plannen|initiatieven|gemeenten)\b[^.;]{0,25}
        \b(?:ondersteund|gesteund|gefinancierd|gesubsidieerd|geholpen|mogelijk gemaakt)\b
        | \baanvragen (?:voor|met|ter waarde van|van|à) (?:samen|totaal|in totaal|een totaal|bij elkaar)\b
        | aanvragen (?:\w+ ){0,3}(?:ingediend|ontvangen|binnen\w*|ingekomen)\b
        | \b(?:in|bij|tijdens) (?:de|het) \w*(?:ronde|openstelling|tijdvak|tranche|call|tender|periode) (?:die|dat)\b
        | minimale?\b | minimum | ten ?minste
        | \binvestering van\b | verleend | gehonoreerd | goedgekeurd | toegewezen
        | per (?:tranche|ronde|tijdvak|openstelling|aanvraagperiode) | \bbegint bij\b | \bdenk(?:t|en) aan\b
        | \bsprake van\b
        | \bcofinanciering\b | \bwaarde van\b | \bboete\b | uurtarief | \buitgekeerd\b | \bging(?:en)?\b(?! het)
        | verwacht | \bgerekend\b | \brekent op\b | \bhoopt\b | \belke? (?:ronde|tranche|tijdvak|openstelling)
        | \bvan tafel\b | \bregio'?s? legt\b | \bverhoogd met\b | \bleges\b
    """),
    not_budget_after=begins(r"""
        ['"”’]{0,2}\s?vervangen door
        | [^.;]{0,60}\b(?:andere|aparte|afzonderlijke|ander) (?:regeling|call|oproep|openstelling|loket|ronde)\b
        | (?:aan )?extra\b | aangevuld
        | (?:subsidie |steun )?(?:krijgen|kregen|ontvangen|ontvingen)\b
        | voor alle (?:\w+ )?(?:openstellingen|rondes|tijdvakken|tranches)\b
        | (?:is |wordt |werd )?(?:met .{1,30})?(?:verhoogd|opgehoogd|verlaagd|verruimd|bijgesteld) (?:naar|
        tot)
    """),
    pot=ends(r"""
        (?:subsidie|deel|totaal|het |totale )?(?:plafond|budget)(?: van|\sis|\sbedraagt|\sbedroeg)?
    """),
    most=ends(r"""
        tot (?:een |het )?(?:maximum|bedrag|totaal)(?:bedrag)? van
        | (?:tot )?(?:een )?maximaal(?: een bedrag van)? | max\.?
        | (?:tot |met |van |is |bedraagt |geldt )?(?:een |het |de )?(?:absoluut |
        subsidie)?maximum(?:bedrag|subsidie|bijdrage)?(?: \w+){0,4}? ?(?:van|is|bedraagt|op)?
        | ten hoogste | hoogstens | hooguit | (?:niet|nooit) meer (?:dan|bedragen dan|is dan)
        | (?:nooit|niet) (?:hoger dan|boven(?: de)?) | tot(?: aan)? | tot (?:wel|en met) | ten maximale
        | (?:de |een )?maximale\s(?:\w+\s){1,4}(?:is|bedraagt|van|bedroeg|per \w+ is|per \w+ bedraagt)?
        | gemaximeerd (?:op|tot) | gemaximaliseerd (?:op|tot) | begrensd (?:op|tot)
        | (?:subsidie)?maximum(?: per \w+)?(?: is)? | maximumbedrag(?: per \w+)?(?: is|\svan|\sbedraagt)?
        | maximale(?:\s[\w-]+)?
        | maxim(?:aal|ale|um)(?: [\w-]+){1,5}\s?: | niet (?:groter|meer waard) dan
        | niet meer (?:bedraagt|bedragen|is|kan zijn|mag zijn) dan
        | maximaal per \w+ | max\. (?:subsidie|bijdrage|bedrag)(?: is)? | bovengrens(?: van|\sis)?
        | (?:\w*budget|\w*plafond|subsidiebedrag|\w*bijdrage) per \w+(?: is|\sbedraagt|\svan)?
    """),
    fixed=ends(r"""
        (?:vast|forfaitair)e? (?:subsidie)?bedrag(?: per \w+)?(?: van|\sis|\sbedraagt|:)?
        | lump ?sum(?: van|:)? | vaste (?:bijdrage|vergoeding|subsidie)(?: van|\sis|:)?
        | voucher(?: ter waarde)? van
    """),
    least=ends(r"""
        (?:een )?minimaal | min\.?
        | (?:de |een )?minimale\s(?:[\w-]+\s){1,4}(?:is|bedraagt|van|bedroeg)?
        | (?:een )?minimum(?:bedrag)?(?: van|\sis)? | ten ?minste | minstens
        | niet (?:lager|minder) dan | ondergrens(?: van|\sis)? | minder dan | lager dan
        | (?<!nooit )(?<!niet )hoger dan
    """),
    per_project=words(r"""
        \bper (?:regio |city )deal\b
        | \bper\s(?:\w+(?:ig|se|e)\s)?(?:project|aanvraag|aanvrager|subsidieaanvraag|voorstel|initiatief|
        deal|voucher|samenwerkingsverband|consortium|plan|idee|activiteit|projectvoorstel|subsidie|
        subsidieontvanger|ontvanger|toekenning|verzoek|programma|\w*studie|\w*pilot|proeftuin|\w*onderzoek|
        experiment|beschikking|projectaanvraag|indiening|netwerk|alliantie|coalitie|
        opdracht|productie|tentoonstelling|publicatie|festival|evenement|film|voorstelling|presentatie|traject|tournee|
        manifestatie|concert)\b
        | \b(?:elke?|iedere?|een|één)\s\w+\s(?:kan|mag)\b
        | \b(?:elke?|iedere?|een|één)\s(?:\w+\s)?(?:project|aanvraag|voorstel|initiatief|deal|voucher|plan|
        aanvrager|samenwerkingsverband|projectaanvraag|consortium|netwerk|alliantie|coalitie)\b
        | \bproject(?:en)? (?:kan|kunnen|krijg) | \b(?:die|deze|uw|de) aanvraag (?:bedraagt
        |is (?:maximaal|minimaal|ten hoogste|hoogstens|hooguit))\b
    """),
    apiece=ends(r"elk | ieder | apart | per stuk"),
    per_other=words(r"""
        \bper\s(?!(?:jaar|kalenderjaar|schooljaar|studiejaar|begrotingsjaar|seizoen|saldo|direct|
        aanvraagperiode|tijdvak|ronde|tranche|openstelling|\d|
        maand|mail|post|e-mail)\b)\w+ | (?<![a-z])/\s?[a-z]
        | \b(?:elke?|iedere?)\s(?!jaar|ronde|tranche|tijdvak|keer|periode|moment|openstelling)\w+
    """),
    grant=words(r"""
        subsidie | bijdrage | ^\s*maxim(?:um|aal)\s?: | vergoed | krijg | ontvang | \bvoucher | \blening
        | \bleen(?:t|de)\b
        | krediet | garantie | \btegemoetkoming | \buitkering
        | toegekend | \bbetaalt\b | \bbeurs\b | \bdonatie | aan te vragen | aanvragen | gevraagd | steun
        | \bvra(?:gen|agt)\b
        | financiering
        | \bproject
    """),
    gets=begins(r"""
        (?:aan )?(?:subsidie |euro |steun |bijdrage |financiering )?(?:\w+ ){0,3}(?:aanvragen|aangevraagd|
        krijgen|ontvangen|vragen|verkrijgen|te krijgen|aan te vragen|gevraagd|toegekend|verstrekt|vergoed)
        | aan\.?$ | van het rijk
    """),
    not_grant=words(r"""
        eigen bijdrage | projectkosten | subsidiabele kosten (?:van|bedragen|zijn|moeten) | omzet | balans
        | \bkost\b | inkomen | uurtarief | de-minimis | cofinanciering van | \bkosten (?:van|bedragen|tussen|zijn)
        | aanschaf(?:prijs|waarde) | \bwoz | (?<!ter )waarde (?:van|tot) | hypotheek | salaris
        | cataloguswaarde | \binvestering | huur | koopsom
        | \b(?:aanvragen|bedragen|subsidies|projecten|initiatieven|plannen) (?:tot|t/m|onder|boven|
        van|tussen|vanaf)(?: en met| de)?\s{0,2}$
        | \bfase\b | \bverho(?:gen|ogt|ogd)\b
        | begroting | voorschot | totale kosten | bouwkosten | leges | onkosten | loon | ^\s*kosten\b
        | middelgrote\b | voorbereiding | gemiddelde?\b | doorgaans | \bmeestal\b | \bomvang van\b
        | heeft een (?:\w+ )?budget
        | (?:klein(?:e|er|ere|schalige)?|groot|grote|grotere) (?:\w+)?(?:project|bedrag|aanvra|initiatie|subsidie)
    """),
    rate_before=words(r"""
        subsidie(?:percentage|bijdrage|hoogte|intensiteit)?\b | bijdrage | vergoed | \bdekt\b | betaalt
        | \bkrijg | \bontvang | cofinanciering | co-?financier | \bsteun | maximaal | percentage
        | \bhoogte\b | \befro\b
        | \b(?:rijk|efro|provincie|fonds|programma|ministerie|esf|jtf)(?: \w+)? (?:draagt|legt|neemt)\b
        | verhoogd (?:van \d+\s?%? )?(?:naar|tot)\s{0,2}$
        | \bdraagt (?:de |het )?(?:rijk|provincie|gemeente|fonds|minister\w*)\b
        | ten hoogste | financiert | tegemoetkoming | \bhooguit\b | \btot\s{0,2}$
        | \bmax\.?\s{0,2}$
    """),
    rate_after=begins(r"""
        (?:wordt|worden) (?:\w+ )?vergoed
        | (?:subsidie )?(?:van|over) (?:de|het|uw|zijn|haar|hun|je|alle|elk|ieder|
        een)?\s?(?:\w+\s){0,3}(?:\w*kosten|\w*investering(?:en)?|\w*project|\w*bedrag|begroting|uitgaven|
        prijs|meerkosten|tekort|top|loonkosten)
        | (?:subsidie|vergoed|cofinanciering|co-financiering|bijdrage|steun|efro|financiering)
        | subsidiabel
    """),
    pays=words(r"""
        subsidie | bijdrage | tegemoetkoming | uitkering | vergoed | terug | betaalt | \bkrijg | \bontvang | \bdekt\b
        | financiert | \bdraagt\b
    """),
    not_rate_before=words(r"""
        ^(?![^.;]{0,100}(?:subsidie|bijdrage|vergoed|tegemoetkom|uitkering|steun|efro|rijk|fonds|draagt|betaal|word))
        [^.;]{0,60}(?:kosten|\binzet|\buren|\binhuur|personeel)\b[^.;]{0,60}\b(?:mag|mogen|subsidiabel)\b[^.;]{0,30}$
        | minstens | minimaal | ten ?minste | \bdoorgaans\b | \bgemiddeld | \bmeestal\b
        | eigen (?:bijdrage|middelen|geld|inbreng|vermogen) | korting
        | reductie | \btrekken\b | weging | besparing | \bminder\b | (?<!niet )(?<!nooit )\bmeer dan\b
        | voorschot
        | overhead | opslag | (?:andere|overige?|resterende)(?: \w+)?\s{0,2}$ | \bsociale\b | \bbtw\b | rente
        | doel(?:stelling)?\b | op basis van\s{0,2}$ | \bdaarboven\b | \bdaarna\b | uitstoot | zelf\b
        | verho(?:og|gen)(?!d (?:van \d+\s?%? )?(?:naar|tot)\s{0,2}$) | ophoging | toeslag
        | cofinanciering (?:van|is|bedraagt) | aandeel | groei | forfait | onvoorzien | \bminimum | score
        | \bpunten\b | belang van
        | \b(?:partners|deelnemers|aanvragers|gemeenten|regio's|bedrijven|ondernemers|zij|ze|corporaties|
        scholen|schoolbesturen|consortia)\b
        (?: \w+){0,2} (?:dragen|betalen|leggen|leveren|brengen|financieren)\b
        | \b(?:partner|deelnemer|aanvrager|regio|corporatie|u|men|
        penvoerder)\b(?: \w+){0,2} (?:draagt|betaalt|legt|
        levert|brengt|financiert)\b
    """),
    not_rate_after=begins(r"""
        [^.;]{0,60}\b(?:mag|mogen|moet|moeten|kan|kunnen) (?:worden )?(?:besteed|ingezet|gebruikt)\b
        | (?:(?:wordt|worden|is) )?(?:direct |eerst |vooraf )?(?:uit)?(?:betaald|gekeerd)\b
        | (?:sociale|betaalbare|minder|reductie|korting|besparing|eigen|van de (?:punten|waarde|woningen|inwoners|
        bewoners|mensen|aanvragen|bedrijven|leden|oppervlakte|score|subsidie|toegekende|verleende|
        gemeenten|deelnemers|tijd|co2|energie|leerlingen|jongeren|stemmen)|van het (?:plein|oppervlak|
        budget|plafond|totaal|subsidiebedrag|subsidieplafond|beschikbare|aantal|dak|energie)|\(€|
        voorschot|btw|cofinanciering zelf|eigen|zelf|overhead|extra|hoger|als voorschot|co2|uitstoot)
        | [^.;]{0,40}\bbestaan uit\b | [^.;]{0,40}\bmag\b[^.;]{0,40}\bbestaan\b
        | [^,;.]{0,20}\b(?:over is|benut|besteed|gevuld|uitgeput|opslag|voorschot)
    """),
    round_pot=words(r"""
        \b(?:deze|dit|huidige|eerste|tweede|derde|vierde)\s(?:\w+\s)?(?:aanvraag|indien|
        subsidie)?(?:ronde|periode|tranche|tijdvak|tender|openstelling|call)\b[^,;]{0,25}$
    """),
    ours=ends(r"(?:verdeelt|verdelen|heeft|stelt) (?:hier|daar)van"),
    of_which=words(r"(?:waarvan|daarvan)\b[^;.]{0,60}$ | \bis nog\s{0,2}$"),
    for_round=begins(r"""
        [^.;,]{0,30}\bvoor (?:de|het|een|deze|dit) (?:huidige|nieuwe|eerste|tweede|derde|vierde|vijfde|lopende)?\s?
        (?:\w*ronde|\w*periode|tranche|tijdvak|tender|openstelling|call|oproep|uitvraag)\b
    """),
    here=words(r"""
        \b(?:deze|dit|huidige) (?:\w+ )?\w*(?:ronde|periode|tranche|tijdvak|tender|openstelling|call|oproep)\b
    """),
    this_round=words(r"""
        (?:deze|dit|huidige|eerste|tweede|derde|vierde|vijfde|zesde|zevende|\d+e)\s(?:aanvraag|
        indien)?(?:ronde|periode|tranche|tijdvak|tender|openstelling|call|oproep)
        | \bvoor (?:het (?:kalender|begrotings)?jaar )?20\d\d\b
        | \bin 20\d\d\b | \bdit jaar\b | (?:ronde|openstelling|tender|call) van 20\d\d\b
    """),
    whole_programme=words(r"""
        t(?:ot en met|/m) (?:en met )?20\d\d | \btot 20[3-9]\d\b | 20\d\d[-/ ]{1,3}20\d\d
        | (?:heeft|beschikt|omvat|telt) (?:het|dit) (?:\w+ )?programma\b | \bprogramma (?:heeft|beschikt|omvat|telt)\b
        | over (?!het\b|dit\b|een\b)\w+ (?:tijdvakken|jaar|rondes|tranches|jaren)
        | voor (?!het\b|dit\b|een\b)\w+ (?:tranches|rondes|jaar|jaren) | hele looptijd | landelijk
        | gehele (?:looptijd|periode) | alle rondes
    """),
    total=words(r"in totaal | totale?\b | totaal | bij elkaar | \bsamen\b"),
    share=words(r"""
        \bvoor (?:het |de |een )?(?:mkb|grootbedrijf|spoor|vervoer|onderdeel|categorie|thema|perceel|
        kleine|grote|particulier|bedrijven|gemeenten|provincies|woning|elektri|scholen)\w*
        | (?:waarvan|daarvan)
        | \b(?:onderdeel|categorie|thema|perceel|spoor|doelstelling|artikel(?! \d+:)|paragraaf|deelplafond|
        lijn|
        pijler)\s
    """),
    spent=begins(
        r"(?:(?!beschikbaar|waarvan|daarvan|budget|plafond|verdelen|kan|kunt|kunnen)[^.;]){0,120}"
        r"\b(?:aangevraagd|toegekend|verleend|uitgekeerd|gehonoreerd|toegezegd)\b"
    ),
    that_is=ends(r"(?:is|wordt|bedraagt) (?:dat|dit|het)(?: bedrag)?(?: nu)? | totaal"),
    raised_to=ends(r"(?:verhoogd|opgehoogd|verlaagd|verruimd|bijgesteld) (?:naar|tot)"),
    per_year=words(r"per (?:kalender)?jaar | jaarlijks | ieder jaar | elk jaar"),
    tranche=words(r"""
        \b20\d\d(?:[-/]20\d\d)?\b | \btranche \d\b | \bper jaar\b
        | \b(?:eerste|tweede|derde|vierde|vijfde|zesde) (?:tranche|ronde|tijdvak)\b
    """),
)
