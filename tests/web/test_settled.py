"""What a server keeps is set aside once, after its first pages."""

from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from tracker.web.frame.settled import ENOUGH, Settled


def test_what_stays_is_set_aside_once_after_the_first_answers() -> None:
    times: list[int] = []
    app = Settled(PlainTextResponse("goed"), lambda: times.append(app.answers))
    visitor = TestClient(app)
    for _ in range(ENOUGH - 1):
        visitor.get("/")
    assert not times
    for _ in range(2 * ENOUGH):
        assert visitor.get("/").text == "goed"
    assert len(times) == 1
