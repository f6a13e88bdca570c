"""Which opgaven lie under an opgave."""

from sqlmodel import Session, col, select

from db.models import Challenge


def below(session: Session, challenges: tuple[str, ...]) -> tuple[str, ...]:
    """The opgaven and everything under them in the tree: an opdracht means all its lines."""
    found, layer = set(challenges), set(challenges)
    while layer:
        layer = set(session.exec(select(Challenge.id).where(col(Challenge.parent_id).in_(layer)))) - found
        found |= layer
    return tuple(sorted(found))
