"""Feeds and sitemaps: the pages that a site lists, and what it states of each."""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from rag.readers.decode import decode_xml
from rag.readers.document import MAX_BYTES
from rag.text.dates.order import day_first_in, day_first_of_all, is_chinese
from rag.text.dates.stated import iso_date

# Atomic, so that a comment ends at its first end: otherwise 40 comments take hours.
_PROLOGUE = rb"\A(?:\xef\xbb\xbf)?\s*+(?:(?><\?[^>]*+>|<!--.*?-->|<!DOCTYPE[^>]*+>)\s*+)*+"
_SITEMAP = re.compile(_PROLOGUE + rb"<(?:\w{1,20}:)?(?:urlset|sitemapindex)[\s>]", re.DOTALL)
_FEED = re.compile(_PROLOGUE + rb"<(?:\w{1,20}:)?(?:rss|feed|RDF)[\s>]", re.DOTALL)
_DATES = ("published", "updated")
_TITLES, _TITLE = 50, 200
"""Titles of a feed by which its language is told, and characters of each. Chosen manually, not
tuned."""

_FIRST_YEAR = 1000
"""Archives of newspapers have older dates than the web."""

_HEAD = 4096
"""Bytes at the beginning in which the first element is looked for."""


@dataclass(frozen=True)
class Entry:
    """A page that a feed or a sitemap lists.

    Attributes:
        url: of the page; None for an entry of a feed that has no page.
        title: of the page.
        published_at: ISO 8601.
        stamp: the time of the page's last change, as the listing states it.
        authors: names.
        html: the part of the page that the feed has; empty if none.
        is_whole: whether ``html`` is meant to be the whole page, and not a summary.
    """

    url: str | None
    title: str | None = None
    published_at: str | None = None
    stamp: str | None = None
    authors: tuple[str, ...] = ()
    html: str = ""
    is_whole: bool = False


def is_listing(data: bytes) -> bool:
    """Tell whether a document is a feed or a sitemap, by its first element."""
    head = _inflated(data, _HEAD) if data.startswith(b"\x1f\x8b") else data[:_HEAD]
    return bool(_SITEMAP.search(head) or _FEED.search(head))


def is_sitemap(data: bytes) -> bool:
    """Tell whether a document is a sitemap, which only lists pages."""
    return bool(_SITEMAP.search(data[:_HEAD]))


def listed(data: bytes, url: str | None = None) -> list[Entry]:
    """Return the pages that a feed or a sitemap lists, in its order.

    Args:
        data: the document; sitemaps may be compressed with gzip.
        url: of the document, for relative links in it.

    Raises:
        ValueError: it is neither a feed nor a sitemap, or it is broken.
    """
    if data.startswith(b"\x1f\x8b"):
        data = _inflated(data, MAX_BYTES)
    if is_sitemap(data):
        return list(_sitemap(data))
    if not _FEED.search(data[:_HEAD]):
        raise ValueError("it is neither a feed nor a sitemap")
    return list(_feed(data, url))


def _sitemap(data: bytes) -> Iterator[Entry]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(data, parser)
    for page in root if root is not None else ():
        url = _web_address((page.findtext("{*}loc") or "").strip())
        if url is not None:
            yield Entry(url, stamp=(page.findtext("{*}lastmod") or "").strip() or None)


def _feed(data: bytes, url: str | None) -> Iterator[Entry]:
    import feedparser

    # Its cleaning of markup takes minutes for a long attribute; only the text of entries is used.
    found = feedparser.parse(
        io.BytesIO(decode_xml(data)),
        response_headers={"content-location": url} if url else None,
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not found.entries and found.bozo:
        raise ValueError(f"it is a broken feed ({found.bozo_exception})")
    day_first, chinese = _order(found)
    for entry in found.entries:
        link = urljoin(url or "", str(entry.get("link") or ""))
        parts = (str(part.get("value") or "") for part in entry.get("content", []))
        whole = max(parts, key=len, default="")
        names = (str(each.get("name") or "") for each in entry.get("authors", []))
        summary = str(entry.get("summary") or "")
        yield Entry(
            url=_web_address(link),
            title=entry.get("title") or None,
            published_at=_date(entry, day_first, chinese=chinese),
            stamp=_said(entry, "updated") or _said(entry, "published"),
            authors=tuple(filter(None, names)),
            html=whole or summary,
            is_whole=bool(whole),
        )


def _date(entry: Mapping[str, Any], day_first: bool | None, *, chinese: bool) -> str | None:
    """Return the first date of an entry that is understood, as ISO 8601."""
    for stated in filter(None, (_said(entry, name) for name in _DATES)):
        if iso := iso_date(stated, day_first=day_first, chinese=chinese, first_year=_FIRST_YEAR):
            return iso
    return None


def _order(found: Mapping[str, Any]) -> tuple[bool | None, bool]:
    """Return whether the dates of a feed have days before months, and whether it is Chinese.

    The feed library's own reading of dates is not used: it fills in what is not stated.
    """
    entries = found["entries"]
    channel = found.get("feed") or {}
    said = (_said(entry, name) or "" for entry in entries for name in _DATES)
    titles = " ".join(str(entry.get("title") or "")[:_TITLE] for entry in entries[:_TITLES])
    titles = f"{channel.get('title') or ''} {titles}"
    language = str(channel.get("language") or "")
    shown = day_first_of_all(said)
    order = day_first_in(language, titles) if shown is None else shown
    return order, is_chinese(titles) or language.lower().startswith("zh")


def _said(entry: Mapping[str, Any], name: str) -> str | None:
    # feedparser returns another date, and warns, for an "updated" that the entry does not have.
    return str(entry[name]).strip() or None if name in entry else None


def _web_address(url: str) -> str | None:
    """Return a web address with its scheme in small letters; None for another one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and bool(parts.netloc)
    return parts.scheme + url[len(parts.scheme) :] if is_web else None


def _inflated(data: bytes, max_bytes: int) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(data, max_bytes)
    except zlib.error as error:
        raise ValueError(f"it is damaged ({error})") from None
