"""The addresses of opgaven and verdicts."""

from tracker.web.challenges import detail, index, judge, lessons, new, results, team
from tracker.web.frame.route import COORDINATOR, FUNDRAISER, READER, Route

ROUTES: list[Route] = [
    Route("GET", "/beoordelen", judge.queue, FUNDRAISER),
    Route("POST", "/regelingen/{call_id:id}/oordeel", judge.say, FUNDRAISER),
    Route("POST", "/oordelen/{verdict_id:id}/ongedaan", judge.take_back, FUNDRAISER),
    Route("GET", "/beoordelen/geleerd", lessons.show, FUNDRAISER),
    Route("POST", "/beoordelen/geleerd/terugzetten", lessons.reset, FUNDRAISER),
    Route("GET", "/beoordelen/gesloten", lessons.closed, FUNDRAISER),
    Route("POST", "/regelingen/{call_id:id}/les", lessons.say, FUNDRAISER),
    Route("POST", "/lessen/{lesson_id:id}/ongedaan", lessons.take_back, FUNDRAISER),
    # opgaven
    Route("GET", "/opgaven", index.index, READER),
    Route("GET", "/opgaven.{form:file}", index.as_file, READER),
    Route("GET", "/opgaven/witte-vlekken", index.white_spots, READER),
    Route("GET", "/opgaven/nieuw", new.new, COORDINATOR),
    Route("POST", "/opgaven/nieuw", new.save, COORDINATOR),
    Route("POST", "/opgaven/nieuw/proef", new.preview, COORDINATOR, looks=True),
    Route("GET", "/opgaven/{challenge_id}", detail.show, READER),
    Route("GET", "/opgaven/{challenge_id}/resultaat", results.show, READER),
    Route("GET", "/opgaven/{challenge_id}/wijzigen", detail.edit, COORDINATOR),
    Route("POST", "/opgaven/{challenge_id}/wijzigen", detail.save, COORDINATOR),
    Route("POST", "/opgaven/{challenge_id}/proef", detail.preview, COORDINATOR, looks=True),
    Route("GET", "/opgaven/{challenge_id}/team", team.team_page, COORDINATOR),
    Route("POST", "/opgaven/{challenge_id}/team", team.save_team, COORDINATOR),
    Route("POST", "/opgaven/{challenge_id}/leesbeurt", team.set_turn, COORDINATOR),
]
