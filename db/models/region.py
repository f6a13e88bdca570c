"""The region that a database is of, as its folder of data described it when it was last loaded."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

import db.models.columns  # noqa: F401  names the constraints before the first table is made


class KeptRegion(SQLModel, table=True):
    """One row: a database is of one region. So every process and every machine knows it, also without the folder."""

    __tablename__ = "kept_region"

    id: str = Field(primary_key=True)
    folder: str = Field(description="the name or path it was loaded from")
    described: dict[str, Any] = Field(sa_type=JSON, description="names, places, bodies, colours: db/region.py")
    loaded_at: datetime
