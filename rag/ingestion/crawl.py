"""Crawls of web pages: the page of a URL, or all pages that a feed or a sitemap lists.

The state of a crawl is in the catalog: a stored page is requested under the condition that it has
changed, and a crawl that was interrupted continues.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urldefrag, urlsplit

from rag.catalog.catalog import Catalog
from rag.catalog.crawl_state import Visit
from rag.fetching.errors import FetchError
from rag.fetching.outcome import Fetched, NotModified
from rag.fetching.page_fetcher import Fetcher
from rag.ingestion.attempts import Attempts, read_each
from rag.ingestion.batches import Item, Settle
from rag.ingestion.file_changes import FileEnd, reading_fingerprint
from rag.isolation.readers import Readers
from rag.readers import Document
from rag.readers.listing import Entry, is_listing
from rag.readers.pages.repeated_in_stream import PageLearner
from rag.readers.registry import kind_of_response
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

MAX_PAGES = 1000
"""Default for the pages of one listing."""

_MAX_REASONS = 3
"""Reasons that are named for one page."""


@dataclass(frozen=True)
class Crawl:
    """How pages are fetched and read.

    Attributes:
        catalog: has the stored pages, and the pages that wait.
        fetcher: fetches the pages.
        readers: reads them.
        max_pages: of each listing.
        feeds_only: whether each URL must be a feed or a sitemap.
        on_pages: called with two numbers: of pages done, and of new pages, since the last call.
        attempts: knows the pages at which earlier programs have ended.
    """

    catalog: Catalog
    fetcher: Fetcher
    readers: Readers
    max_pages: int = MAX_PAGES
    feeds_only: bool = False
    on_pages: Callable[[int, int], object] = lambda done, more: None
    attempts: Attempts = field(default_factory=Attempts)

    def stop(self) -> None:
        """End what another thread fetches or reads, with an error."""
        self.fetcher.stop()
        self.readers.stop()

    def items(self, urls: Sequence[str]) -> Iterator[Item]:
        """Yield the articles and rejections of pages, and the end of each page."""
        learner = PageLearner(self.readers.uncut_text)
        keeps = self.readers.reading.keep_boilerplate
        held: dict[str, _Page] = {}
        for found in self._pages(urls):
            if not isinstance(found, _Page):
                yield found
                continue
            if found.document.key in held:
                # The URL was given, and a feed lists it too.
                continue
            held[found.document.key] = found
            for document in [found.document] if keeps else learner.offer(found.document):
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
        """Yield the pages of a listing that wait; some may be from an earlier crawl."""
        state = self.catalog.crawl
        self.on_pages(0, state.count_pending(root))
        done = after = 0
        while done < self.max_pages and (page := state.next_pending(root, after)):
            after = page.key
            yield from self._page(root, page.url, page.entry)
            done += 1
            self.on_pages(1, 0)

    def _page(
        self, root: str, url: str, entry: Entry, *, is_root: bool = False
    ) -> Iterator[Item | _Page]:
        """Fetch a page; yield it if it is to be read, or its end, or what it lists, or an error."""
        how = reading_fingerprint(self.readers.reading)
        known = self.catalog.crawl.visit(url)
        if known is not None and known.how != how:
            known = None
        if known is not None and not is_root and known.stamp == entry.stamp:
            yield self._unchanged(url, known)
            return
        etag, last_modified = (known.etag, known.last_modified) if known else (None, None)
        try:
            found = self.fetcher.fetch(url, etag=etag, last_modified=last_modified)
        except FetchError as error:
            yield from self._failed(url, entry, how, error)
            return
        if isinstance(found, NotModified) or (known and _digest(found) == known.digest):
            assert known is not None
            yield self._unchanged(url, replace(known, stamp=entry.stamp))
            return
        visit = Visit(how, _digest(found), found.etag, found.last_modified, entry.stamp)
        if is_listing(found.content):
            yield from self._list(root, url, found, visit)
        elif self.feeds_only and is_root:
            yield Rejection(url, "it is neither a feed nor a sitemap"), url
        elif kind := kind_of_response(found.content_type, found.url):
            yield _Page(url, entry, visit, _document(url, kind, found, entry))
        else:
            yield Rejection(url, f"it is {found.content_type}, which has no reader"), url
            yield FileEnd(url, visit.to_json()), url

    def _list(self, root: str, url: str, found: Fetched, visit: Visit) -> Iterator[Item]:
        """Queue the pages of a listing; yield the articles that the listing itself has."""
        try:
            entries = self.readers.listed(found.content, found.url)
        except ValueError as error:
            yield Rejection(url, str(error)), url
            return
        named = [(urldefrag(entry.url)[0], entry) for entry in entries if entry.url]
        self.catalog.crawl.queue(root, named)
        self.on_pages(0, 0 if url == root else len(named))
        held = 0
        for entry in entries:
            if not entry.url:
                item = self._from_feed(url, entry, "it has no link")
                held += isinstance(item, Article)
                yield item, url
        yield FileEnd(url, replace(visit, articles=held).to_json()), url

    def _read(self, document: Document, page: _Page) -> Iterator[Item]:
        """Yield what a page holds; if it has no article, the one that its feed has of it."""
        held = 0
        rejected: list[Rejection] = []
        for _, item in read_each([document], self.readers, self.attempts):
            if isinstance(item, Rejection):
                rejected.append(item)
            elif item is not None:
                held += isinstance(item, Article)
                yield item, None if isinstance(item, Settle) else page.url
        if page.entry.html and not held:
            reasons = "; ".join(each.reason for each in rejected[:_MAX_REASONS])
            rejected.clear()
            found = self._from_feed(page.url, page.entry, reasons)
            held += isinstance(found, Article)
            yield found, page.url
        for each in rejected:
            yield each, page.url
        yield FileEnd(page.url, replace(page.visit, articles=held).to_json()), page.url

    def _failed(self, url: str, entry: Entry, how: str, error: FetchError) -> Iterator[Item]:
        """Yield the error of a page, or its article in the feed; and its end if that is final."""
        item: Article | Rejection = Rejection(url, str(error))
        if entry.html:
            item = self._from_feed(url, entry, str(error))
        yield item, url
        if isinstance(item, Article) or not error.temporary:
            yield FileEnd(url, Visit(how, stamp=entry.stamp).to_json()), url

    def _from_feed(self, url: str, entry: Entry, reason: str) -> Article | Rejection:
        """Return the article that a feed has of a page that cannot be read, or a rejection."""
        size = len(entry.html.encode("utf-8", "replace"))
        page = Document(url, url, ".xml", urlsplit(url).hostname or url, io.BytesIO, size=size)
        try:
            return self.readers.feed_article(entry, page)
        except ValueError as error:
            return Rejection(url, f"{reason}; {error}")

    def _unchanged(self, url: str, known: Visit) -> Item:
        return FileEnd(url, known.to_json(), unchanged=self.catalog.files.count_articles(url)), url


@dataclass(frozen=True)
class _Page:
    """A page that was fetched and is to be read."""

    url: str
    entry: Entry
    visit: Visit
    document: Document


def _digest(found: Fetched) -> str:
    return hashlib.sha256(found.content).hexdigest()


def _document(url: str, kind: str, found: Fetched, entry: Entry) -> Document:
    return Document(
        name=url,
        key=url,
        kind=kind,
        source=urlsplit(found.url).hostname or url,
        open=partial(io.BytesIO, found.content),
        size=len(found.content),
        url=found.url,
        charset=found.charset,
        published_at=entry.published_at,
    )
