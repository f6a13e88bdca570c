"""Sentence vectors of calls, kept with their encoder's name: read before matching, stored after it.

numpy is loaded where a row is opened, and not by pages that only hand one on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from db.models import CallVectors
from tracker.matching import CallMatches
from tracker.matching.texts import Vectors


@dataclass
class StoredVectors:
    """What is kept of some calls: vectors by `text_key`, and per call the keys of its texts."""

    vectors: dict[bytes, Vectors] = field(default_factory=dict)
    texts: dict[int, bytes] = field(default_factory=dict)


def stored_rows(session: Session, ids: Sequence[int], encoder: str | None) -> Iterator[CallVectors]:
    """What is kept of these calls by this encoder, as it is stored; that of another model or version is left."""
    if encoder is not None:
        rows = select(CallVectors).where(col(CallVectors.call_id).in_(ids), CallVectors.model == encoder)
        yield from session.exec(rows)


def read_kept(session: Session, ids: Sequence[int], encoder: str | None) -> StoredVectors:
    """The vectors of these calls by this encoder."""
    from tracker.matching.vectors import split_keys, unpacked_rows

    kept = StoredVectors()
    for row in stored_rows(session, ids, encoder):
        kept.vectors.update(zip(split_keys(row.texts), unpacked_rows(row.vectors), strict=True))
        kept.texts[row.call_id] = row.texts
    return kept


def store_kept(session: Session, results: Iterable[CallMatches], kept: StoredVectors, encoder: str | None) -> None:
    """Write the vectors of the calls whose texts are others than those kept before."""
    from tracker.matching.vectors import packed_rows, text_key

    if encoder is None:
        return
    for result in results:
        keys = [text_key(text) for text in result.embedded]
        texts = b"".join(keys)
        if result.vector is None or kept.texts.get(int(result.call_id)) == texts:
            continue
        vectors = packed_rows(kept.vectors[key] for key in keys)
        row = CallVectors(
            call_id=int(result.call_id),
            model=encoder,
            texts=texts,
            vectors=vectors,
            whole=packed_rows([result.vector]),
        )
        session.merge(row)


def wholes(session: Session, ids: SelectOfScalar[int], encoder: str | None) -> Mapping[int, bytes]:
    """Calls as one vector each as it is stored, by this encoder, or by whichever was used where none is there now.

    `ids` is a question, not a list: a database takes only so many values.
    """
    question = select(CallVectors.call_id, CallVectors.whole).where(col(CallVectors.call_id).in_(ids))
    if encoder is not None:
        question = question.where(CallVectors.model == encoder)
    return dict(session.exec(question).all())
