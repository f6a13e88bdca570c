"""Forms: what was typed becomes a checked model, or Dutch messages by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar, get_origin

from pydantic import AfterValidator, BaseModel, Field, ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import ImmutableMultiDict

from db.vocabulary import Visibility
from tracker.calls.typed_values import moment
from tracker.errors import NotAMoment, Refused

M = TypeVar("M", bound=BaseModel)
WAS = "was:"  # before a field's name: what stood there when the page was made
Errors = dict[str, str]
Text = Annotated[str, Field(max_length=20_000)]


def _on_one_line(text: str) -> str:
    """A name with a line break in it would make a line of its own in a mail or a file."""
    return " ".join(text.splitlines())


OneLine = AfterValidator(_on_one_line)
Line = Annotated[str, Field(max_length=300), OneLine]


def _offered(level: Visibility) -> Visibility:
    if level == Visibility.PUBLIC:
        raise ValueError("Openbaar maken kan hier niet; wel met een publicatie in het KennisHuis, door twee mensen.")
    return level


def _own_or_region(level: Visibility) -> Visibility:
    if level not in (Visibility.OWN, Visibility.REGION):
        raise ValueError("Kies uw eigen organisatie of de regio.")
    return level


Sharing = Annotated[Visibility, AfterValidator(_offered)]  # for whom something is, as far as it is offered
ForWhom = Annotated[Visibility, AfterValidator(_own_or_region)]  # of what hangs on no dossier, which has a group

# Pydantic's error types in the words of a form; anything else is "Dit is niet goed ingevuld."
MESSAGES = {
    "missing": "Vul dit veld in.",
    "string_too_short": "Vul dit veld in.",
    "string_too_long": "Dit is te lang: ten hoogste {max_length} tekens.",
    "string_pattern_mismatch": "Dit heeft niet de juiste vorm.",
    "int_parsing": "Vul een heel getal in.",
    "int_type": "Vul een heel getal in.",
    "decimal_parsing": "Vul een bedrag in, zoals 25.000 of 25.000,50.",
    "greater_than_equal": "Dit moet ten minste {ge} zijn.",
    "greater_than": "Dit moet meer dan {gt} zijn.",
    "less_than_equal": "Dit mag ten hoogste {le} zijn.",
    "date_from_datetime_parsing": "Vul een datum in, zoals 27-10-2026.",
    "date_parsing": "Vul een datum in, zoals 27-10-2026.",
    "date_type": "Vul een datum in, zoals 27-10-2026.",
    "time_parsing": "Vul een tijd in, zoals 17:00.",
    "enum": "Kies een van de mogelijkheden.",
    "literal_error": "Kies een van de mogelijkheden.",
    "too_long": "Kies er ten hoogste {max_length}.",
    "too_short": "Kies er ten minste {min_length}.",
    "extra_forbidden": "Dit veld hoort niet in dit formulier.",
}


MOST_NUMBER, MOST_AMOUNT = 2**31 - 1, Decimal(10**13)  # what the columns of both databases hold
YEARS = range(1900, 2200)  # 0206 is a slip of the keyboard, and no day can be counted back from the first there is


DAYS = (date, date | None)
REFUSED = 422


@dataclass(frozen=True)
class FormState:
    """What a form brought and what is wrong with it; empty on a page that was only asked for."""

    typed: ImmutableMultiDict[str, Any]
    errors: Errors
    status: int = 200


EMPTY_FORM = FormState(ImmutableMultiDict(), {})


@dataclass(frozen=True)
class Held:
    """What a field shows, and what is to be said of it."""

    value: Any
    note: str = ""


def held_against(typed: Mapping[str, Any], name: str, now: Any) -> Held:
    """What a field shows that comes back: what was typed, or what stands now where the person did not touch it.

    So a second press never undoes what somebody else changed in between; where both changed it, both are shown.
    """
    mine, was = typed.get(name), typed.get(WAS + name)
    if mine is None or was is None:
        return Held(now if mine is None else mine)
    before, theirs, ours = _bare(was), _bare(now), _bare(mine)
    if ours in (before, theirs):
        return Held(now, "Net gewijzigd door iemand anders." if before != theirs and ours == before else "")
    if before == theirs:
        return Held(mine)
    return Held(mine, f"Iemand anders maakte hiervan: {theirs or 'leeg'}. Bewaart u, dan geldt wat hier staat.")


def ticked(typed: ImmutableMultiDict[str, Any], name: str, now: Iterable[Any]) -> list[str]:
    """The same for boxes: what stands now, with what the person ticked and without what the person cleared."""
    there = [str(value) for value in now]
    if WAS + name not in typed:
        return list(typed.getlist(name)) if name in typed else there
    was, mine = set(str(typed[WAS + name]).split()), set(typed.getlist(name))
    return sorted((set(there) | (mine - was)) - (was - mine))


def of_row(typed: ImmutableMultiDict[str, Any], row: object = "") -> ImmutableMultiDict[str, Any]:
    """What was typed in the form of this row, of several equal ones on a page; nothing where it was another's."""
    return typed if typed.get("about_row", "") == str(row) else EMPTY_FORM.typed


