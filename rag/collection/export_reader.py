"""Reads an export: checks everything, and holds one article in memory at a time."""

from __future__ import annotations

import errno
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

import numpy as np
import xxhash
from numpy.typing import NDArray

from embeddings import Vectors
from rag.collection.export_format import (
    ARTICLES,
    FORMAT,
    LONGEST_LINE,
    MANIFEST,
    SENTENCES,
    TOKENS,
    VECTORS,
    ArticleLine,
    Counts,
    Manifest,
    Member,
    format_of,
)
from rag.errors import BadExport, UnreadableFile
from rag.records.passage import CODE_BYTES, EncodedArticle, EncodedPassage, Passage
from rag.text.visible import visible_line

_MAX_TOKENS = 65_536
"""Tokens of one passage, 4 MB: far more than any model reads."""

_LONGEST_MANIFEST = 1024 * 1024
"""Bytes."""

_LONGEST_PROBLEM = 300
"""Characters of what is wrong with an export, in the message."""

_MALFORMED = (BadZipFile, zlib.error, EOFError, RuntimeError, ValueError)
"""What unpacking and parsing raise on damaged exports and on other files."""


@dataclass(frozen=True)
class KeyedArticle:
    """An article with its vectors, and its first passage's key; None if it has no passage."""

    key: int | None
    encoded: EncodedArticle


class ExportReader:
    """An open export.

    Attributes:
        manifest: the file's description of itself.
    """

    def __init__(self, file: Path) -> None:
        """Open the file and read its manifest.

        Raises:
            BadExport: it is not an export, or it has another format.
            UnreadableFile: it cannot be opened.
        """
        self._file = file
        with self._reported():
            self._archive = ZipFile(file)
            try:
                self.manifest = self._read_manifest()
            except BaseException:
                self._archive.close()
                raise

    def close(self) -> None:
        """Close the file."""
        self._archive.close()

    def articles(self) -> Iterator[KeyedArticle]:
        """Yield all articles in the order of their keys; articles without passages come last.

        The file is known to be undamaged only when this has ended.

        Raises:
            BadExport: the file is damaged or has been changed; the message says where.
            UnreadableFile: the file cannot be read.
        """
        with self._reported(), ExitStack() as opened:
            lines, vectors, sentences, tokens = (
                _MemberReader(name, opened.enter_context(self._open(name)), member)
                for name, member in self.manifest.members.items()
            )
            dim = self.manifest.fingerprint.dim
            counts = Counts(0, 0, 0)
            for line in _lines(lines):
                passages = [_encoded(p, vectors, sentences, tokens, dim) for p in line.passages]
                yield KeyedArticle(line.key, EncodedArticle(line.article, passages))
                counts = Counts(
                    counts.articles + 1,
                    counts.passages + len(passages),
                    counts.sentences + sum(len(p.sentences) for p in line.passages),
                )
            for member in (lines, vectors, sentences, tokens):
                member.finish()
            if counts != self.manifest.counts:
                raise ValueError(f"it holds {counts}, not {self.manifest.counts}")

    def problem(self, what: str) -> BadExport:
        """Return the error that says what is wrong with the file and what to do.

        Args:
            what: may hold text of the file.
        """
        shown = visible_line(what)[:_LONGEST_PROBLEM]
        return BadExport(
            f"{self._file} is not a complete export of a collection ({shown}): copy it again, or "
            "export the collection again."
        )

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except _MALFORMED as error:
            raise self.problem(str(error) or type(error).__name__) from error
        except OSError as error:
            if error.errno == errno.EINVAL:
                raise self.problem("it points outside itself") from error
            raise UnreadableFile(
                f"Cannot read {self._file}: {error.strerror or error}; check its path and its "
                "permissions."
            ) from error

    def _read_manifest(self) -> Manifest:
        with self._open(MANIFEST) as opened:
            text = opened.read(_LONGEST_MANIFEST + 1)
        if len(text) > _LONGEST_MANIFEST:
            raise ValueError(f"its {MANIFEST} is too long")
        found = format_of(text)
        if found != FORMAT:
            raise BadExport(
                f"{self._file} has format {found!r:.40}; this Tamngu reads {FORMAT}: export the "
                "collection again with the version of Tamngu that imports it."
            )
        return Manifest.from_json(text)

    def _open(self, name: str) -> IO[bytes]:
        try:
            info = self._archive.getinfo(name)
        except KeyError:
            raise ValueError(f"it has no {name}") from None
        if info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise ValueError(f"its {name} is compressed by an unknown method")
        return self._archive.open(info)


class _MemberReader:
    """Reads a member from its beginning, and checks at its end that it is undamaged."""

    def __init__(self, name: str, opened: IO[bytes], expected: Member) -> None:
        self._name = name
        self._opened = opened
        self._expected = expected
        self._left = expected.size
        self._digest = xxhash.xxh3_128()

    def take(self, size: int) -> bytes:
        """Return exactly the next ``size`` bytes."""
        if size > self._left:
            raise ValueError(f"its {self._name} is too short")
        return self._track(self._opened.read(size))

    def line(self) -> bytes:
        """Return the next line with its line end; empty at the end of the member."""
        line = self._track(self._opened.readline(LONGEST_LINE + 1))
        if len(line) > LONGEST_LINE:
            raise ValueError(f"a line of its {self._name} is too long")
        return line

    def finish(self) -> None:
        """Check that nothing is left, and that size and digest are those of the manifest."""
        if self._left != 0 or self._opened.read(1):
            raise ValueError(f"its {self._name} has another size than its {MANIFEST} says")
        if self._digest.hexdigest() != self._expected.xxh3_128:
            raise ValueError(f"its {self._name} differs from what was written")

    def _track(self, data: bytes) -> bytes:
        self._digest.update(data)
        self._left -= len(data)
        return data


def _lines(member: _MemberReader) -> Iterator[ArticleLine]:
    least = 1
    number = 0
    while text := member.line():
        number += 1
        try:
            line = ArticleLine.from_json(text)
            if line.key is not None:
                if line.key < least:
                    raise ValueError(f"its key {line.key} does not follow the former key")
                least = line.key + len(line.passages)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"line {number} of its {ARTICLES}: {error}") from error
        yield line


def _encoded(
    passage: Passage,
    vectors: _MemberReader,
    sentences: _MemberReader,
    tokens: _MemberReader,
    dim: int,
) -> EncodedPassage:
    count = len(passage.sentences)
    vector = _floats(vectors.take(4 * dim), "<f4", VECTORS)
    rows = _floats(sentences.take(2 * dim * count), "<f2", SENTENCES)
    size = int.from_bytes(tokens.take(4), "little")
    if size > _MAX_TOKENS:
        raise ValueError(f"its {TOKENS} says that a passage has {size:,} tokens")
    codes = np.frombuffer(tokens.take(size * CODE_BYTES), dtype=np.uint8).reshape(-1, CODE_BYTES)
    return EncodedPassage(passage, vector, rows.reshape(count, dim), codes)


def _floats(data: bytes, kind: str, name: str) -> Vectors:
    values: NDArray[Any] = np.frombuffer(data, dtype=kind)
    if not np.isfinite(values).all():
        raise ValueError(f"its {name} holds values that are not finite numbers")
    return values.astype(np.float32)
