"""An article: one source document, and what is known about it."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property

from tamngu.records.cut import Cut


@dataclass(frozen=True)
class Article:
    """One source document.

    The fields are the columns of the catalog (``rag/catalog/rows.py``) and of exports, too: a new
    one needs a step in ``rag/catalog/schema.py``.

    Attributes:
        id: unique in its collection; see :func:`rag.records.new_article.make_article`.
        title: its headline.
        text: what is searched and cited; the offsets of passages and citations count its
            characters (Unicode code points).
        language: ``vi``, ``zh``, ``en`` or another ISO 639-1 code.
        script: ``Hans`` or ``Hant`` for Chinese, else None.
        url: where it was published.
        source: who published it; of kinds that are not scraped, else the file's name.
        published_at: ISO 8601 date or date and time.
        authors: as the source names them.
        tags: any words.
        pages: offsets into the text at which the pages begin; empty for a document without pages.
        cut: lines that stood around the text on its page, in order; they are neither searched nor
            cited.
    """

    id: str
    title: str
    text: str
    language: str
    script: str | None = None
    url: str | None = None
    source: str | None = None
    published_at: str | None = None
    authors: tuple[str, ...] = field(default=())
    tags: tuple[str, ...] = field(default=())
    pages: tuple[int, ...] = field(default=())
    cut: tuple[Cut, ...] = field(default=())

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of everything but the id. Equal hashes mean equal content."""
        content: list[object] = [
            self.title,
            self.text,
            self.language,
            self.script,
            self.url,
            self.source,
            self.published_at,
            self.authors,
            self.tags,
        ]
        # Added only where present, so that articles of older versions keep their hash.
        if self.pages:
            content.append({"pages": self.pages})
        if self.cut:
            content.append({"cut": [(cut.line, cut.reason) for cut in self.cut]})
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def page_of(self, offset: int) -> int | None:
        """Return the number, from 1, of the page of a character; None without pages."""
        return bisect_right(self.pages, offset) or None
