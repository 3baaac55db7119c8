"""Uploads: a multipart form whose files are written to disk while they arrive."""

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
from rag.catalog.private_files import new_private_file
from rag.readers import ENDINGS
from rag.readers.registry import WITHOUT_READER, document_kind, kind_of

# The client that sent a bad form gets the error; the log of the server does not need it.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

MAX_FILES = 1000
"""Files of one upload."""

_MAX_FIELDS = 20
_MAX_FIELD_BYTES = 1000
_MAX_NAME_BYTES = 255


@dataclass(frozen=True)
class Upload:
    """What was uploaded.

    Attributes:
        files: names, in the order of the form; :func:`stored_paths` returns where they are stored.
        size: bytes of all files.
        fields: names and values of the form's other fields, in order.
    """

    files: tuple[str, ...]
    size: int
    fields: tuple[tuple[str, str], ...]


async def receive_upload(
    content_type: str, stream: AsyncIterator[bytes], folder: Path, max_bytes: int
) -> Upload:
    """Store the files of a form in a folder; when this returns, they are on disk.

    Args:
        content_type: of the request.
        stream: the body of the request.
        folder: for the files; it exists and is empty.
        max_bytes: size that the body may have.

    Raises:
        HTTPException: 413, the body is too large; 422, it is not such a form, or the name of a
            file is not allowed.
        OSError: a file cannot be stored.
    """
    form = _Form(_boundary(content_type), folder)
    received = 0
    try:
        async for data in stream:
            received += len(data)
            if received > max_bytes:
                raise too_large(max_bytes)
            await run_in_threadpool(form.write, data)
        return await run_in_threadpool(form.finish)
    finally:
        form.close()


def too_large(max_bytes: int) -> HTTPException:
    """Return the error for an upload that has more bytes than that."""
    return HTTPException(413, f"The upload has more than {max_bytes:,} bytes")


def file_name(path: str) -> str:
    r"""Return the name of an uploaded file: the last component of its path, composed (NFC).

    Raises:
        ValueError: the name is not allowed, or no reader reads such files; the message says which.

    >>> file_name("C:\\news\\a.txt")
    'a.txt'
    """
    name = unicodedata.normalize("NFC", path.replace("\\", "/").rpartition("/")[2]).strip()
    if not name or name.startswith(".") or not name.isprintable():
        raise ValueError(f"{path[:80]!r} cannot name a file")
    if len(name.encode()) > _MAX_NAME_BYTES:
        raise ValueError(f"The name {name[:40]!r}... is longer than {_MAX_NAME_BYTES} bytes")
    if other := WITHOUT_READER.get(document_kind(name) or ""):
        raise ValueError(f"Tamngu cannot read {name!r}; save it as {other}")
    if kind_of(name) is None:
        raise ValueError(f"Tamngu cannot read {name!r}; it reads files with {' '.join(ENDINGS)}")
    return name


def _boundary(content_type: str) -> bytes:
    kind, options = parse_options_header(content_type)
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise HTTPException(422, "An upload has to be a form (multipart/form-data) with its files")
    return options[b"boundary"]


@dataclass
class _Part:
    """One part of the form: a file that is being written, or a field."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    header: bytes = b""
    value: bytes = b""
    name: str = ""
    file: BinaryIO | None = None
    data: bytearray = field(default_factory=bytearray)


class _Form:
    """Reads a form piece by piece; one thread may use it at a time."""

    def __init__(self, boundary: bytes, folder: Path) -> None:
        self._paths = stored_paths(folder, [""] * MAX_FILES)
        self._folder = folder
        self._names: list[str] = []
        self._fields: list[tuple[str, str]] = []
        self._size = 0
        self._part = _Part()
        self._is_complete = False
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
            raise _bad_form(error) from error

    def write(self, data: bytes) -> None:
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _bad_form(error) from error

    def finish(self) -> Upload:
        if not self._is_complete:
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
        filename = options.get(b"filename")
        if (filename is not None) != (part.name == "files"):
            raise HTTPException(422, "Send files, and only files, in the form's field 'files'")
        if filename is None:
            if len(self._fields) == _MAX_FIELDS:
                raise HTTPException(422, f"The form has more than {_MAX_FIELDS} fields")
        else:
            self._add_name(filename)
            part.file = new_private_file(self._paths[len(self._names) - 1])

    def _add_name(self, filename: bytes) -> None:
        if len(self._names) == MAX_FILES:
            raise HTTPException(422, f"There are more than {MAX_FILES} files; pack them into a ZIP")
        try:
            name = file_name(filename.decode())
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
        if len(part.data) > _MAX_FIELD_BYTES:
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
        self._is_complete = True


def _bad_form(error: FormParserError) -> HTTPException:
    return HTTPException(422, f"The body is not a form ({str(error)[:200].rstrip('.')})")
