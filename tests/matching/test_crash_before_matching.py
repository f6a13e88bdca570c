"""A crawl is stored and matched in two steps; a process that dies between or within them costs nothing but a round."""

import os
import signal
import subprocess
import sys
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, func, select

from db.models import Call, Crawl, Match
from db.session import writing
from tests.conftest import ROOT
from tests.matching.test_run import WORDS, by_words
from tracker.challenges.agenda import load_agendas
from tracker.matching.run import MatchingResult, match_calls

CRAWL_AND_DIE = """
import os, signal, sys
from db.session import open_engine
from tests.conftest import NOW
from tests.make.crawls import make_crawled, make_listing
from tests.matching.test_run import WORDS, by_words
from tracker.matching import run
from tracker.sources.rounds import store
engine = open_engine(sys.argv[1])
run.BATCH = 2
store(engine, make_crawled([make_listing(n, title=f"Circulaire bouw {n}") for n in range(6)], NOW), NOW)
run.match_calls(engine, WORDS, by_words, NOW, progress=lambda done, of: os.kill(os.getpid(), signal.SIGKILL))
"""


def test_the_next_round_matches_what_a_killed_one_left(engine: Engine, database_url: str, now: datetime) -> None:
    with writing(engine) as session:
        load_agendas(session)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    died = subprocess.run([sys.executable, "-c", CRAWL_AND_DIE, database_url], env=environment, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    with Session(engine) as session:
        assert session.exec(select(func.count()).select_from(Call)).one() == 6
        assert session.exec(select(Crawl.complete)).one()
        assert len(set(session.exec(select(Match.call_id)))) == 2, "one batch was stored whole"
    assert match_calls(engine, WORDS, by_words, now).calls == 4
    assert match_calls(engine, WORDS, by_words, now) == MatchingResult(0, 0)
    with Session(engine) as session:
        assert len(set(session.exec(select(Match.call_id)))) == 6
