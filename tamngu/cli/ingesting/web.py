"""The web pages that a command names, and how to fetch them."""

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
    from rag.isolation.limits import Limits
    from rag.readers import Reading
    from tamngu.records.article import Article
    from tamngu.records.ingest_report import IngestReport
    from tamngu.records.rejection import Rejection


@dataclass(frozen=True)
class Web:
    """Pages to fetch.

    Attributes:
        urls: URLs of pages, feeds or sitemaps.
        feeds: URLs of feeds and sitemaps only.
        max_pages: pages to fetch from each feed or sitemap.
        delay_s: seconds between requests to one host.
        allow_private: whether addresses that are not public may be reached.
    """

    urls: tuple[str, ...]
    feeds: tuple[str, ...]
    max_pages: int
    delay_s: float
    allow_private: bool

    def ingest(self, collection: Collection, reading: Reading, limits: Limits) -> IngestReport:
        """Ingest all pages, and show progress."""
        from rag.ingestion.pipeline import ingest_pages
        from tamngu.records.ingest_report import IngestReport

        report = IngestReport()
        if self.urls or self.feeds:
            with self._crawls(collection.catalog, reading, limits) as crawls:
                for crawl, urls in crawls:
                    report += ingest_pages(collection, crawl, urls)
        return report

    def items(self, reading: Reading, limits: Limits) -> Iterator[Article | Rejection]:
        """Fetch all pages, and yield their articles; nothing is stored."""
        from rag.catalog.catalog import scratch_catalog
        from tamngu.records.article import Article
        from tamngu.records.rejection import Rejection

        if not (self.urls or self.feeds):
            return
        with scratch_catalog() as catalog, self._crawls(catalog, reading, limits) as crawls:
            for crawl, urls in crawls:
                for item, _ in crawl.items(urls):
                    if isinstance(item, Article | Rejection):
                        yield item

    @contextmanager
    def _crawls(
        self, catalog: Catalog, reading: Reading, limits: Limits
    ) -> Iterator[list[tuple[Crawl, tuple[str, ...]]]]:
        from rag.fetching import Fetcher, FetchLimits
        from rag.ingestion.crawl import Crawl
        from rag.isolation.readers import Readers

        fetching = FetchLimits(delay_s=self.delay_s, allow_private=self.allow_private)
        with (
            Readers(reading, limits) as readers,
            Fetcher(fetching) as fetcher,
            progress_bar(0, " pages", "Fetching") as bar,
        ):

            def count(done: int, more: int) -> None:
                bar.total = (bar.total or 0) + more
                bar.update(done)

            yield [
                (Crawl(catalog, fetcher, readers, self.max_pages, only, count), urls)
                for urls, only in ((self.urls, False), (self.feeds, True))
                if urls
            ]
