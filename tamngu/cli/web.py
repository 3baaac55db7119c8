"""The web pages that a command was told of, and how they are to be fetched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tamngu.cli.progress import progress_bar

if TYPE_CHECKING:
    from rag.catalog.catalog import Catalog
    from rag.collection.collection import Collection
    from rag.ingestion.crawl import Crawl
    from rag.ingestion.pipeline import IngestReport
    from rag.readers import Reading, Rejection
    from tamngu.records.article import Article


@dataclass(frozen=True)
class Web:
    """What is to be fetched.

    Attributes:
        urls: of pages, or of feeds and sitemaps.
        feeds: of feeds and sitemaps only.
        most: pages of each feed or sitemap.
        delay_s: seconds between requests to one host.
        allow_private: whether addresses that are not public may be reached.
    """

    urls: tuple[str, ...]
    feeds: tuple[str, ...]
    most: int
    delay_s: float
    allow_private: bool

    def ingest(self, collection: Collection, reading: Reading) -> IngestReport:
        """Ingest all of it under a progress bar of pages."""
        from rag.ingestion.pipeline import IngestReport, ingest_pages

        report = IngestReport()
        if self.urls or self.feeds:
            with self._crawls(collection.catalog, reading) as crawls:
                for crawl, urls in crawls:
                    report += ingest_pages(collection, crawl, urls)
        return report

    def items(self, reading: Reading) -> Iterator[Article | Rejection]:
        """Fetch all of it, and yield what it holds; nothing is remembered."""
        from rag.catalog.catalog import scratch_catalog
        from rag.ingestion.file_changes import FileEnd

        if not (self.urls or self.feeds):
            return
        with scratch_catalog() as catalog, self._crawls(catalog, reading) as crawls:
            for crawl, urls in crawls:
                for item, _ in crawl.items(urls):
                    if not isinstance(item, FileEnd):
                        yield item

    @contextmanager
    def _crawls(
        self, catalog: Catalog, reading: Reading
    ) -> Iterator[list[tuple[Crawl, tuple[str, ...]]]]:
        from rag.fetching import Fetcher, FetchLimits
        from rag.ingestion.crawl import Crawl

        limits = FetchLimits(delay_s=self.delay_s, allow_private=self.allow_private)
        with Fetcher(limits) as fetcher, progress_bar(0, " pages") as bar:

            def count(done: int, more: int) -> None:
                bar.total = (bar.total or 0) + more
                bar.update(done)

            yield [
                (Crawl(catalog, fetcher, reading, self.most, only, count), urls)
                for urls, only in ((self.urls, False), (self.feeds, True))
                if urls
            ]
