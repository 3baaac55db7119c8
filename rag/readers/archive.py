"""ZIP archives from unknown senders: opened only if their unpacked size is bounded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from rag.readers.document import MAX_BYTES, Document

_MAX_MEMBERS = 100_000
_METHODS = (ZIP_STORED, ZIP_DEFLATED, ZIP_BZIP2)
"""Methods of compression that are unpacked. LZMA lets a file choose how much memory it takes, up to
4 GB."""

_MAX_LISTING = 64 * 1024 * 1024
"""Bytes of the list of members at the end of an archive."""

_MEMBER = b"PK\x01\x02"
"""What each entry of that list begins with (ZIP's application note, 4.3.12)."""

_MAX_RATIO = 100
"""Unpacked bytes for each packed byte, over the whole archive. Text has 3 to 5, pages of one
template about 30."""

_ALWAYS_ALLOWED = 64 * 1024 * 1024
"""Unpacked bytes that are allowed whatever the ratio."""

MAX_UNPACKED = 4 * MAX_BYTES
"""Unpacked bytes of a book or a Word document, whose parts are read together."""


@contextmanager
def opened_zip(file: BinaryIO, size: int, *, most: int | None = None) -> Iterator[ZipFile]:
    """Open an archive.

    Args:
        file: the archive.
        size: in bytes.
        most: unpacked bytes that are allowed whatever its size; default: no such bound.

    Raises:
        ValueError: it is not a ZIP archive, is damaged, has too many members, or unpacks to too
            many bytes.
    """
    try:
        bounded = _Bounded(file)
        with ZipFile(bounded) as archive:
            bounded.is_listed = True
            members = archive.infolist()
            # No more than the stated size is ever unpacked of a member.
            unpacked = sum(member.file_size for member in members)
            if unpacked > max(_ALWAYS_ALLOWED, _MAX_RATIO * size):
                raise ValueError(f"it unpacks to more than {_MAX_RATIO} times its size")
            if most is not None and unpacked > most:
                raise ValueError(f"it unpacks to more than {most // 2**20} MB")
            yield archive
    except (BadZipFile, NotImplementedError):
        # The second is of archives that state a version of ZIP which zipfile does not know.
        raise ValueError("it is not a ZIP file, or it is damaged") from None


class _Bounded:
    """The file of an archive, which refuses a list of too many members before it is parsed.

    zipfile makes an object for each member when it opens an archive, and goes by the bytes of the
    list; the number of members that the archive states need not be true.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.is_listed = False
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes.

        Raises:
            ValueError: they are a list of too many members.
        """
        if self.is_listed:
            return self._file.read(size)
        data = self._file.read(_MAX_LISTING + 1 if size < 0 else min(size, _MAX_LISTING + 1))
        if len(data) > _MAX_LISTING or data.count(_MEMBER) > _MAX_MEMBERS:
            raise ValueError(f"it holds more than {_MAX_MEMBERS:,} files")
        return data


def unpacked(archive: ZipFile, member: ZipInfo | str) -> bytes:
    """Return the bytes of a member.

    Raises:
        ValueError: it is encrypted, damaged, packed in an unknown way, too large or missing.
    """
    try:
        info = archive.getinfo(member) if isinstance(member, str) else member
        if info.flag_bits & 1:
            raise ValueError("it is encrypted")
        if info.compress_type not in _METHODS:
            raise ValueError("it is packed in a way that is not read; pack it as an ordinary ZIP")
        if info.file_size > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES // 2**20} MB")
        with archive.open(info) as opened:
            return opened.read(MAX_BYTES)
    except KeyError:
        raise ValueError(f"its part {member} is missing") from None
    except ValueError:
        raise
    except Exception as error:
        # Each compression method has its own errors.
        raise ValueError(f"it is damaged ({error})") from error


def size_of(document: Document) -> int:
    """Return the size of a document in bytes."""
    with document.open() as opened:
        return opened.seek(0, 2)
