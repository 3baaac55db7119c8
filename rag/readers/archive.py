"""ZIP files from strangers: opened only where unpacking them is bounded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from rag.readers.document import MOST_BYTES, Document

_MOST_MEMBERS = 100_000
_MOST_RATIO = 100
"""Bytes unpacked for each packed one, over the whole archive. Text packs to a third or a fifth,
pages of one template to a thirtieth."""

_ALWAYS_FINE = 64 * 1024 * 1024
"""Bytes unpacked, whatever the ratio."""


@contextmanager
def opened_zip(file: BinaryIO, size: int) -> Iterator[ZipFile]:
    """Open an archive.

    Args:
        file: the archive.
        size: in bytes.

    Raises:
        ValueError: it is none, is damaged, or unpacks to far more than it should.
    """
    try:
        with ZipFile(file) as archive:
            members = archive.infolist()
            if len(members) > _MOST_MEMBERS:
                raise ValueError(f"it holds more than {_MOST_MEMBERS:,} files")
            # No more than this is ever unpacked of a member, whatever it really holds.
            unpacked = sum(member.file_size for member in members)
            if unpacked > max(_ALWAYS_FINE, _MOST_RATIO * size):
                raise ValueError(f"it unpacks to more than {_MOST_RATIO} times its size")
            yield archive
    except BadZipFile:
        raise ValueError("it is no ZIP file, or damaged") from None


def unpacked(archive: ZipFile, member: ZipInfo | str) -> bytes:
    """Return the bytes of a member.

    Raises:
        ValueError: it is encrypted, damaged, packed in an unknown way, too large or not there.
    """
    try:
        info = archive.getinfo(member) if isinstance(member, str) else member
        if info.flag_bits & 1:
            raise ValueError("it is encrypted")
        if info.file_size > MOST_BYTES:
            raise ValueError(f"it is larger than {MOST_BYTES // 2**20} MB")
        with archive.open(info) as opened:
            return opened.read(MOST_BYTES)
    except KeyError:
        raise ValueError(f"it lacks its part {member}") from None
    except ValueError:
        raise
    except Exception as error:
        # Each way to pack has its own errors.
        raise ValueError(f"it is damaged ({error})") from error


def size_of(document: Document) -> int:
    """Return the bytes of a document."""
    with document.open() as opened:
        return opened.seek(0, 2)