def _bare(value: Any) -> str:
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


class InvalidForm(Refused):
    """A form with one or more fields that are not right."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(" ".join(errors.values()))
        self.wrong = errors

    @property
    def errors(self) -> Errors:
        """The sentence for each."""
        return self.wrong


class SeenForm(BaseModel):
    """The version of a row that the person had in front of them."""

    seen: int


def checked(model: type[M], typed: ImmutableMultiDict[str, Any]) -> M:
    """As ``filled``, for a form that is refused as a whole: raises InvalidForm."""
    form, errors = filled(model, typed)
    if form is None:
        raise InvalidForm(errors)
    return form


def filled(model: type[M], typed: ImmutableMultiDict[str, Any]) -> tuple[M | None, Errors]:
    """The checked model and no errors, or none and a message for each field that is not right.

    Fields that the model does not know are ignored; empty text counts as not filled in.
    """
    try:
        form = model.model_validate(_gathered(model, typed))
    except ValidationError as error:
        return None, {_field(e): message(e) for e in reversed(error.errors())}
    errors = _too_large(form) | _odd_years(form)
    return (None if errors else form), errors


def _too_large(form: BaseModel) -> Errors:
    limits = {int: MOST_NUMBER, Decimal: MOST_AMOUNT}
    limited = {name: (value, limits.get(type(value))) for name, value in form}
    too_large = {name: most for name, (value, most) in limited.items() if most is not None and abs(value) > most}
    return {name: MESSAGES["less_than_equal"].format(le=most) for name, most in too_large.items()}


def _odd_years(form: BaseModel) -> Errors:
    odd = [name for name, value in form if isinstance(value, date) and value.year not in YEARS]
    return dict.fromkeys(odd, f"Kijk het jaar na: {YEARS[0]} tot en met {YEARS[-1]}.")


def asked_for(
    model: type[M], query: ImmutableMultiDict[str, Any], known: Iterable[str] = ()
) -> tuple[M | None, Errors]:
    """As ``filled``, for the query string of a page: an unknown name is an error too, so that no filter is lost.

    ``known`` names what the page itself reads from the address.
    """
    ours = {*model.model_fields, *known, "gedaan"}
    strangers = {name: MESSAGES["extra_forbidden"] for name in query if name not in ours}
    form, errors = filled(model, query)
    return (None if strangers else form), {**errors, **strangers}


def _gathered(model: type[BaseModel], typed: ImmutableMultiDict[str, Any]) -> dict[str, Any]:
    gathered: dict[str, Any] = {}
    for name, info in model.model_fields.items():
        values = [v for v in typed.getlist(name) if not isinstance(v, str) or v.strip()]
        several = get_origin(info.annotation) in (tuple, list, set, frozenset)
        if several and name in typed:
            gathered[name] = values
        elif values:
            gathered[name] = _typed_day(values[-1]) if info.annotation in DAYS else values[-1]
    return gathered


def _typed_day(text: Any) -> Any:
    """A day as people type it where the browser has no field for dates; what is none is left for its message."""
    try:
        typed = moment(text) if isinstance(text, str) else None
    except NotAMoment:
        return text
    return typed.day if typed and typed.hour is None else text


def _field(error: ErrorDetails) -> str:
    return str(error["loc"][0]) if error["loc"] else ""


def message(error: ErrorDetails) -> str:
    """One Dutch sentence for one of pydantic's errors; our own ValueErrors are Dutch already."""
    if error["type"] == "value_error":  # that of an address comes from a library, in English
        return str(error.get("ctx", {}).get("error", "Vul een geldig e-mailadres in, zoals naam@gemeente.nl."))
    return MESSAGES.get(error["type"], "Dit is niet goed ingevuld.").format(**error.get("ctx", {}))
