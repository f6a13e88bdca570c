"""Reading facts from text: find dates and amounts, ask what each means, settle what is certain.

``find`` (dates, amounts) -> ``cut`` (sentences) -> ``meanings`` (classifier) -> ``doors``, ``money`` (what it comes to)
-> ``read.read_facts``. The words are data (scrapers/words), and so are the weights.
"""
