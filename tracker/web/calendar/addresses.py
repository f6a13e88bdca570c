"""The addresses of the calendar."""

from tracker.web.calendar import bodies, decision_clock, feeds, index, pictures, year_plan
from tracker.web.frame.route import COORDINATOR, FUNDRAISER, PUBLIC, READER, Route

ROUTES: list[Route] = [
    # kalender
    Route("GET", "/kalender", index.index, READER),
    Route("GET", "/kalender.{form:file}", index.as_file, READER),
    Route("GET", "/kalender/beelden", pictures.show, READER),
    Route("GET", "/regelingen/{call_id:id}/klok", decision_clock.ask, READER),
    Route("POST", "/regelingen/{call_id:id}/klok", decision_clock.keep, FUNDRAISER),
    Route("GET", "/kalender/klok/{clock_id:id}", decision_clock.show, READER),
    Route("POST", "/kalender/klok/{clock_id:id}/herplannen", decision_clock.plan_again, FUNDRAISER),
    Route("POST", "/mijlpalen/{milestone_id:id}", decision_clock.change, FUNDRAISER),
    Route("POST", "/termijnen/{deadline_id:id}/toewijzen", decision_clock.assign, FUNDRAISER),
    Route("GET", "/termijnen/{deadline_id:id}.ics", feeds.one, READER),
    Route("GET", "/kalender/vergaderingen", bodies.index, READER),
    Route("GET", "/kalender/vergaderingen/{body_id}", bodies.body_page, READER),
    Route("POST", "/kalender/vergaderingen/{body_id}", bodies.change, COORDINATOR),
    Route("POST", "/kalender/vergaderingen/{body_id}/data", bodies.add_meeting, COORDINATOR),
    Route("GET", "/kalender/vergaderingen/{body_id}/jaarplanning", year_plan.page, COORDINATOR),
    Route("POST", "/kalender/vergaderingen/{body_id}/jaarplanning", year_plan.bring, COORDINATOR),
    Route("POST", "/kalender/jaarplanning/{plan_id:id}/weg", year_plan.withdraw, COORDINATOR),
    Route("POST", "/kalender/vergadering/{meeting_id:id}/vervalt", bodies.cancel_meeting, COORDINATOR),
    Route("POST", "/kalender/vergadering/{meeting_id:id}/weg", bodies.remove_meeting, COORDINATOR),
    Route("POST", "/kalender/reces", bodies.add_period, COORDINATOR),
    Route("POST", "/kalender/reces/{period_id:id}/weg", bodies.remove_period, COORDINATOR),
    Route("GET", "/kalender/abonneren", feeds.show, READER),
    Route("POST", "/kalender/abonneren", feeds.make, READER),
    Route("POST", "/kalender/abonneren/{feed_id:id}/vernieuwen", feeds.renew, READER),
    Route("POST", "/kalender/abonneren/{feed_id:id}/stoppen", feeds.revoke, READER),
    Route("GET", "/kalender/feed/{token}.ics", feeds.read, PUBLIC),  # calendar programs have no cookie
]
