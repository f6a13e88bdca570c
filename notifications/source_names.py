"""How people call the sources, on screen and in mail; commands and settings name them as the code does."""

NAMES = {
    "eu_portal": "EU-portaal",
    "rvo": "RVO",
    "rvo_news": "RVO, nieuws",
    "flevoland": "Provincie Flevoland, productencatalogus",
    "bekendmakingen_sru": "Bekendmakingen (zoekdienst)",
    "dus_i": "DUS-I",
    "dut": "Driving Urban Transitions",
    "elena": "ELENA (Europese Investeringsbank)",
    "eui": "European Urban Initiative",
    "euroaccess": "EuroAccess",
    "urbact": "URBACT",
    "have_your_say": "Geef uw mening (Europese Commissie)",
    "interreg_north_sea": "Interreg Noordzee",
    "interreg_nwe": "Interreg Noordwest-Europa",
    "jtf_ijmond": "JTF IJmond",
    "mondriaan_fonds": "Mondriaan Fonds",
    "nwo": "NWO",
    "zonmw": "ZonMw",
    "cvdr": "Lokale wet- en regelgeving",
    "kansen_voor_west": "Kansen voor West",
    "tweede_kamer": "Tweede Kamer",
    "handmatig": "met de hand",
    "correctie": "correctie",
}


def source_name(name: str) -> str:
    """A source that has no name of its own here is called as its code, in words."""
    return NAMES.get(name, name.replace("_", " ").capitalize())
