"""The addresses of applications."""

from tracker.web.applications import applications, board, settlement, sheet
from tracker.web.frame.route import FUNDRAISER, READER, Route

ROUTES: list[Route] = [
    # aanvragen
    Route("GET", "/aanvragen", board.board, READER),
    Route("GET", "/aanvragen.{form:file}", board.as_file, READER),
    Route("GET", "/aanvragen/inlezen", sheet.page, FUNDRAISER),
    Route("POST", "/aanvragen/inlezen", sheet.bring, FUNDRAISER),
    Route("GET", "/aanvragen/cofinanciering", applications.guard, READER),
    Route("POST", "/aanvragen/cofinanciering", applications.set_room, FUNDRAISER),
    Route("GET", "/aanvragen/{dossier_id:id}", applications.application, READER),
    Route("POST", "/aanvragen/{dossier_id:id}/fase", applications.move, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/penvoerder", applications.set_lead, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/trekker", applications.entrust, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/geld", applications.set_money, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/bijdragen", applications.promise, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/partners", applications.add_partner, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/go", applications.decide_go, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/besluit", applications.decide, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/les", applications.learn, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/klok", applications.count_back, FUNDRAISER),
    Route("POST", "/aanvragen/cofinanciering/{promise_id:id}/akkoord", applications.agree, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/begroting", settlement.add_budget_line, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/begroting/{line_id:id}/weg", settlement.withdraw_budget_line, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/taken", settlement.add_task, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/taken/{task_id:id}", settlement.change_task, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/taken/{task_id:id}/klaar", settlement.tick_task, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/betalingen", settlement.expect, FUNDRAISER),
    Route("POST", "/aanvragen/{dossier_id:id}/betalingen/{instalment_id:id}", settlement.receive, FUNDRAISER),
]
