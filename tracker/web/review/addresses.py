"""The addresses of the review meeting."""

from tracker.web.frame.route import FUNDRAISER, Route
from tracker.web.review import review

POINT = "/overleg/{review_id:id}/punten/{number:id}"

ROUTES: list[Route] = [
    Route("GET", "/overleg", review.page, FUNDRAISER),
    Route("POST", "/overleg", review.begin, FUNDRAISER),
    Route("POST", "/overleg/punten", review.add_action, FUNDRAISER),
    Route("GET", "/overleg/{review_id:id}", review.minutes_page, FUNDRAISER),
    Route("POST", "/overleg/{review_id:id}/verversen", review.refresh, FUNDRAISER),
    Route("POST", "/overleg/{review_id:id}/afsluiten", review.end, FUNDRAISER),
    Route("GET", POINT, review.point_page, FUNDRAISER),
    Route("POST", f"{POINT}/besluit", review.decide, FUNDRAISER),
    *(Route("POST", f"{POINT}/{word}", deed, FUNDRAISER) for word, deed in review.DEEDS.items()),
]
