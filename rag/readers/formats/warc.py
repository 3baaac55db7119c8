"""Web archives (.warc, .warc.gz): the pages that a crawler has received."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast
from urllib.parse import urlsplit

from rag.fetching.content import decoded
from rag.fetching.errors import FetchError
from rag.readers.document import MAX_BYTES, Document
from rag.readers.reading_options import Reading
from rag.readers.registry import kind_of_response
from tamngu.records.rejection import Rejection

if TYPE_CHECKING:
    from fastwarc.warc import WarcRecord

_OK = 200


def read_warc(document: Document, reading: Reading) -> Iterator[Document | Rejection]:
    """Yield the pages and files of an archive one at a time, without pictures, scripts and errors.

    Raises:
        ValueError: it is not an archive, is damaged, or has no page.
    """
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    types = WarcRecordType.response | WarcRecordType.resource
    last = None
    with document.open() as packed:
        file = _Unpacked(packed, is_packed=document.kind.endswith(".gz"))
        stream = cast(BinaryIO, file)
        for record in ArchiveIterator(stream, record_types=types, auto_decode="transfer"):
            found = _page(document, record)
            if found is not None:
                # A record is known to be whole once another record follows it.
                if last is not None:
                    yield last
                last = found
    if not file.is_whole:
        raise ValueError("it is damaged or cut off; its last page is left out")
    if last is None:
        raise ValueError("it has no page")
    yield last


class _Unpacked:
    """The unpacked bytes of an archive, up to a damage; it knows whether there was one.

    The library's own unpacking does not notice that a file is cut off.
    """

    def __init__(self, file: BinaryIO, *, is_packed: bool) -> None:
        self._file = io.BufferedReader(gzip.GzipFile(fileobj=file)) if is_packed else file
        self._place = 0
        self._end = b""
        self._broken = False

    @property
    def is_whole(self) -> bool:
        """Whether everything was read, and the last bytes are the end of a record."""
        return not self._broken and self._end == b"\r\n\r\n"

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes; none at the end."""
        try:
            data = self._file.read(size)
        except (OSError, EOFError, zlib.error):
            self._broken = True
            return b""
        self._place += len(data)
        self._end = (self._end + data[-4:])[-4:]
        return data

    def tell(self) -> int:
        """Return the number of bytes that were read."""
        return self._place


def _page(archive: Document, record: WarcRecord) -> Document | Rejection | None:
    headers = record.http_headers
    url = (record.headers.get("WARC-Target-URI") or "").strip("<>")
    if headers is not None and headers.status_code != _OK:
        return None
    kind = kind_of_response(record.http_content_type or record.headers.get("Content-Type"), url)
    if kind is None or not url.startswith(("http://", "https://")):
        return None
    name = f"{archive.name}!{url}"
    try:
        # A record cannot be read after the iterator has moved to the next one.
        data = _body(record)
    except (OSError, FetchError, ValueError) as error:
        return Rejection(name, str(error))
    return Document(
        name=name,
        key=url,
        kind=kind,
        source=urlsplit(url).hostname or archive.source,
        open=lambda: io.BytesIO(data),
        url=url,
        charset=record.http_charset,
        size=len(data),
    )


def _body(record: WarcRecord) -> bytes:
    """Return the body of a response, decompressed.

    Raises:
        FetchError: its compression is unknown or broken.
        ValueError: it is too large.
    """
    headers = record.http_headers
    encoding = (headers.get("Content-Encoding") if headers is not None else None) or ""
    sent = record.reader.read(MAX_BYTES + 1)
    body = bytearray()
    for piece in decoded([sent], encoding):
        body += piece
        if len(body) > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES // 2**20} MB")
    return bytes(body)
