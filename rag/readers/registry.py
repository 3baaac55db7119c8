"""The formats that can be read: file endings, media types, and the reader of each.

A document's kind is a file ending from this table. A new format needs one entry here and a module
with its reader.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import PurePosixPath
from typing import cast
from urllib.parse import urlsplit

from rag.readers.document import Document
from rag.readers.reading_options import Reading
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection

Reader = Callable[[Document, Reading], Iterator[Article | Rejection | Document]]
"""Takes a document and how to read it; yields what it holds, which may be further documents.

It raises ValueError, with a short reason, where it cannot read the document.
"""


@dataclass(frozen=True)
class Format:
    """A format of documents.

    Attributes:
        endings: of file names, in lower case.
        media_types: that servers and messages use for it; a document sent as one of them is of the
            kind of the first ending.
        module: the module of its reader.
        function: the reader's name there; it is a :data:`Reader`.
    """

    endings: tuple[str, ...]
    media_types: tuple[str, ...]
    module: str
    function: str


FORMATS = (
    Format((".txt",), ("text/plain",), "rag.readers.formats.text", "read_text"),
    Format(
        (".md", ".markdown"), ("text/markdown",), "rag.readers.formats.markdown", "read_markdown"
    ),
    Format(
        (".html", ".htm", ".xhtml"),
        ("text/html", "application/xhtml+xml"),
        "rag.readers.pages.html",
        "read_html",
    ),
    Format((".pdf",), ("application/pdf",), "rag.readers.pdf.reader", "read_pdf"),
    Format(
        (".docx", ".docm", ".dotx", ".dotm"),
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
            "application/vnd.ms-word.document.macroenabled.12",
            "application/vnd.ms-word.template.macroenabled.12",
        ),
        "rag.readers.word.reader",
        "read_word",
    ),
    Format((".epub",), ("application/epub+zip",), "rag.readers.formats.epub", "read_epub"),
    Format((".eml",), ("message/rfc822",), "rag.readers.formats.email_message", "read_email"),
    Format((".json",), ("application/json",), "rag.readers.formats.json_file", "read_json"),
    Format(
        (".jsonl",),
        ("application/jsonl", "application/x-ndjson"),
        "rag.readers.formats.jsonl",
        "read_jsonl",
    ),
    Format((".csv",), ("text/csv",), "rag.readers.formats.table", "read_table"),
    Format((".tsv",), ("text/tab-separated-values",), "rag.readers.formats.table", "read_table"),
    Format(
        (".rss", ".atom", ".xml"),
        ("application/rss+xml", "application/atom+xml", "application/xml", "text/xml"),
        "rag.readers.formats.feed",
        "read_feed",
    ),
    Format((".warc", ".warc.gz"), ("application/warc",), "rag.readers.formats.warc", "read_warc"),
    Format((".zip",), ("application/zip",), "rag.readers.formats.zip", "read_zip"),
)

ENDINGS = tuple(ending for known in FORMATS for ending in known.endings)
"""The file endings that have a reader, which are the kinds of documents."""

_DOCUMENTS = (".doc", ".dot", ".odt", ".ott", ".rtf", ".wps", ".wpt", ".pages", ".tex", ".rst")
_SLIDES = (".ppt", ".pptx", ".odp", ".dps", ".key")
_BOOKS = (".mobi", ".azw3", ".fb2", ".djvu", ".xps", ".ofd", ".caj", ".chm")
WITHOUT_READER = {
    **dict.fromkeys((*_DOCUMENTS, *_SLIDES, *_BOOKS), ".docx or .pdf"),
    **dict.fromkeys((".xls", ".xlsx", ".ods", ".et", ".numbers"), ".csv"),
    **dict.fromkeys((".msg", ".pst", ".mbox"), ".eml"),
    **dict.fromkeys((".mht", ".mhtml", ".webarchive"), ".html"),
    **dict.fromkeys((".7z", ".rar", ".tar", ".tgz", ".tar.gz"), ".zip"),
}
"""Endings of documents and archives that people keep and that have no reader, and as what they can
be saved. Those of a folder are named as not read; styles and pictures of a saved page are not."""

_FORMATS_BY_KIND = {ending: known for known in FORMATS for ending in known.endings}
_KINDS_BY_MEDIA_TYPE = {
    media_type: known.endings[0] for known in FORMATS for media_type in known.media_types
}
_UNKNOWN_BYTES = (None, "application/octet-stream", "binary/octet-stream")
"""Media types of servers that do not know what they send."""


def reader_of(kind: str) -> Reader:
    """Return the reader of a kind of documents; its module is imported when first needed.

    Raises:
        ValueError: no reader is known for the kind; the message lists the kinds.
    """
    known = _FORMATS_BY_KIND.get(kind)
    if kind in WITHOUT_READER:
        raise ValueError(f"{kind} files are not read; save it as {WITHOUT_READER[kind]}")
    if known is None:
        raise ValueError(f"it has no known file ending; {readable_endings()}")
    return cast(Reader, getattr(import_module(known.module), known.function))


def readable_endings() -> str:
    """Return a clause, for messages, that lists the file endings that have a reader."""
    return f"names of files that can be read end in {' '.join(ENDINGS)}"


def kind_of(name: str) -> str | None:
    """Return the kind of a file by its name; None where no reader is known.

    >>> kind_of("crawl.WARC.gz"), kind_of("a.png")
    ('.warc.gz', None)
    """
    return _ending(name, ENDINGS)


def document_kind(name: str) -> str | None:
    """Return the kind of a document by its name; None for a file that is no document.

    >>> document_kind("report.ODT"), document_kind("a.png"), kind_of("report.ODT")
    ('.odt', None, None)
    """
    return kind_of(name) or _ending(name, WITHOUT_READER)


def _ending(name: str, endings: Iterable[str]) -> str | None:
    found = (ending for ending in endings if name.lower().endswith(ending))
    return max(found, key=len, default=None)


def kind_of_response(media_type: str | None, url: str) -> str | None:
    """Return the kind of a document that a server sends; None where no reader is known.

    Args:
        media_type: what the server states.
        url: of the document; its ending counts where the media type does not show the kind.

    >>> kind_of_response("application/octet-stream", "https://a.example/b.pdf?c=1")
    '.pdf'
    """
    if media_type in _UNKNOWN_BYTES:
        return kind_of(PurePosixPath(urlsplit(url).path).name) or ".html"
    return _KINDS_BY_MEDIA_TYPE.get((media_type or "").lower())
