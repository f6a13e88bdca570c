"""What a handler gets to see of one request, and how it answers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel
from sqlmodel import Session, SQLModel
from starlette.convertors import Convertor, register_url_convertor
from starlette.datastructures import FormData, Headers, QueryParams
from starlette.responses import HTMLResponse, RedirectResponse, Response

from db.models import AuditEntry, User
from db.queries import Viewer
from db.reach import Reach, reach_of
from db.rights import has_role
from db.vocabulary import Role
from db.vocabulary_audit import Action
from tracker.clock import Now
from tracker.errors import NotFound
from tracker.exchange.tables import as_csv, as_json, as_xlsx
from tracker.rights import Deed
from tracker.web.frame.forms import FormState, InvalidForm, asked_for
from tracker.web.frame.site import Site

M = TypeVar("M", bound=SQLModel)
F = TypeVar("F", bound=BaseModel)
KEPT = "X-Kept"  # between a handler and the door: this page answers a deed that was done
# How a list leaves: for Excel, as a CSV file that a Dutch Excel opens unharmed, and for programs.
FILES: dict[str, tuple[Callable[[Iterable[dict[str, Any]], str, Sequence[str]], bytes], str]] = {
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "json": (as_json, "application/json"),
}


@dataclass(frozen=True)
class Signed:
    """Who is signed in: the person, the session's id, and the token that forms carry."""

    user: User
    session_id: int
    csrf: str


