"""The addresses of the KennisHuis, and of what is public of it."""

from tracker.web.frame.route import COORDINATOR, FUNDRAISER, PUBLIC, READER, Route
from tracker.web.knowledge import public, publications, trends

ONE = "/kennishuis/{publication_id:id}"
PUBLIC_ONE = "/openbaar/publicaties/{publication_id:id}"

ROUTES: list[Route] = [
    # kennishuis
    Route("GET", "/kennishuis", publications.index, READER),
    Route("GET", "/kennishuis.{form:file}", publications.as_file, READER),
    Route("GET", "/kennishuis/nieuw", publications.new, FUNDRAISER),
    Route("POST", "/kennishuis/nieuw", publications.create, FUNDRAISER),
    Route("GET", "/kennishuis/ontwikkelingen", trends.show, READER),
    Route("GET", "/kennishuis/ontwikkelingen.{form:file}", trends.as_file, READER),
    Route("GET", ONE, publications.show, READER),
    Route("GET", f"{ONE}/bestand", publications.fetch, READER),
    Route("GET", f"{ONE}/bijwerken", publications.edit, FUNDRAISER),
    Route("POST", f"{ONE}/bijwerken", publications.change, FUNDRAISER),
    Route("POST", f"{ONE}/intrekken", publications.withdraw, FUNDRAISER),
    Route("POST", f"{ONE}/verbanden", publications.link, FUNDRAISER),
    Route("POST", f"{ONE}/verbanden/{{link_id:id}}/weg", publications.unlink, FUNDRAISER),
    Route("POST", f"{ONE}/openbaar", publications.propose, FUNDRAISER),
    Route("POST", f"{ONE}/niet-openbaar", publications.take_down, FUNDRAISER),
    Route("POST", f"{ONE}/vrijgaven/{{release_id:id}}/bevestigen", publications.confirm, COORDINATOR),
    Route("POST", f"{ONE}/vrijgaven/{{release_id:id}}/vervallen", publications.drop, FUNDRAISER),
    # voor iedereen
    Route("GET", "/openbaar", public.index, PUBLIC),
    Route("GET", "/openbaar.atom", public.atom, PUBLIC),
    Route("GET", "/openbaar/catalogus.ttl", public.as_turtle, PUBLIC),
    Route("GET", "/openbaar/catalogus.jsonld", public.as_json_ld, PUBLIC),
    Route("GET", PUBLIC_ONE, public.show, PUBLIC),
    Route("GET", f"{PUBLIC_ONE}/bestand", public.fetch, PUBLIC),
]
