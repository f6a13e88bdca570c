"""Vectors of calls made by hand, so that a test says which calls are alike without reading a model."""

import numpy as np
from sqlmodel import Session

from db.models import CallVectors
from tracker.matching import installed
from tracker.matching.vectors import SIZE, packed_rows


def alike(session: Session, *calls: int, kind: int = 0) -> None:
    """Give these calls one vector: they are as like each other as can be, and not like those of another kind."""
    vector = np.zeros(SIZE)
    vector[kind] = 1
    for call in calls:
        row = CallVectors(
            call_id=call, model=installed() or "none", texts=b"", vectors=b"", whole=packed_rows([vector])
        )
        session.merge(row)
    session.flush()
