"""Books (.epub): each book is one article, its chapters in reading order."""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote
from zipfile import ZipFile

from rag.readers.archive import MAX_UNPACKED, opened_zip, unpacked
from rag.readers.decode import decode_html
from rag.readers.document import MAX_BYTES, Document
from rag.readers.pages.html_text import html_text
from rag.readers.reading_options import Reading
from rag.records.new_article import make_article
from rag.text.dates.stated import iso_date
from tamngu.records.article import Article

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_FONT_METHODS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
"""Methods that obfuscate embedded fonts only; the text is not encrypted."""

_FIRST_YEAR = 1000
"""Books are older than the web."""

_MAX_PARTS = 10_000
"""Entries of a book's reading order. Chosen manually, not tuned: a book has a few for each
chapter."""


def read_epub(document: Document, reading: Reading) -> Iterator[Article]:
    """Yield the book as one article, with the title, authors and date that it states.

    Raises:
        ValueError: it is not a book, is encrypted or damaged, or has no text.
    """
    data = document.read()
    with opened_zip(io.BytesIO(data), len(data), most=MAX_UNPACKED) as archive:
        if _is_encrypted(archive):
            raise ValueError("it is encrypted")
        root = _parsed(unpacked(archive, _CONTAINER)).find(".//{*}rootfile")
        place = root.get("full-path") if root is not None else None
        if not place:
            raise ValueError("its container names no package")
        package = _parsed(unpacked(archive, str(place)))
        chapters = _chapters(archive, package, posixpath.dirname(str(place)))
        yield make_article(
            "\n\n".join(filter(None, chapters)),
            key=document.key,
            title=next(_stated(package, "title"), None),
            language=next(_stated(package, "language"), None),
            url=document.url,
            source=next(_stated(package, "publisher"), None) or document.source,
            published_at=document.published_at or _date(package),
            authors=list(_stated(package, "creator")),
            tags=list(_stated(package, "subject")),
        )


def _chapters(archive: ZipFile, package: _Element, folder: str) -> Iterator[str]:
    """Yield the text of each part of the book, in reading order; a part comes once.

    Raises:
        ValueError: there are too many parts, or they are too large together.
    """
    items = {
        str(item.get("id")): item
        for item in package.iterfind(".//{*}manifest/{*}item")
        if "nav" not in str(item.get("properties") or "").split()
    }
    left = MAX_BYTES
    for number, reference in enumerate(package.iterfind(".//{*}spine/{*}itemref")):
        if number == _MAX_PARTS:
            raise ValueError(f"it has more than {_MAX_PARTS:,} parts")
        item = items.pop(str(reference.get("idref")), None)
        if item is None or reference.get("linear") == "no" or "html" not in _type(item):
            continue
        place = posixpath.normpath(posixpath.join(folder, unquote(str(item.get("href")))))
        page = unpacked(archive, place)
        left -= len(page)
        if left < 0:
            raise ValueError(f"it is larger than {MAX_BYTES // 2**20} MB")
        yield html_text(decode_html(page))


def _type(item: _Element) -> str:
    return str(item.get("media-type") or "")


def _stated(package: _Element, name: str) -> Iterator[str]:
    for element in package.iterfind(f".//{{*}}metadata/{{*}}{name}"):
        if text := " ".join((element.text or "").split()):
            yield text


def _date(package: _Element) -> str | None:
    """Return the date of publication if it has year, month and day."""
    read = (iso_date(date, first_year=_FIRST_YEAR) for date in _stated(package, "date"))
    return next(filter(None, read), None)


def _is_encrypted(archive: ZipFile) -> bool:
    if _ENCRYPTION not in archive.namelist():
        return False
    methods = _parsed(unpacked(archive, _ENCRYPTION)).iterfind(".//{*}EncryptionMethod")
    return any(method.get("Algorithm") not in _FONT_METHODS for method in methods)


def _parsed(data: bytes) -> _Element:
    from lxml import etree

    try:
        # The file may be from anyone: no entities are resolved, and no network is used.
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"a part of it is not XML ({error.msg})") from None
