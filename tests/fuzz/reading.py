"""Targets: the readers of documents, with the chunker behind them, and the listings of pages."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Hashable, Iterator
from functools import partial

from rag.ingestion.chunking import PASSAGE_TOKENS, chunk
from rag.isolation.messages import decoded, encoded
from rag.readers.document import Document
from rag.readers.files import read_document
from rag.readers.listing import is_listing, is_sitemap, listed
from rag.readers.pages.repeated_in_stream import uncut_text
from rag.readers.reading_options import Reading
from rag.readers.registry import reader_of
from rag.text.cleaning import clean
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection
from tests.fuzz.passages import check_passages, estimated_tokens
from tests.fuzz.seeds import KINDS, documents
from tests.fuzz.structures import (
    Mutation,
    gzip_changed,
    json_changed,
    lines_changed,
    of_kind,
    one_of,
    zip_changed,
)
from tests.fuzz.target import Target, must, refusal

_MUTATIONS: dict[str, Mutation] = {
    ".txt": of_kind(""),
    ".md": of_kind("markdown"),
    ".html": of_kind("html"),
    ".pdf": of_kind("pdf"),
    ".docx": zip_changed,
    ".epub": zip_changed,
    ".zip": zip_changed,
    ".eml": of_kind("mail"),
    ".json": one_of(json_changed, of_kind("json")),
    ".jsonl": lines_changed,
    ".csv": of_kind("table"),
    ".tsv": of_kind("table"),
    ".rss": of_kind("feed"),
    ".warc": of_kind("warc"),
    ".warc.gz": gzip_changed(of_kind("warc")),
}

_FAILED = "its parser failed"
"""How a reader names an error that it did not foresee; see :mod:`rag.readers.files`."""

_URLS = (None, "https://a.example/2020/11/25/song.html", "http://[::1]/", "https://é.example/?a=[")
_CHARSETS = (None, None, None, "utf-8", "windows-1258", "gb18030", "utf-16", "no such", "punycode")


def reader_targets() -> list[Target]:
    """Return a target for each kind of documents, and one for listings of pages."""
    return [_reader_target(kind) for kind in KINDS] + [
        Target("listing", partial(_documents, ".rss"), of_kind("feed"), lambda: _listing)
    ]


def _documents(kind: str) -> tuple[bytes, ...]:
    return documents()[kind]


def _reader_target(kind: str) -> Target:
    return Target(
        f"reader{kind}", partial(_documents, kind), _MUTATIONS[kind], lambda: partial(_read, kind)
    )


def _document(kind: str, data: bytes) -> tuple[Document, Reading]:
    """Return an input as a document; its own bytes decide what is known of it."""
    chosen = hashlib.sha256(data).digest()
    document = Document(
        f"a{kind}",
        f"/b/a{kind}",
        kind,
        "a",
        partial(io.BytesIO, data),
        url=_URLS[chosen[0] % len(_URLS)],
        charset=_CHARSETS[chosen[1] % len(_CHARSETS)],
        size=len(data),
    )
    fields = {"text": "title", "title": "text"} if chosen[2] % 8 == 0 else {}
    return document, Reading(keep_boilerplate=chosen[3] % 4 == 0, fields=fields)


def _read(kind: str, data: bytes) -> Hashable:
    document, reading = _document(kind, data)
    found = list(read_document(document, reading))
    must(bool(found), "nothing is said of the document")
    for item in found:
        if isinstance(item, Article):
            _check_article(item)
        else:
            if item.reason.startswith(_FAILED):
                # Reads it again, for the traceback.
                _walk(document, reading)
            must(item.reason == " ".join(item.reason.split()), f"{item.reason!r} is not one line")
            must(item.count > 0 and bool(item.where), "a rejection counts or names nothing")
            must(not item.reason.startswith(_FAILED), f"{item}")
    kinds = [
        "article" if isinstance(item, Article) else refusal(ValueError(item.reason))
        for item in found[:6]
    ]
    return (*kinds, len(found).bit_length(), hash(tuple(map(_told, found))))


def _told(item: Article | Rejection) -> str:
    return repr(item)


def _walk(document: Document, reading: Reading) -> None:
    """Read a document and what is inside it; an error that no reader foresees is raised."""
    try:
        for item in reader_of(document.kind)(document, reading):
            if isinstance(item, Document):
                _walk(item, reading)
    except (ValueError, OSError):
        return


def _check_article(article: Article) -> None:
    text = article.text
    must(bool(text) and clean(text) == text, "the text is not clean")
    must(bool(article.title), "there is no title")
    pages = list(article.pages)
    must(pages == sorted(pages) and all(0 <= page <= len(text) for page in pages), "pages")
    must(decoded(encoded(article)) == article, "another process gets another article")
    article.content_hash.encode()
    check_passages(article, chunk(article, estimated_tokens, PASSAGE_TOKENS), PASSAGE_TOKENS)


def _listing(data: bytes) -> Hashable:
    document, _ = _document(".html", data)
    told = (is_listing(data), is_sitemap(data), len(uncut_text(document)).bit_length())
    return (*told, *_listed(data, document.url))


def _listed(data: bytes, url: str | None) -> Iterator[Hashable]:
    try:
        entries = listed(data, url)
    except ValueError as error:
        yield refusal(error)
        return
    for entry in entries:
        must(entry.url is None or entry.url.startswith(("http://", "https://")), "an address")
    yield len(entries).bit_length()
