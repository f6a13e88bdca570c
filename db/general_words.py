"""Words of searching that belong to no opgave: what says nothing of a call, and what things are called in English.

An opgave gives its own words in both languages; these are the ones that any question may hold.
"""

_OF_EVERYTHING = """
    de het een en of van voor met aan bij door in op om te tot uit naar over als die dat is zijn onze ons
    the a an and or of for with at by from to on as that are our
    subsidie subsidies subsidieregeling subsidieregelingen regeling regelingen financiering geld oproep
    grant grants subsidy funding call calls
"""
# Of every call there is, or of every sentence: a question that holds other words is asked without them.
SAYS_NOTHING = frozenset(_OF_EVERYTHING.split())

ALSO_IN_ENGLISH: dict[str, list[str]] = {
    "armoede": ["poverty"],
    "burger": ["citizens", "civic"],
    "bewoner": ["residents", "citizens"],
    "vrouw": ["women"],
    "kind": ["children"],
    "vluchteling": ["refugees"],
    "migratie": ["migration"],
    "vrijwilliger": ["volunteers", "volunteering"],
    "gehandicapte": ["persons with disabilities"],
    "onderzoek": ["research"],
    "kennis": ["knowledge"],
    "bedrijf": ["companies", "businesses"],
    "ondernemer": ["entrepreneurs"],
    "samenwerking": ["cooperation", "collaboration"],
    "landbouw": ["agriculture", "farming"],
    "voedsel": ["food"],
    "lucht": ["air"],
    "zee": ["sea", "marine"],
    "kust": ["coast", "coastal"],
    "rivier": ["rivers"],
    "dorp": ["villages", "rural"],
    "platteland": ["rural"],
    "regio": ["regions", "regional"],
    "buurt": ["neighbourhood"],
    "europees": ["european"],
    "gebouw": ["buildings"],
    "school": ["schools"],
    "batterij": ["batteries"],
    "opslag": ["storage"],
    "gegevens": ["data"],
    "veerkrachtig": ["resilient"],
    "duurzaam": ["sustainable"],
    "ruimtelijk": ["spatial"],
    "stedelijk": ["urban"],
    "taal": ["language"],
    "sport": ["sports"],
    "auto": ["cars", "vehicles"],
    "bus": ["buses", "coaches"],
    "weg": ["roads"],
    "brug": ["bridges"],
    "schip": ["ships", "vessels"],
}
