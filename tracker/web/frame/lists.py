"""The address of a list: what it is narrowed to and which page; the same filter goes into its files."""

from typing import Annotated, Any, ClassVar
from urllib.parse import urlencode

from pydantic import BaseModel, Field


class ListQuery(BaseModel):
    """A list's filter, with the page; ``PATH`` is where the list is."""

    PATH: ClassVar[str] = ""

    page: Annotated[int, Field(ge=1, le=100_000)] = 1

    def filter(self) -> dict[str, Any]:
        """The filter alone, by name."""
        return self.model_dump(exclude={"page"})

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked at all."""
        return bool(self.model_dump(exclude={"page"}, exclude_defaults=True))

    def address(self, page: int = 1, path: str = "") -> str:
        """The same question: another page, or at another path."""
        kept = self.model_copy(update={"page": page}).model_dump(mode="json", exclude_defaults=True)
        where = path or self.PATH
        return f"{where}?{urlencode(kept, doseq=True)}" if kept else where

    @property
    def files(self) -> tuple[str, str]:
        """Where all that the filter means is had as a file: the address without its end, and the question."""
        return self.PATH, self.address(1).partition("?")[2]
