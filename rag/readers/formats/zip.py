"""ZIP archives (.zip) of documents."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from zipfile import ZipFile, ZipInfo

from rag.readers.archive import opened_zip, size_of, unpacked
from rag.readers.document import Document
from rag.readers.reading_options import Reading
from rag.readers.registry import document_kind
from tamngu.records.rejection import Rejection


def read_zip(document: Document, reading: Reading) -> Iterator[Document | Rejection]:
    """Yield the documents in it, in order of their names, without hidden ones.

    Raises:
        ValueError: it is not a ZIP archive, is damaged, unpacks to too many bytes, or has no member
            that can be read.
    """
    size = size_of(document)
    with document.open() as file, opened_zip(file, size) as archive:
        members = {info.filename: info for info in archive.infolist() if _is_read(info)}
        if not members:
            raise ValueError("it has no file that can be read")
        for name in sorted(members):
            yield _member(document, archive, members[name], size)


def _is_read(info: ZipInfo) -> bool:
    parts = info.filename.split("/")
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    # A name may be empty, which Python cannot tell from a folder's.
    return document_kind(info.filename) is not None and not hidden and not info.is_dir()


def _member(document: Document, archive: ZipFile, info: ZipInfo, archive_size: int) -> Document:
    return document.inner(
        info.filename,
        kind=document_kind(info.filename) or "",
        open=partial(_open, archive, info),
        # Stated sizes cost a sender nothing; text is packed to a quarter of its size.
        size=min(info.file_size, 4 * min(info.compress_size, archive_size)),
    )


def _open(archive: ZipFile, info: ZipInfo) -> io.BytesIO:
    return io.BytesIO(unpacked(archive, info))
