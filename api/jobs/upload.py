"""Uploads: a multipart form whose files go to disk while they arrive."""

from __future__ import annotations

import logging
import os
import unicodedata
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from fastapi import HTTPException
from fastapi.concurrency import run_in_threadpool
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from api.jobs.imports import stored_paths
from rag.readers import ENDINGS
from rag.readers.kinds import kind_of

# What is the matter with a form is told to whoever sent it; a log is no place for it.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

MOST_FILES = 1000
"""Of one upload."""

_MOST_FIELDS = 20
_MOST_FIELD_BYTES = 1000
_MOST_NAME_BYTES = 255


@dataclass(frozen=True)
class Upload:
    """What was uploaded.

    Attributes:
        files: names, in the order in which they came; stored as :func:`stored_paths` says.
        size: bytes of all files.
        fields: of the form, by name, in order.
    """

    files: tuple[str, ...]
    size: int
    fields: tuple[tuple[str, str], ...]


async def receive_upload(
    content_type: str, stream: AsyncIterator[bytes], folder: Path, most_bytes: int
) -> Upload:
    """Store the files of a form in a folder; they are on disk when this returns.

    Args:
        content_type: of the request.
        stream: its body.
        folder: for the files; it is there, and empty.
        most_bytes: of the body.

    Raises:
        HTTPException: 413, it is too large; 422, it is no such form, or a file has an odd name.
        OSError: it cannot be stored.
    """
    form = _Form(_boundary(content_type), folder)
    received = 0
    try:
        async for data in stream:
            received += len(data)
            if received > most_bytes:
                raise too_large(most_bytes)
            await run_in_threadpool(form.take, data)
        return await run_in_threadpool(form.finish)
    finally:
        form.close()


def too_large(most_bytes: int) -> HTTPException:
    """Return what is raised where an upload has more bytes than that."""
    return HTTPException(413, f"The upload has more than {most_bytes:,} bytes")


def file_name(stated: str) -> str:
    r"""Return the name that a file goes by: its last component, composed (NFC).

    Raises:
        ValueError: it is none that a file may have, or nothing reads such files; the message
            says what is the matter.

    >>> file_name("C:\\news\\a.txt")
    'a.txt'
    """
    name = unicodedata.normalize("NFC", stated.replace("\\", "/").rpartition("/")[2]).strip()
    if not name or name.startswith(".") or not name.isprintable():
        raise ValueError(f"{stated[:80]!r} cannot name a file")
    if len(name.encode()) > _MOST_NAME_BYTES:
        raise ValueError(f"The name {name[:40]!r}... is longer than {_MOST_NAME_BYTES} bytes")
    if kind_of(name) is None:
        raise ValueError(f"Nothing reads {name!r}; kinds of files that can be: {' '.join(ENDINGS)}")
    return name


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise HTTPException(422, "An upload has to be a form (multipart/form-data) with its files")
    return options[b"boundary"]


@dataclass
class _Part:
    """One part of the form: a file being written, or a field."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    header: bytes = b""
    value: bytes = b""
    name: str = ""
    file: BinaryIO | None = None
    data: bytearray = field(default_factory=bytearray)


class _Form:
    """Takes the bytes of a form as they come; used by one thread at a time."""

    def __init__(self, boundary: bytes, folder: Path) -> None:
        self._paths = stored_paths(folder, [""] * MOST_FILES)
        self._folder = folder
        self._names: list[str] = []
        self._fields: list[tuple[str, str]] = []
        self._size = 0
        self._part = _Part()
        self._is_whole = False
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_end,
                    "on_part_data": self._data,
                    "on_part_end": self._part_end,
                    "on_end": self._end,
                },
            )
        except FormParserError as error:
            raise _no_form(error) from error

    def take(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _no_form(error) from error

    def finish(self) -> Upload:
        if not self._is_whole:
            raise HTTPException(422, "The upload was cut off: the form has no end")
        if not self._names:
            raise HTTPException(422, "Name at least one file, in the form's field 'files'")
        return Upload(tuple(self._names), self._size, tuple(self._fields))

    def close(self) -> None:
        if self._part.file is not None:
            self._part.file.close()

    def _begin(self) -> None:
        self._part = _Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]

    def _header_end(self) -> None:
        part = self._part
        part.headers[part.header.lower()] = part.value
        part.header = part.value = b""

    def _headers_end(self) -> None:
        part = self._part
        _, options = parse_options_header(part.headers.get(b"content-disposition"))
        part.name = options.get(b"name", b"").decode("utf-8", "replace")
        stated = options.get(b"filename")
        if (stated is not None) != (part.name == "files"):
            raise HTTPException(422, "Files, and nothing else, go into the form's field 'files'")
        if stated is None:
            if len(self._fields) == _MOST_FIELDS:
                raise HTTPException(422, f"The form has more than {_MOST_FIELDS} fields")
        else:
            self._name(stated)
            part.file = self._paths[len(self._names) - 1].open("xb")

    def _name(self, stated: bytes) -> None:
        if len(self._names) == MOST_FILES:
            raise HTTPException(
                422, f"There are more than {MOST_FILES} files; pack them into a ZIP"
            )
        try:
            name = file_name(stated.decode())
        except UnicodeDecodeError:
            raise HTTPException(422, "A file's name is not in UTF-8") from None
        except ValueError as error:
            raise HTTPException(422, str(error)) from None
        if name in self._names:
            raise HTTPException(422, f"There are two files named {name!r}")
        self._names.append(name)

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        if part.file is not None:
            part.file.write(data[start:end])
            self._size += end - start
            return
        part.data += data[start:end]
        if len(part.data) > _MOST_FIELD_BYTES:
            raise HTTPException(422, f"The field {part.name[:80]!r} is too long")

    def _part_end(self) -> None:
        part = self._part
        if part.file is None:
            self._fields.append((part.name, part.data.decode("utf-8", "replace")))
            return
        part.file.flush()
        os.fsync(part.file.fileno())
        part.file.close()

    def _end(self) -> None:
        self._is_whole = True


def _no_form(error: FormParserError) -> HTTPException:
    return HTTPException(422, f"The body is no form ({str(error)[:200].rstrip('.')})")
