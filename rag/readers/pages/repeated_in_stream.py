"""Lines that the pages of a source share, learnt while the pages come one after another."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from rag.readers.decode import decode, decode_html
from rag.readers.document import Document
from rag.readers.pages.repeated_lines import repeated_lines
from rag.readers.pages.uncut_page import uncut_page
from rag.text.cleaning import clean
from rag.text.legacy.misread import restored
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

PAGE_KINDS = (".txt", ".html", ".htm", ".xhtml")
"""Kinds of documents that may have been scraped with everything on their pages."""

SAMPLE = 40
"""Pages of a source that are learnt from; a line on three pages in ten is then seen on twelve."""

_MIN_PAGES = 6
"""Pages of a source that must have come before the first of them is read."""

_MAX_HELD = 24
"""Pages, of all sources, that are held back."""

_MAX_HELD_BYTES = 32 * 2**20
"""Bytes of the pages that are held back."""

_MAX_SOURCES = 256
"""Sources that are remembered; when there are more, the first ones are forgotten."""


def uncut_text(document: Document) -> str:
    """Return the text of a page before anything is cut; empty if the page cannot be read."""
    # The error is reported later, when the page itself is read.
    with suppress(Exception):
        data = document.read()
        if document.kind == ".txt":
            return clean(restored(decode(data, document.charset)))
        return uncut_page(decode_html(data, document.charset), document.url).text
    return ""


@dataclass
class _Source:
    """The texts of a source's pages, and the lines that they share as far as is known."""

    texts: list[str] = field(default_factory=list)
    pages: int = 0
    repeated: frozenset[str] = frozenset()

    def learn(self, document: Document, text_of: Callable[[Document], str]) -> None:
        self.pages += 1
        if self.pages <= SAMPLE:
            self.texts.append(text_of(document))
            self.repeated = repeated_lines(filter(None, self.texts))
        if self.pages == SAMPLE:
            self.texts.clear()


class PageLearner:
    """Holds back the first pages of each source until it is known which lines they share."""

    def __init__(self, text_of: Callable[[Document], str] = uncut_text) -> None:
        """Start without any source.

        Args:
            text_of: returns the text of a page before anything is cut; it parses the page.
        """
        self._text_of = text_of
        self._sources: dict[str, _Source] = {}
        self._held: list[Document] = []

    def offer(self, document: Document) -> list[Document]:
        """Take a document; return the documents that can be read now, in their order."""
        if document.kind not in PAGE_KINDS:
            return [document]
        try:
            data = document.read()
        except (OSError, ValueError):
            # The error is reported when the document is read.
            return [document]
        # Its archive may be closed when the document is read.
        document = replace(document, open=partial(io.BytesIO, data), size=len(data))
        source = self._sources.setdefault(document.site, _Source())
        if len(self._sources) > _MAX_SOURCES:
            del self._sources[next(iter(self._sources))]
        source.learn(document, self._text_of)
        self._held.append(document)
        held_bytes = sum(held.size for held in self._held)
        if len(self._held) >= _MAX_HELD or held_bytes > _MAX_HELD_BYTES:
            return self.rest()
        if source.pages < _MIN_PAGES:
            return []
        ready = [held for held in self._held if held.site == document.site]
        self._held = [held for held in self._held if held.site != document.site]
        return [self._known(held) for held in ready]

    def rest(self) -> list[Document]:
        """Return all documents that are held, because no more will come or there are too many."""
        ready, self._held = self._held, []
        return [self._known(held) for held in ready]

    def _known(self, document: Document) -> Document:
        source = self._sources.get(document.site)
        return replace(document, repeated=source.repeated) if source else document


def with_repeated(
    items: Iterable[Article | Rejection | Document],
    text_of: Callable[[Document], str] = uncut_text,
) -> Iterator[Article | Rejection | Document]:
    """Yield items; each document among them has the lines that it shares with its source.

    Args:
        items: what a reader has found.
        text_of: as :class:`PageLearner` takes it.
    """
    learner = PageLearner(text_of)
    try:
        for item in items:
            if isinstance(item, Document):
                yield from learner.offer(item)
            else:
                yield item
    except Exception:
        # The documents that came before an archive turned out to be damaged are whole.
        yield from learner.rest()
        raise
    yield from learner.rest()
