"""Kinds of documents: by the ending of a name, or by what a server or a message says."""

from __future__ import annotations

from pathlib import PurePosixPath
from urllib.parse import urlsplit

ENDINGS = (
    ".txt",
    ".md",
    ".markdown",
    ".html",
    ".htm",
    ".xhtml",
    ".pdf",
    ".docx",
    ".epub",
    ".eml",
    ".json",
    ".jsonl",
    ".csv",
    ".tsv",
    ".rss",
    ".atom",
    ".xml",
    ".warc",
    ".warc.gz",
    ".zip",
)

_MEDIA_TYPES = {
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/epub+zip": ".epub",
    "message/rfc822": ".eml",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/rss+xml": ".xml",
    "application/atom+xml": ".xml",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/warc": ".warc",
    "application/zip": ".zip",
}


def kind_of(name: str) -> str | None:
    """Return the ending that a file's name has; None where nothing reads such files.

    >>> kind_of("crawl.WARC.gz"), kind_of("a.png")
    ('.warc.gz', None)
    """
    endings = (ending for ending in ENDINGS if name.lower().endswith(ending))
    return max(endings, key=len, default=None)


def kind_of_response(media_type: str | None, url: str) -> str | None:
    """Return the kind of what a server sends; its URL decides where its type says nothing.

    >>> kind_of_response("application/octet-stream", "https://a.example/b.pdf?c=1")
    '.pdf'
    """
    kind = _MEDIA_TYPES.get((media_type or "").lower())
    if kind is None and media_type in (None, "application/octet-stream", "binary/octet-stream"):
        return kind_of(PurePosixPath(urlsplit(url).path).name) or ".html"
    return kind
