"""What every extractor gives: Markdown, and where its pages begin."""

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a file.

    Attributes:
        text: Markdown; headings, lists and tables as the file has them.
        title: What the file calls itself, where it does so elsewhere than in its text.
        page_starts: Offset in `text` of each page's first character, for formats that have pages.
    """

    text: str
    title: str | None = None
    page_starts: tuple[int, ...] = ()

    def page_at(self, offset: int) -> int | None:
        """The page, from 1, that a character of `text` is on; None for a format without pages."""
        return max(1, bisect_right(self.page_starts, offset)) if self.page_starts else None
