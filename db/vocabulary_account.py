"""The words of the account to councils: what is counted in it."""

from db.vocabulary import Word


class Figure(Word):
    """What the account counts, in the order of the work."""

    SEEN = "seen", "regelingen gezien"
    JUDGED = "judged", "regelingen beoordeeld"
    APPLIED = "applied", "aanvragen ingediend"
    WON = "won", "aanvragen toegekend"
    LOST = "lost", "aanvragen afgewezen"
    RECEIVED = "received", "betalingen ontvangen"
    OWN_MONEY = "own_money", "eigen bijdragen toegezegd"
    TAKEN_OVER = "taken_over", "verzoeken overgenomen"
    PARTLY = "partly", "verzoeken deels overgenomen"
    NOT = "not", "verzoeken niet overgenomen"
    KEPT = "kept", "toezeggingen nagekomen"
    BROKEN = "broken", "toezeggingen niet nagekomen"


IN_EUROS = frozenset({Figure.APPLIED, Figure.WON, Figure.RECEIVED, Figure.OWN_MONEY})


class Part(Word):
    """Which part of a calendar year an account is about."""

    YEAR = "jaar", "heel jaar"
    H1 = "h1", "eerste helft"
    H2 = "h2", "tweede helft"
    Q1 = "k1", "eerste kwartaal"
    Q2 = "k2", "tweede kwartaal"
    Q3 = "k3", "derde kwartaal"
    Q4 = "k4", "vierde kwartaal"


class ProposalState(Word):
    """Where a text stands that somebody brought in for a visie."""

    OPEN = "open", "voorgesteld"
    TAKEN = "taken", "overgenomen"
    DECLINED = "declined", "niet overgenomen"
    WITHDRAWN = "withdrawn", "ingetrokken"
