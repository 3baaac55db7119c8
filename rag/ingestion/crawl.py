"""Pages on the web: a URL's own, or all that a feed or a sitemap names.

The state is in the catalog: what has been stored is asked for only under the condition that it has
changed, and a crawl that was cut off goes on where it was.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urldefrag, urlsplit

from rag.catalog.catalog import Catalog
from rag.catalog.crawl_state import Visit
from rag.fetching.errors import FetchError
from rag.fetching.outcome import Fetched, NotModified
from rag.fetching.page_fetcher import Fetcher
from rag.ingestion.batches import Item
from rag.ingestion.file_changes import FileEnd, reading_way
from rag.readers import Document, Reading, Rejection, read_document
from rag.readers.formats.feed import entry_article
from rag.readers.kinds import kind_of_response
from rag.readers.listing import Entry, is_listing, listed
from rag.readers.pages.learning import PageLearner
from tamngu.records.article import Article

MOST_PAGES = 1000
"""Pages of one listing, unless another number is asked for."""


@dataclass(frozen=True)
class Crawl:
    """How pages are to be had.

    Attributes:
        catalog: what is stored, and what waits.
        fetcher: gets them.
        reading: how they are read.
        most: pages of each listing.
        feeds_only: whether each URL has to be a listing.
        on_pages: called with numbers of pages: done since the last call, and known of newly.
    """

    catalog: Catalog
    fetcher: Fetcher
    reading: Reading
    most: int = MOST_PAGES
    feeds_only: bool = False
    on_pages: Callable[[int, int], object] = lambda done, more: None

    def items(self, urls: Sequence[str]) -> Iterator[Item]:
        """Yield what pages hold, each page's end after it: what an ingest takes."""
        learner = PageLearner()
        held: dict[str, _Page] = {}
        for found in self._pages(urls):
            if not isinstance(found, _Page):
                yield found
                continue
            if found.document.key in held:
                # Given by itself and named by a feed, too.
                continue
            held[found.document.key] = found
            ready = (
                [found.document] if self.reading.keep_boilerplate else learner.offer(found.document)
            )
            for document in ready:
                yield from self._read(document, held.pop(document.key))
        for document in learner.rest():
            yield from self._read(document, held.pop(document.key))

    def _pages(self, urls: Sequence[str]) -> Iterator[Item | _Page]:
        for url in dict.fromkeys(urldefrag(url)[0] for url in urls):
            self.on_pages(0, 1)
            yield from self._page(url, url, Entry(url), is_root=True)
            self.on_pages(1, 0)
            yield from self._waiting(url)

    def _waiting(self, root: str) -> Iterator[Item | _Page]:
        """Yield the pages of a listing that wait, some of them from an earlier crawl."""
        state = self.catalog.crawl
        self.on_pages(0, state.count_pending(root))
        done = after = 0
        while done < self.most and (page := state.next_pending(root, after)):
            after = page.key
            yield from self._page(root, page.url, page.entry)
            done += 1
            self.on_pages(1, 0)

    def _page(
        self, root: str, url: str, entry: Entry, *, is_root: bool = False
    ) -> Iterator[Item | _Page]:
        """Yield a page that is to be read; or what is the matter with it, or what it lists."""
        way = reading_way(self.reading)
        known = self.catalog.crawl.visit(url)
        if known is not None and known.how != way:
            known = None
        if known is not None and not is_root and known.stamp == entry.stamp:
            yield self._unchanged(url, known)
            return
        etag, last_modified = (known.etag, known.last_modified) if known else (None, None)
        try:
            found = self.fetcher.fetch(url, etag=etag, last_modified=last_modified)
        except FetchError as error:
            yield from _failed(url, entry, way, error)
            return
        if isinstance(found, NotModified) or (known and _digest(found) == known.digest):
            assert known is not None
            yield self._unchanged(url, replace(known, stamp=entry.stamp))
            return
        visit = Visit(way, _digest(found), found.etag, found.last_modified, entry.stamp)
        if is_listing(found.content):
            yield from self._list(root, url, found, visit)
        elif self.feeds_only and is_root:
            yield Rejection(url, "it is neither a feed nor a sitemap"), url
        elif kind := kind_of_response(found.content_type, found.url):
            yield _Page(url, entry, visit, _document(url, kind, found, entry))
        else:
            yield Rejection(url, f"it is {found.content_type}, which nothing here reads"), url
            yield FileEnd(url, visit.to_json()), url

    def _list(self, root: str, url: str, found: Fetched, visit: Visit) -> Iterator[Item]:
        """Put what a listing names in the queue; yield what stands in the listing itself."""
        try:
            entries = listed(found.content, found.url)
        except ValueError as error:
            yield Rejection(url, str(error)), url
            return
        named = [(urldefrag(entry.url)[0], entry) for entry in entries if entry.url]
        self.catalog.crawl.queue(root, named)
        self.on_pages(0, 0 if url == root else len(named))
        held = 0
        for entry in entries:
            if not entry.url:
                item = _from_feed(url, entry, "it has no link")
                held += isinstance(item, Article)
                yield item, url
        yield FileEnd(url, replace(visit, articles=held).to_json()), url

    def _read(self, document: Document, page: _Page) -> Iterator[Item]:
        items = list(read_document(document, self.reading))
        if page.entry.html and not any(isinstance(item, Article) for item in items):
            reasons = "; ".join(item.reason for item in items if isinstance(item, Rejection))
            items = [_from_feed(page.url, page.entry, reasons)]
        for item in items:
            yield item, page.url
        held = sum(isinstance(item, Article) for item in items)
        yield FileEnd(page.url, replace(page.visit, articles=held).to_json()), page.url

    def _unchanged(self, url: str, known: Visit) -> Item:
        return FileEnd(url, known.to_json(), unchanged=self.catalog.count_from(url)), url


@dataclass(frozen=True)
class _Page:
    """A page that was fetched and is to be read."""

    url: str
    entry: Entry
    visit: Visit
    document: Document


def _failed(url: str, entry: Entry, way: str, error: FetchError) -> Iterator[Item]:
    """Yield why a page is not there, or what its feed has of it; its end if that is for good."""
    item = _from_feed(url, entry, str(error)) if entry.html else Rejection(url, str(error))
    yield item, url
    if isinstance(item, Article) or not error.passing:
        yield FileEnd(url, Visit(way, stamp=entry.stamp).to_json()), url


def _digest(found: Fetched) -> str:
    return hashlib.sha256(found.content).hexdigest()


def _document(url: str, kind: str, found: Fetched, entry: Entry) -> Document:
    return Document(
        name=url,
        key=url,
        kind=kind,
        source=urlsplit(found.url).hostname or url,
        open=lambda: io.BytesIO(found.content),
        url=found.url,
        charset=found.charset,
        published_at=entry.published_at,
    )


def _from_feed(url: str, entry: Entry, reason: str) -> Article | Rejection:
    """Return what a feed has of a page that cannot be had, or why that is nothing."""
    page = Document(url, url, ".xml", urlsplit(url).hostname or url, io.BytesIO)
    try:
        return entry_article(entry, page)
    except ValueError as error:
        return Rejection(url, f"{reason}; {error}")
