"""The addresses of the account to councils."""

from tracker.web.account import accounts, goals, programme, reports
from tracker.web.frame.route import COORDINATOR, READER, Route

ROUTES: list[Route] = [
    # account to councils
    Route("GET", "/verantwoording", accounts.region, READER),
    Route("GET", "/verantwoording/pdf", accounts.region_pdf, READER),
    Route("GET", "/verantwoording/excel", accounts.region_excel, READER),
    Route("GET", "/verantwoording/opgaven/{challenge_id}", accounts.challenge, READER),
    Route("GET", "/verantwoording/opgaven/{challenge_id}/pdf", accounts.challenge_pdf, READER),
    Route("GET", "/verantwoording/opgaven/{challenge_id}/excel", accounts.challenge_excel, READER),
    Route("GET", "/verantwoording/deelnemers/{participant_id}", accounts.participant, READER),
    Route("GET", "/verantwoording/deelnemers/{participant_id}/pdf", accounts.participant_pdf, READER),
    Route("GET", "/verantwoording/deelnemers/{participant_id}/excel", accounts.participant_excel, READER),
    Route("GET", "/verantwoording/deelregios/{subregion}", accounts.subregion, READER),
    Route("GET", "/verantwoording/deelregios/{subregion}/pdf", accounts.subregion_pdf, READER),
    Route("GET", "/verantwoording/deelregios/{subregion}/excel", accounts.subregion_excel, READER),
    Route("GET", "/verantwoording/verslagen", reports.index, READER),
    Route("GET", "/verantwoording/verslagen.{form:file}", reports.as_file, READER),
    Route("POST", "/verantwoording/verslagen", reports.keep, COORDINATOR),
    Route("GET", "/verantwoording/verslagen/{report_id:id}", reports.show, READER),
    Route("GET", "/verantwoording/verslagen/{report_id:id}/pdf", reports.as_pdf, READER),
    Route("GET", "/verantwoording/verslagen/{report_id:id}.{form:file}", reports.rows_as_file, READER),
    Route("POST", "/verantwoording/verslagen/{report_id:id}/weg", reports.remove, COORDINATOR),
    Route("GET", "/verantwoording/opgaven/{challenge_id}/doelen", goals.new, COORDINATOR),
    Route("POST", "/verantwoording/opgaven/{challenge_id}/doelen", goals.add, COORDINATOR),
    Route("GET", "/verantwoording/doelen/{goal_id:id}", goals.edit, COORDINATOR),
    Route("POST", "/verantwoording/doelen/{goal_id:id}", goals.change, COORDINATOR),
    Route("POST", "/verantwoording/doelen/{goal_id:id}/waarden", goals.add_value, COORDINATOR),
    Route("POST", "/verantwoording/doelen/{goal_id:id}/beeindigen", goals.end, COORDINATOR),
    Route("GET", "/programmas/{code}.{form:file}", programme.as_file, READER),
    Route("GET", "/programmas/{code}", programme.show, READER),
]
