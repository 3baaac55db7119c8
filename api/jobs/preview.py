"""What an import would store: documents are read as an import reads them, and nothing is stored."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from api.error_responses import without_paths
from api.jobs.imports import reading_of, stored_paths, uploaded_document
from rag import stages
from rag.catalog.catalog import scratch_catalog
from rag.collection.collection import Collection
from rag.fetching import Fetcher, FetchLimits
from rag.ingestion.crawl import Crawl
from rag.isolation.readers import Readers
from rag.readers import Document
from rag.readers.pages.repeated_in_stream import with_repeated
from tamngu.records.article import Article
from tamngu.records.job import ImportAsked
from tamngu.records.notice import Notice, in_one
from tamngu.records.preview import ArticleState, Preview, PreviewedArticle
from tamngu.records.rejection import Rejection

_SHOWN = 20
"""Articles, and rejections, that a preview shows. Chosen manually, not tuned."""

_READ = 500
"""Articles after which a preview ends. Chosen manually, not tuned."""

_CHARACTERS = 5000
"""Characters of an article's text that a preview shows."""

_CUT = 500
"""Lines that a preview shows of those that would be cut from an article."""

_PARTIAL = Notice("preview-partial", "Only a part was read, because reading takes long.")

_FIRST = Notice("preview-first", f"Only the first {_READ} articles were read.", {"articles": _READ})

_FETCH_S = 10.0
"""Seconds that a preview waits for one page."""


class _TimeIsUp(Exception):
    """A preview has taken as long as it may."""


def preview_files(
    collection: Collection | None, asked: ImportAsked, folder: Path, home: Path, limit_s: float
) -> Preview:
    """Return what an import of uploaded files would store.

    Args:
        collection: to compare with; None: it does not exist yet.
        asked: which files.
        folder: where they were uploaded to.
        home: a folder whose path no rejection may contain.
        limit_s: seconds after which the preview ends.
    """
    check = _until(time.monotonic() + limit_s)
    with Readers(reading_of(asked), check=check) as readers:
        paths = stored_paths(folder, asked.files)
        documents: Iterator[Article | Rejection | Document] = (
            uploaded_document(name, path) for name, path in zip(asked.files, paths, strict=True)
        )
        if not asked.keep_boilerplate:
            documents = with_repeated(documents, readers.uncut_text)
        each = ((None, found) for found in documents if isinstance(found, Document))
        return _preview(collection, (item for _, item in readers.read(each)), home, check)


def preview_pages(
    collection: Collection | None,
    asked: ImportAsked,
    home: Path,
    limit_s: float,
    *,
    allow_private: bool,
) -> Preview:
    """Return what an import of web pages would store.

    Args:
        collection: to compare with; None: it does not exist yet.
        asked: which pages.
        home: a folder whose path no rejection may contain.
        limit_s: seconds after which the preview ends.
        allow_private: whether pages may be fetched from private addresses.
    """
    check = _until(time.monotonic() + limit_s)
    limits = FetchLimits(timeout_s=_FETCH_S, delay_s=asked.delay_s, allow_private=allow_private)
    with (
        scratch_catalog() as catalog,
        Readers(reading_of(asked), check=check) as readers,
        Fetcher(limits) as fetcher,
    ):
        found = (
            item
            for urls, feeds_only in ((asked.urls, False), (asked.feeds, True))
            for item, _ in Crawl(catalog, fetcher, readers, asked.most, feeds_only).items(urls)
        )
        return _preview(collection, found, home, check)


def _preview(
    collection: Collection | None,
    items: Iterable[object],
    home: Path,
    check: Callable[[], object],
) -> Preview:
    articles: list[PreviewedArticle] = []
    rejected: list[Rejection] = []
    read = more_rejected = 0
    notice: Notice | None = _PARTIAL
    with suppress(_TimeIsUp):
        for item in items:
            check()
            if isinstance(item, Article):
                read += 1
                if len(articles) < _SHOWN:
                    articles.append(_previewed(item, collection))
                elif read == _READ:
                    notice = _FIRST
                    break
            elif isinstance(item, Rejection) and len(rejected) < _SHOWN:
                reason = without_paths(item.reason, home)
                rejected.append(replace(item, reason=reason))
            elif isinstance(item, Rejection):
                more_rejected += item.count
        else:
            notice = None
    notices = () if notice is None else (notice,)
    return Preview(
        articles=tuple(articles),
        more=read - len(articles),
        rejected=tuple(rejected),
        more_rejected=more_rejected,
        notice=in_one(notices),
        notices=notices,
    )


def _previewed(article: Article, collection: Collection | None) -> PreviewedArticle:
    return PreviewedArticle(
        id=article.id,
        title=article.title,
        language=article.language,
        script=article.script,
        url=article.url,
        source=article.source,
        published_at=article.published_at,
        authors=article.authors,
        tags=article.tags,
        characters=len(article.text),
        text=article.text[:_CHARACTERS],
        cut=article.cut[:_CUT],
        state=_state(article, collection),
    )


def _state(article: Article, collection: Collection | None) -> ArticleState:
    if collection is None:
        return "new"
    stored = collection.catalog.articles.content_hash(article.id)
    if stored is None:
        return "new"
    return "unchanged" if stored == article.content_hash else "changed"


def _until(ends: float) -> Callable[[], object]:
    """Return a function that raises after a time, or when the caller has left."""
    return partial(_check, ends)


def _check(ends: float) -> None:
    stages.check()
    if time.monotonic() > ends:
        raise _TimeIsUp