@dataclass(frozen=True)
class RequestContext:
    """One request: what was sent, its body already read within limits; who sent it, when, and the open transaction.

    How to add a page:

    1. Write ``def show(request: RequestContext) -> Response`` in a module of tracker/web named for the page: parse,
       ask, render; at most 25 lines.
    2. Put it on the list in the addresses.py of its wing with its Dutch path and the lowest role that may come
       (``None``: everybody, also signed out). Who is not signed in is sent to the sign-in page, whose role is too
       low gets the 404 of a page that does not exist. tests/web/test_rights.py fails until the route is in its matrix.
    3. Render with ``request.page("mypage/show.html", **context)``; the template extends ``base.html``. Every template
       has ``me`` (the User or None), ``viewer``, ``csrf``, ``now``, ``today``, ``path``, ``may_add`` (who is more
       than a reader), ``may_coordinate``, and the filters of notifications.wording.
    4. A GET gets a session that cannot write; a POST one whose transaction commits when the handler returns, and
       rolls back when it raises. A POST ends in ``request.to("/pad", done="bewaard")``, a 303.
    5. A page with forms is a ``PageOf``; ``@page.form(Model)`` above a function makes it the handler of a form. What is
       not right with a field, or is refused, is shown with what was typed still there. Every POST form holds
       ``{{ ui.token(csrf) }}``. One that changes a row says what was seen of it: a hidden ``seen`` with the row's
       version, or ``tracker.versions.stand`` of rows without one; fields by the macros of ui keep what others changed.
    6. A private thing is found with ``db.rights.visible(request.viewer, Model)`` in the query; what is not found raises
       ``tracker.errors.NotFound``, the same 404 as for what does not exist.
    """

    site: Site
    method: str
    path: str
    params: dict[str, Any]
    query: QueryParams
    form: FormData
    headers: Headers
    origin: str
    session: Session
    now: Now
    viewer: Viewer
    signed: Signed | None = None
    cookies: Mapping[str, str] = field(default_factory=dict)
    around: Callable[[], Mapping[str, Any]] = dict  # csrf, and what of the application needs a person
    answer_headers: dict[str, str] = field(default_factory=lambda: {"Cache-Control": "no-store"})

    @property
    def user(self) -> User:
        """The person; only for routes that ask for a role."""
        assert self.signed is not None
        return self.signed.user

    @property
    def deed(self) -> Deed:
        """This person's, now, in this transaction; only for routes that ask for a role."""
        return Deed(self.session, self.user, self.now.instant)

    @property
    def reach(self) -> Reach:
        """Whose money can land where this person works."""
        return reach_of(self.viewer, self.now.today)

    def named(self, table: type[M], param: str) -> M:
        """The row that the address names, or NotFound."""
        row = self.session.get(table, self.params[param])
        if row is None:
            raise NotFound
        return row

    def read_query(self, model: type[F]) -> F:
        """The query string as a checked model; the door answers a filter that is not right with a page that says so."""
        query, errors = asked_for(model, self.query)
        if query is None:
            raise InvalidForm(errors)
        return query

    @property
    def partial(self) -> bool:
        """Whether htmx asks, and a part of the page is enough."""
        return self.headers.get("hx-request") == "true"

    def page(
        self, template: str, status: int = 200, block: str | None = None, state: FormState | None = None, **context: Any
    ) -> Response:
        """Render a template, or only one block of it; ``state``: of the form on it."""
        if state is not None:
            status, context = state.status, {"typed": state.typed, "errors": state.errors, **context}
        full = {
            "me": self.signed.user if self.signed else None,
            "now": self.now.instant,
            "today": self.now.today,
            "reach": self.reach,
            "may_add": has_role(self.viewer, Role.FUNDRAISER),
            "may_coordinate": has_role(self.viewer, Role.COORDINATOR),
            "may_administer": has_role(self.viewer, Role.ADMINISTRATOR),
            "path": self.path,
            "done": self.query.get("gedaan", ""),
            "demo": self.site.demo,
            **self.around(),
            **context,
        }
        return HTMLResponse(self.site.render(template, full, block), status, headers=self.answer_headers)

    def told_once(self, template: str, **context: Any) -> Response:
        """A page that answers a deed and says what no other page will say again, such as a secret address."""
        answer = self.page(template, **context)
        answer.headers[KEPT] = "yes"
        return answer

    def file(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
        """A list as the file that the address asks for, or as a workbook; its columns stand in it also without rows."""
        form = self.params.get("form", "xlsx")
        write, media_type = FILES[form]
        records = (dict(zip(columns, row, strict=True)) for row in rows)
        return self.download(f"{name}.{form}", write(records, name, columns), media_type)

    def download(self, name: str, content: bytes, media_type: str = "application/pdf") -> Response:
        """A file to keep under this name, which stays in no cache."""
        headers = {"Content-Disposition": f'attachment; filename="{name}"', **self.answer_headers}
        return Response(content, media_type=media_type, headers=headers)

    def record(
        self,
        action: Action,
        object_: str,
        result: str = "done",
        by: User | None = None,
        dossier_id: int | None = None,
    ) -> None:
        """Add a line to the audit log: what this person did, never a secret, never a name.

        The object reads as ``user 4`` or ``call 71``. ``by``: who acts by
        a link from a mail. A form that stores something and says nothing gets the line of tracker/web/frame/deeds.py.
        """
        actor = by or (self.signed.user if self.signed else None)
        self.session.add(
            AuditEntry(
                at=self.now.instant,
                actor=f"user {actor.id}" if actor else "anonymous",
                action=action,
                object=object_,
                result=result,
                origin=self.origin,
                participant_id=actor.participant_id if actor else None,
                dossier_id=dossier_id or self.params.get("dossier_id"),
            )
        )

    def to(self, path: str, done: str = "") -> Response:
        """A 303 to a page of ours, which then says what was done (a key of pages.DONE)."""
        mark = f"{'&' if '?' in path else '?'}gedaan={done}" if done else ""
        target, hash_sign, anchor = path.partition("#")
        return RedirectResponse(target + mark + hash_sign + anchor, 303, headers=self.answer_headers)


Handler = Callable[[RequestContext], Response]


class RowId(Convertor[int]):
    """A row's id in a path: at most nine digits, so that it fits every database."""

    regex = "[0-9]{1,9}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


class FileForm(Convertor[str]):
    """As what a list is asked for, at the end of its address."""

    regex = "|".join(FILES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("id", RowId())
register_url_convertor("file", FileForm())
