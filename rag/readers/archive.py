"""ZIP archives from unknown senders: opened only if their unpacked size is bounded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from rag.readers.document import MAX_BYTES, Document

_MAX_MEMBERS = 100_000
_MAX_RATIO = 100
"""Unpacked bytes for each packed byte, over the whole archive. Text has 3 to 5, pages of one
template about 30."""

_ALWAYS_ALLOWED = 64 * 1024 * 1024
"""Unpacked bytes that are allowed whatever the ratio."""


@contextmanager
def opened_zip(file: BinaryIO, size: int) -> Iterator[ZipFile]:
    """Open an archive.

    Args:
        file: the archive.
        size: in bytes.

    Raises:
        ValueError: it is not a ZIP archive, is damaged, has too many members, or unpacks to too
            many bytes.
    """
    try:
        with ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > _MAX_MEMBERS:
                raise ValueError(f"it holds more than {_MAX_MEMBERS:,} files")
            # No more than the stated size is ever unpacked of a member.
            unpacked = sum(member.file_size for member in members)
            if unpacked > max(_ALWAYS_ALLOWED, _MAX_RATIO * size):
                raise ValueError(f"it unpacks to more than {_MAX_RATIO} times its size")
            yield archive
    except BadZipFile:
        raise ValueError("it is not a ZIP file, or it is damaged") from None


def unpacked(archive: ZipFile, member: ZipInfo | str) -> bytes:
    """Return the bytes of a member.

    Raises:
        ValueError: it is encrypted, damaged, packed in an unknown way, too large or missing.
    """
    try:
        info = archive.getinfo(member) if isinstance(member, str) else member
        if info.flag_bits & 1:
            raise ValueError("it is encrypted")
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
