"""What the pages of one source have in common, learnt while they come one after another."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from rag.readers.decode import decode, decode_html
from rag.readers.document import Document
from rag.readers.pages.html import extracted, main_text
from rag.readers.pages.html_bounds import bounded
from rag.readers.pages.repetition import repeated_lines
from rag.readers.rejection import Rejection
from rag.text.cleaning import clean
from tamngu.records.article import Article

PAGE_KINDS = (".txt", ".html", ".htm", ".xhtml")
"""Kinds of documents that may have been scraped with all that stands on their pages."""

SAMPLE = 40
"""Pages of a source that are learnt from: what three in ten have is then seen on twelve."""

_FEW = 6
"""Pages of a source that are waited for before the first of them is read."""

_MOST_HELD = 24
"""Pages that wait, of all sources."""

_MOST_SOURCES = 256
"""That are remembered; of a web archive with more hosts the first ones are forgotten."""


def page_text(document: Document) -> str:
    """Return the text of a page, before anything is cut from it; nothing if it cannot be read."""
    # Whatever is wrong with the page is said when it is read in its turn.
    with suppress(Exception):
        data = document.read()
        if document.kind == ".txt":
            return clean(decode(data, document.charset))
        html = bounded(decode_html(data, document.charset))
        return main_text(html, extracted(html))
    return ""


@dataclass
class _Source:
    """The texts of a source's pages, and what they have in common as far as is known."""

    texts: list[str] = field(default_factory=list)
    pages: int = 0
    repeated: frozenset[str] = frozenset()

    def learn(self, document: Document) -> None:
        self.pages += 1
        if self.pages <= SAMPLE:
            self.texts.append(page_text(document))
            self.repeated = repeated_lines(filter(None, self.texts))
        if self.pages == SAMPLE:
            self.texts.clear()


class PageLearner:
    """Holds the first pages of each source back until it is known what they have in common."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._sources: dict[str, _Source] = {}
        self._held: list[Document] = []

    def offer(self, document: Document) -> list[Document]:
        """Take a document; return those that can be read now, in the order in which they came."""
        if document.kind not in PAGE_KINDS:
            return [document]
        try:
            data = document.read()
        except (OSError, ValueError):
            # Why, is said when it is read.
            return [document]
        # The archive that it is in may be closed by then.
        document = replace(document, open=lambda: io.BytesIO(data))
        source = self._sources.setdefault(document.site, _Source())
        if len(self._sources) > _MOST_SOURCES:
            del self._sources[next(iter(self._sources))]
        source.learn(document)
        self._held.append(document)
        if len(self._held) >= _MOST_HELD:
            return self.rest()
        if source.pages < _FEW:
            return []
        ready = [held for held in self._held if held.site == document.site]
        self._held = [held for held in self._held if held.site != document.site]
        return [self._known(held) for held in ready]

    def rest(self) -> list[Document]:
        """Return the documents that are still held, for no more will come or they are too many."""
        ready, self._held = self._held, []
        return [self._known(held) for held in ready]

    def _known(self, document: Document) -> Document:
        source = self._sources.get(document.site)
        return replace(document, repeated=source.repeated) if source else document


def with_repeated(
    items: Iterable[Article | Rejection | Document],
) -> Iterator[Article | Rejection | Document]:
    """Yield items, the documents among them with what the others of their source have too."""
    learner = PageLearner()
    try:
        for item in items:
            if isinstance(item, Document):
                yield from learner.offer(item)
            else:
                yield item
    except Exception:
        # What an archive gave before it turned out to be damaged is whole.
        yield from learner.rest()
        raise
    yield from learner.rest()
