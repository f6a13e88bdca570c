"""English dates, hours, amounts and percentages, and the words around them; rules: docs/dates-and-amounts.md."""

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
        pre-?registration | registration of interest | letters? of intent | declaration of intent
        | notice of intent | expressions? of interest
    """)),
    (DeadlineKind.CONSULTATION, words(r"consultation | feedback period | feedback | have your say")),
    (DeadlineKind.REPORTING, words(r"final report | progress report | reporting")),
    (DeadlineKind.STAGE_1, words(r"""
        (?:stage|step|phase)\s(?:1|one)\b | (?:first|1st) (?:stage|step|phase)\b | pre-?proposals?
        | outline proposals? | concept notes? | short proposals?
    """)),
    (DeadlineKind.STAGE_2, words(r"""
        (?:stage|step|phase)\s(?:2|two)\b | (?:second|2nd) (?:stage|step|phase)\b
        | full (?:project )?(?:proposals?|applications?)
    """)),
    (DeadlineKind.CUT_OFF, words(r"cut-?off")),
)  # fmt: skip

_DATES = DateWords(
    apply=words(r"""
        \bappl(?:y|ications?|icants? (?:can|may|must|should)|ying)\b
        | \bsubmi(?:t|ts|tted|ssions?|tting)\b | ^\W*when\s?: | \bproposals?\b | \bcalls?\b | \bdeadlines?\b
        | \bopen(?:s|ed|ing)?\b | \bclos(?:e|es|ed|ing)\b | \bwindow\b | \bround\b
        | \bproject (?:outlines|ideas)\b | \bhand in\b
        | \bregist(?:er|ration)\b | \bexpressions? of interest\b | \binvited\b | \btender\b | \bentries\b
        | \breceived by\b | \bhanded in\b | \bfeedback\b | \bconsultation\b
    """),
    since=ends(r"""
        from the | from | as of | as from | since | starting(?: on|\sfrom)? | beginning(?: on)? | effective
        | (?:opening|start)(?: date)?(?: is)? | open (?:since|from|on) | not before
    """),
    until=ends(r"""
        (?:until|till|by|before) the | until | till | by | before | no later than | not later than | on or before
        | up to and including
        | through | up to | at the latest(?: by|\son)? | latest(?: by|\son)? | until and including | to
        | (?:and|to) closes?(?: on)?
    """),
    opening=words(r"""
        \bopens?\b | \bopened\b | \bopening\b | \bstart(?:s|ing)? date\b | \blaunch(?:es|ed)?\b
        | \bstarts\b | \bpublished\b(?=\s*$)
    """),
    closing=words(r"""
        \bclos(?:e|es|ed|ing)\b | \bdeadlines?\b | \bends?\b | \bending\b | \bexpir(?:es|ed|y)\b | \bdue\b
        | \bfinal date\b | \blast (?:date|day)\b | \bcut-?off\b | \bend date\b
    """),
    opens_after=begins(r"""
        the submission (?:session|system) is (?:now )?(?:available|open)
        | (?:is|was|marks|sees) the (?:opening|launch|start)
        | the (?:call|portal|window|round|application \w+)\s(?:opens|will open|opened|goes live)
        | (?:opens|opening)\b
    """),
    closes_after=begins(r"""
        (?:is|was|are) the (?:deadline|closing|final|last) | (?:deadline|closing date)\b
        | the (?:call|portal|window|round)\s(?:closes|will close|closed) | at the latest
        | (?:will be|is|are) the last
    """),
    other_before=words(r"""
        information (?:session|day|event) | info[- ]?(?:session|day) | webinar | workshop | \bevent\b
        | brokerage | project(?:s)?\b[^,;:.]{0,40}(?:start|begin|end|finish|complete|run)
        | activit(?:y|ies)\b[^,;:.]{0,40}(?:start|begin|end|finish|take|complet|run)
        | \bprogramme\b[^,;:.]{0,20}(?:runs?|ran|covers|ends|started) | in force | entered into | adopted
        | (?<!call )published | \bupdated | modified | signed | agreement | results?\b | evaluation
        | decisions?\b | notif(?:y|ied|ication) | selected | announced | eligible (?:costs|expenditure)
        | implementation | completed | \bcosts\b[^,;]{0,30}incurred | spent\b | established
        | \bconstructed | \bbuilt\b | questions | \bq ?& ?a\b | clarification | queries | valid\b | duration
        | conference | interviews? | \bmissed\b
        | take(?:s)? place | organised | \bforum\b | transposition
        | (?:grant|project|contract|degree)\b[^,;.]{0,20}\bends? on
        | (?:end|start|completion) dates? of (?:the |all )?(?:projects?|actions?|activities)\b
        | hearing | \bborn\b | previous call | \bdraft\b | correct(?:ed|ion) | \bamend | \bbudget period\b
        | \bfinish\b
    """),
    other_after=begins(r"""
        whichever | (?:in|at|online)\s\w+\s{0,2}$ |
                (?:\w+\s){0,3}(?:be |been |being )?(?:completed|finished|spent|signed|published|adopted|notified|
        announced|built|incurred|implemented)\b | (?:and )?(?:finish|end)\b
        | an? (?:information|info|webinar|workshop|event)
        | [^,;.]{0,30}\b(?:webinar|workshop|info(?:rmation)? (?:day|session))\b
    """),
    slot=ends(r"""
        (?:application|submission)s?\s(?:period|window|phase|round)?(?: runs?|\sis open)?(?: from|
        \sbetween)? | (?:open|submitted|accepted|invited)(?: from|\sbetween)?
    """),
    pot_for=ends(
        r"(?:budget|envelope|ceiling|amount)\b[^.;]{0,60}\b(?:for|in) the (?:period|phase)(?: from|\sbetween)?"
    ),
    turn=words(r"""
        ,\s?(?:which|that|whose|provided)\b | (?<=\w)\s(?:which|whose)\b
        | \bfor (?:projects|activities|costs)\b
    """),
    round_noun=ends(r"round | call | window | period | phase | deadline"),
    start_label=ends(r"start(?:ing)?(?: date)?(?: is)?(?: on)?"),
    moved=words(r"""
        \binstead of\b | \bextended\b | \bpostponed\b | \bmoved\b | \bbrought forward\b | \brescheduled\b
        | \bextends\b
        | \bnot (?:on|until|by)\b
    """),
    moved_from=ends(r"from | not (?:on|until|by) | instead of(?: on)?"),
    kinds=_STAGES,
    carries=words(r"(?:this|that|it|they|these|from|until)\b"),
    more_rounds=words(r"""
        \b(?:second|next|new|further) (?:round|call|cut-?off|window)\b[^.;]{0,30}\b(?:will|follows|
        opens)\b
    """),
    sign_up=words(r"\b(?:regist(?:er|ration)|sign(?:ing)? up|sign-?up|enrol(?:ment|l)?)\b"),
    scheme=words(
        r"\bgrants? | \bfunding | \bappl(?:y|ication|icant) | \bproposals? | \btender | \bcall (?:for|opens|closes)"
    ),
    gathering=words(
        r"info(?:rmation)?[- ]?(?:days?|sessions?) | webinar | workshop | \bevents?\b | conference | training"
    ),
    year_of_round=words(r"""
        \b(?:round|window|call) (?:of |in |for )?20\d\d\b
        | ^\s*in 20\d\d (?:you|the call|the round|applications)\b
    """),
    event=words(r"""
        \b(?:previous|last|earlier|original) (?:\w+ )?(?:round|call|window|deadline|edition)\b
        | \b(?:it|project|action) (?:started|began)\b | \bmember states (?:had to|have to|must|should|shall)\b
        | (?:regist|sign|appl)\w*(?: up)? (?:for|to) (?:the |an? )?(?:\w+ )?(?:webinar|workshop|event|
        info|conference|session|training|course|seminar|masterclass|summit|forum)
    """),
    doubt=words(r"""
        \bexpected\b | \bprovisional | \btentative | \bforeseen\b | \bindicative\b
        | \bplanned\b(?! opening date|\)\s?:)
        | \bsubject to\b | \banticipated\b | \bestimated\b | \blikely\b | \boriginal(?:ly)?\b
        | \bprevious(?:ly)?\b
    """),
    account=words(r"annual accounts | \baudit(?:or)?(?:'s)? (?:report|certificate|statement) | financial statements?"),
    asks=words(r"\bappl(?:y|ication|icant|ying) | \bproposals? | \btender | \bbids?\b"),
)

_MONEY = MoneyWords(
    hedge=ends(r"""
        around | about | approximately | approx\.? | circa | ca\.? | some | nearly | almost
        | (?<!no )(?<!not )more than | over | roughly | an estimated | estimated(?: at)? | close to
        | just under | ~ | in the region of | expected to be | expected
    """),
    nominal=ends(r"""
        around | about | approximately | approx\.? | circa | ca\.? | roughly | an estimated | some | ~
        | in the region of
    """),
    budget_before=words(r"""
        \bbudget\b | \b(?:call|programme|round|topic) (?:offers|provides|has)\b
        | \b(?:call|programme|scheme|tender)\b[^.;,]{0,30}\bworth\s{0,2}$
        | \b(?:call|round|scheme|programme|topic)\b[^.;]{0,60}\boffers\s{0,2}$
        | \bavailable\b | \benvelope\b
        | \ballocat(?:ed|es|ion)\b | \bearmark | \bset aside\b
        | \bfunding (?:pot|amount)\b | \btotal (?:amount|funding|of)\b | \bin total\b | \bmakes?\b
        | \bpot\b | \bceiling\b | \b(?:will|to) invest\b | \bfund of\b | \bfund holds\b
    """),
    budget_after=begins(r"""
        (?:(?:of |in )?(?:eu|erdf|interreg|cef|jtf|esf\+?|european|national|life|horizon)(?: funding| funds?)? )?
        (?:in total )?(?:is|are|will be|has been|have been|was|were)?\s?(?:made |currently )?(?:available|
        allocated|earmarked|set aside|reserved|on offer)
        | from [^,;.]{1,50}\b(?:is|are) (?:available|on offer)
        | call (?:for|to|on)\b
        | (?:will )?go(?:es)? to (?:\w+ )?projects | to (?:the|this) call\b
        | (?:of|in) (?:eu |erdf |interreg )?(?:funding|grants|funds|support)?\s?(?:is|are|has been|
        will be)\s(?:available|allocated|set aside|reserved) | budget\b | (?:in|of) funding available
        | envelope
    """),
    not_budget_before=words(r"""
        \bof which\b[^;.]{0,40}$ | \bout of (?:the|a total of)?\s{0,2}$ | \bincluding\s{0,2}$
        | \b(?:increased|raised|topped up) (?:by|from)\s{0,2}$
    """),
    not_budget=words(r"""
        \bprevious\b | \bproposes\b | \blast year\b | \bearlier\b | \brequested\b | \bawarded\b | \bremaining\b
        | \b(?:for|to) each (?:proposal|project)\b | third part
        | \b(?:supported|funded|selected|approved)\b[^.;]{0,20}\bprojects\b
        | \bsince 20\d\d\b | \bto date\b | \bso far\b
        | \b(?:applications|bids|proposals) (?:for|with|worth|totalling|requesting)\b(?! projects)
        | \bprojects? (?:\w+ )?(?:has|have|with)\b[^.;]{0,25}\bbudgets?
        | \bbudgets? (?:of|for|per) (?:a|an|each|your|every|the individual) (?:\w+[- ]){0,3}
        (?:project|action|proposal)s?\b
        | \b(?:applications|proposals|projects) (?:\w+ ){0,2}(?:submitted|received|selected|approved|supported)\b
        | \bremains\b | own contribution | turnover | project (?:budgets?|costs) | \bminimum\b | \bspent\b
        | \bper (?:round|tranche|topic)\b | \bproject(?:s)? with (?:a )?(?:total )?budgets? | project size
        | de minimis | total (?:eligible )?costs? | \bexpected\b
    """),
    not_budget_after=begins(
        r"[^.;]{0,60}\b(?:separate|another|other|different|sister) (?:topics?|calls?|strands?)\b"
        r" | (?:was |is |has been )?(?:increased|raised|reduced|topped up) (?:to) | (?:is|are|was) at stake"
    ),
    pot=ends(r"(?:the |a |total |overall |indicative |call |available )*budget(?: of|\sis|:)?"),
    most=ends(r"""
        up to | max(?:imum)?\.? (?:grant|funding|eu|erdf|contribution|amount)(?: [\w-]+){0,3}\s?:
        | no (?:larger|higher|greater|bigger) than | not be (?:larger|higher|greater|more) than
        | (?:cannot|can not) exceed | (?:a )?maximum(?: \w+){0,5}?(?: of|\sis|:)? | max\.? | at most | no more than
        | not (?:exceed|exceeding|more than) | (?:does |do |may |must |should |shall |can)?not exceed
        | capped at | limited to
        | (?:maximum|upper) (?:limit|grant|amount|contribution|award)(?: \w+){0,4}(?: of|\sis|:)?
        | ceiling of
    """),
    fixed=ends(r"""
        amount of the grant(?:\sis|:)? | lump[- ]sum(?: grant)?(?: of|\sis|:)?
        | fixed (?:amount|grant|sum|contribution)(?: of|\sis|:)?
        | flat[- ]rate (?:grant|amount)(?: of|\sis|:)? | voucher(?: worth)?(?: of)?
    """),
    least=ends(r"""
        (?:a )?minimum(?: \w+){0,4}(?: of|\sis|:)? | at least | no less than | not less than | min\.?
        | less than | lower than | above | (?<!no )(?<!not )more than
    """),
    per_project=words(r"""
        \bper (?:project|application|proposal|grant|award|consortium|partnership|beneficiary project|
        applicant|request|network|action|third part(?:y|ies)|exhibition|presentation|production|festival|event|film)\b
        | \b(?:each|every|a|one|individual|single) (?:\w+ )?(?:project|proposal|application|grant|
        consortium|network|partnership|applicant|exhibition|presentation|production|festival|film|solution|pilot)\b
    """),
    apiece=ends(r"each"),
    per_other=words(r"\bper (?!(?:year|annum|cent)\b)\w+ | /\s?[a-z] | \b(?:each|every) (?!year|round|call|time)\w+"),
    grant=words(r"""
        \bgrants?\b | \bcontributions?\b | \bsubsid(?:y|ies)\b | \brequest | \breceive | \bobtain
        | \baward | \bsupport\b | \bfunding\b | \bcosts\b | \bvouchers?\b
    """),
    gets=begins(r"""
        (?:can|may) be (?:requested|awarded|granted) | (?:in|of) (?:funding|support|grant|subsidy) | grant
    """),
    not_grant=words(r"""
        own contribution | turnover | project (?:budgets?|costs)
        | total (?:eligible )?(?:project )?(?:costs?|budgets?)
        | \bbudgets? (?:should|must|of|between|from) | estimated | expected | de minimis
        | \bphase\b | \bstage\b | eligible costs (?:of|between|are)
        | small(?:er)?(?:[- ]scale)? (?:\w+ )?(?:project|grant|initiative) | \bpreparat
        | \beach third part | (?<!grant )\bsize\b | \baverage\b | \btypical | \busually\b | \bgenerally\b
    """),
    rate_before=words(r"""
        (?:fund\w*|financ\w*|grant|interventi\w*|support|reimbursement|contribution|aid|erdf|eu|subsidy|maximum)
        \s(?:\w+ )?rates?\b | ^\W*rate\b | \bcovers?\b | \bup to\b | \bfund(?:s|ed|ing)?\b | \bgrants?\b | \bsubsid
        | \bcontribut
        | \breimburs | \bmaximum\b | \bco-?financ | \bintensity\b | \bsupports?\b | \bsubsidised\b
        | \b(?:innovation|research|support|coordination|grants?) actions?\b[^.;]{0,25}(?::|-)\s{0,2}$
    """),
    rate_after=begins(r"""
        (?:of|on) (?:the |all |total |your |its |their |that |this )?(?:\w+\s){0,3}(?:amount|costs?|expenditure|budget|
        investment|project)
        | (?:co-?financing|co-?funding|funding|erdf|eu|grant|subsidy|reimbursement|support)
    """),
    pays=words(r"""
        \bgrants?\b | \bcontributions?\b(?! to) | \bcover(?:s|ed)?\b | reimburs | subsid | \breceive | \bfunds\b
        | \bpays\b
        | \brate\b
    """),
    not_rate_before=words(r"""
        at least | minimum | third part(?:y|ies) | \b(?:annual|success|interest|growth|data|error|vat) rate
        | ^(?![^.;]{0,60}\b(?:grant|contribution|support|fund|rate|financ|subsid|erdf|eu\b|aid|intensity))[^.;]{0,60}
        \b(?:exceed|limited to|capped at)\s{0,2}$
        | own (?:contribution|resources) | \breduc | \bweight | \bsaving
        | pre-?financing | advance | overhead | flat[- ]rate | indirect | remaining | \bother(?: \w+)?\s{0,2}$
        | \bthreshold | \btarget | \bscore | \bincrease | \bdecrease | \bcut(?:s|ting)?\b
        | (?:must|should|to|shall|applicants|partners) (?:contribute|bring|provide|cover|pay)\b
        | co-?finance at | \bown\b
        | \bshare of\b | \bby\s$ | \bvat\b | match(?:ed)? funding
    """),
    not_rate_after=begins(r"""
        (?:(?:is|are|will be) )?paid\b(?! for)
        | [^.;]{0,60}\b(?:should|must|can|may|will|shall) be (?:allocated|used|spent|dedicated|earmarked|set aside)\b
        | [^.;]{0,40}\b(?:are|is|were|was) spent\b | threshold
        | (?:reduction|flat|indirect|pre-?financing|advance|of (?:the )?(?:budget (?:is|will|must)|points|
        score|population|emissions|energy|women|participants|funds|funding|total budget|envelope|grant|
        call budget|staff|households|direct)|less|more|own|match|overhead|weight)
    """),
    round_pot=words(r"""
        \b(?:this|first|second|third|current)\s(?:\w+\s)?(?:round|call|period|tranche|
        window)\b[^,;]{0,25}$
    """),
    ours=ends(r"(?:awards|distributes) of this"),
    of_which=ends(r"of which | of this"),
    for_round=begins(
        r"[^.;,]{0,30}\bfor (?:(?:the|this) (?:first|second|third|current|present)|this)"
        r" (?:call|round|tranche|cut-off|topic|strand)\b"
    ),
    here=words(r"\b(?:this|current) (?:\w+ )?(?:round|call|period|tranche|window|topic)\b"),
    this_round=words(r"""
        \b(?:this|first|second|third|current)\s(?:\w+\s)?(?:round|call|period|tranche|window|topic)\b
        | \b(?:for|in) 20\d\d\b | \btopic(?:'s)? (?:budget|envelope)\b
    """),
    whole_programme=words(r"""
        20\d\d[-/ ]{1,3}20\d\d | until 20\d\d | over (?:\w+|\d+) (?:years|calls|rounds) | \bprogramme\b
        | whole period
    """),
    total=words(r"in total | \btotal\b | overall"),
    share=words(r"""
        of which | \b(?:topic|strand|priority|lot|theme|category|objective|axis)\b
        | \bfor (?:smes?|cities|regions|research|small|large)\b
    """),
    spent=begins(
        r"(?:(?!available|of which|budget|ceiling|can|may)[^.;]){0,120}"
        r"\b(?:(?:was|were|has been|have been|already) (?:requested|awarded|granted|approved))\b"
    ),
    that_is=ends(r"(?:this|that|it) is(?: now)? | total"),
    raised_to=ends(r"(?:increased|raised|reduced|topped up|cut) to"),
    per_year=words(r"per (?:year|annum) | annual | yearly | each year"),
    tranche=words(r"\b20\d\d(?:[-/]20\d\d)?\b | \b(?:round|tranche|topic|lot) \d\b | \bper year\b"),
)

ENGLISH = Tongue(
    day_first=False,
    comma_decimal=False,
    dates=_DATES,
    money=_MONEY,
    allocation=(
        (Allocation.FIRST_COME, words(r"""
            first[- ]come,? first[- ]serve | order of (?:receipt|submission|arrival)
        """)),
        (Allocation.TENDER, words(r"\btender\b | \bcompetitive\b | \branked\b | \branking\b")),
        (Allocation.LOTTERY, words(r"\blottery\b | \bdrawing (?:of )?lots\b | drawn by lot")),
        (Allocation.ROLLING, words(r"\brolling\b | continuously open | open all year | at any time")),
    ),
    flags=(
        (DeadlineKind.ROLLING, words(r"""
            \brolling basis\b | continuously open | no (?:fixed )?(?:deadline|closing date)
            | open all year | permanently open
        """)),
        (DeadlineKind.UNTIL_EXHAUSTED, words(r"""
            (?:until|while|as long as|once)\b[^.;]{0,40}\b(?:funds?|funding|budget|
            money)\b[^.;]{0,30}\b(?:exhausted|spent|lasts?|available|run out|used up|depleted|committed)
        """)),
    ),
)  # fmt: skip


def read_facts(text: str, today: date | None = None) -> Facts:
    """What an English text on a call says for certain."""
    return grammar.read_facts(text, ENGLISH, today)


def read_date(text: str) -> date | None:
    """The day of a text that is one date: "May 20, 2027". None for 12/11/2026, which is two days."""
    return grammar.read_date(text, ENGLISH)


def read_moment(text: str) -> Moment | None:
    """Day and, where written, hour: "22 April 2027 at 17:00 CET"; without a zone, Amsterdam's."""
    return grammar.read_moment(text, ENGLISH)


def read_amount(text: str) -> Decimal | None:
    """Euro of a text that is one exact amount: "EUR 2.5 million"."""
    return grammar.read_amount(text, ENGLISH)


def read_percentage(text: str) -> Decimal | None:
    """Percent of a text that is one percentage."""
    return grammar.read_percentage(text, ENGLISH)
