"""Articles and passages as rows of the catalog's tables, and back."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Sequence
from typing import Any

import numpy as np
import xxhash
from numpy.typing import NDArray

from embeddings import Vectors
from embeddings.scaled_vectors import SCALE_BYTES, ScaledVectors, scaled, unscaled
from rag.records.passage import CODE_BYTES, EncodedArticle, EncodedPassage, Keys, Passage
from rag.records.token_codes import distinct
from rag.text.span import Span
from tamngu.records.article import Article
from tamngu.records.cut import Cut

ARTICLE_COLUMNS = tuple(field.name for field in dataclasses.fields(Article))
"""The columns of an article's row, in the order of :func:`read_article`."""

SPAN_BYTES = 8
"""Of the span of a sentence: two numbers of 32 bits."""

PASSAGE_COLUMNS = (
    "article_id",
    "start",
    '"end"',
    "language",
    "sentence_spans",
    "vector",
    "sentence_vectors",
    "tokens",
)
"""The columns of a passage's row; :func:`passage_row` adds their checksum at the end."""


def article_row(encoded: EncodedArticle) -> tuple[str | bytes | None, ...]:
    """Return the values of :data:`ARTICLE_COLUMNS`, then content hash, origin and signature."""
    article = encoded.article
    values = {
        **{name: getattr(article, name) for name in ARTICLE_COLUMNS},
        "authors": json.dumps(article.authors, ensure_ascii=False),
        "tags": json.dumps(article.tags, ensure_ascii=False),
        "pages": json.dumps(article.pages),
        "cut": json.dumps([(each.line, each.reason) for each in article.cut], ensure_ascii=False),
    }
    signature = None if encoded.signature is None else encoded.signature.astype("<u4").tobytes()
    return (*values.values(), article.content_hash, path_value(encoded.origin), signature)


def passage_row(encoded: EncodedPassage) -> tuple[str | int | bytes, ...]:
    """Return the values of :data:`PASSAGE_COLUMNS` and their checksum."""
    passage = encoded.passage
    spans = [(sentence.start, sentence.end) for sentence in passage.sentences]
    row = (
        passage.article_id,
        passage.start,
        passage.end,
        passage.language,
        np.array(spans, dtype="<u4").tobytes(),
        # Half precision changes a cosine by less than .0001, and 8 bits by less than .002.
        encoded.vector.astype("<f2").tobytes(),
        scaled(encoded.sentence_vectors).tobytes(),
        distinct(encoded.tokens).tobytes(),
    )
    return (*row, passage_checksum(row))


def passage_checksum(row: tuple[Any, ...]) -> int:
    """Return the signed 64-bit XXH3 of the values of :data:`PASSAGE_COLUMNS`.

    Empty tokens are left out, so that rows of releases that stored no tokens keep their checksum.
    """
    article_id, start, end, language, spans, vector, sentence_vectors, tokens = row
    blobs = (spans, vector, sentence_vectors, *([tokens] if tokens else []))
    digest = xxhash.xxh3_64(f"{article_id}\0{start}\0{end}\0{language}\0".encode())
    for blob in blobs:
        digest.update(len(blob).to_bytes(8, "little"))
        digest.update(blob)
    return int.from_bytes(digest.digest(), "big", signed=True)


def read_article(row: tuple[Any, ...]) -> Article:
    """Return the article of a row: the values of :data:`ARTICLE_COLUMNS`, then the content hash.

    Raises:
        ValueError: the row differs from what was written.
    """
    *values, content_hash = row
    known = dict(zip(ARTICLE_COLUMNS, values, strict=True))
    for name in ("authors", "tags", "pages"):
        known[name] = tuple(json.loads(known[name]))
    known["cut"] = tuple(Cut(*each) for each in json.loads(known["cut"]))
    article = Article(**known)
    if article.content_hash != content_hash:
        raise ValueError(f"the article {article.id!r} differs from what was stored")
    return article


def read_passage(row: tuple[Any, ...]) -> EncodedPassage:
    """Return the passage of a row: the values of :data:`PASSAGE_COLUMNS`, then their checksum.

    Raises:
        ValueError: the row differs from what was written.
    """
    *values, checksum = row
    if passage_checksum(tuple(values)) != checksum:
        raise ValueError(f"a passage of the article {values[0]!r} differs from what was stored")
    article_id, start, end, language, spans, vector, sentence_vectors, tokens = values
    passage = Passage(article_id, start, end, language, _spans(spans))
    whole, sentences = read_vectors(spans, vector, sentence_vectors)
    codes = np.frombuffer(tokens, dtype=np.uint8).reshape(-1, CODE_BYTES)
    if len(vector) != whole.size * 2:
        # An older row, which holds all tokens.
        codes = distinct(codes)
    return EncodedPassage(passage, whole, unscaled(sentences), codes)


def read_vectors(
    spans: bytes, vector: bytes, sentence_vectors: bytes
) -> tuple[Vectors, ScaledVectors]:
    """Return a passage's vector, float32, and those of its sentences, from columns of its row.

    Older rows hold the passage's vector in single precision, and the others in half precision.

    Raises:
        ValueError: they are not of one passage.
    """
    sentences = len(spans) // SPAN_BYTES
    dim = len(vector) // 2
    if len(sentence_vectors) == sentences * (dim + SCALE_BYTES):
        rows = _sentences(sentence_vectors, sentences, dim)
        return np.frombuffer(vector, dtype="<f2").astype(np.float32), rows
    whole = np.frombuffer(vector, dtype="<f4")
    return whole, _sentences(sentence_vectors, sentences, len(whole))


def read_sentences(
    found: bytearray, sizes: NDArray[np.int64], span_sizes: NDArray[np.int64], dim: int
) -> ScaledVectors:
    """Return the sentence vectors of several passages, of which some have older rows.

    Args:
        found: the vectors of one passage after the other.
        sizes: bytes of each passage's vectors, shape (n,).
        span_sizes: bytes of the spans of each passage's sentences, shape (n,).
        dim: the vectors' dimensions.

    Raises:
        ValueError: they are not of these sentences.
    """
    ends = np.cumsum(sizes).tolist()
    counts = (span_sizes // SPAN_BYTES).tolist()
    each = zip(ends, sizes.tolist(), counts, strict=True)
    rows = [_sentences(found[end - size : end], count, dim) for end, size, count in each]
    return np.concatenate(rows)


def _sentences(blob: bytes | bytearray, count: int, dim: int) -> ScaledVectors:
    """Return the vectors of a passage's sentences; older rows hold them in half precision."""
    if len(blob) == count * (dim + SCALE_BYTES):
        return np.frombuffer(blob, dtype=np.int8).reshape(count, dim + SCALE_BYTES)
    return scaled(np.frombuffer(blob, dtype="<f2").reshape(count, dim))


def read_keys(rows: Sequence[tuple[Any, ...]]) -> Keys:
    """Return the first value of each row, the key of a passage, shape (n,).

    Raises:
        ValueError: a key is not a number.
    """
    try:
        return np.array([row[0] for row in rows], dtype=np.int64)
    except (ValueError, TypeError) as error:
        raise ValueError("a key is not a number") from error


def _spans(blob: bytes) -> tuple[Span, ...]:
    return tuple(Span(*pair) for pair in np.frombuffer(blob, dtype="<u4").reshape(-1, 2).tolist())


_NOT_UTF8 = "\x01"
"""Begins the text form of a name that is not UTF-8; no absolute path and no URL begins with it."""


class PathBytes(bytes):
    """A file's name that is not UTF-8, as it is stored."""

    def as_text(self) -> str:
        """Return it as text, for a database that stores only text in columns of text."""
        return _NOT_UTF8 + self.hex()


def path_value(path: str | None) -> str | PathBytes | None:
    """Return how a path is stored: as text, or as the bytes of a name that is not UTF-8."""
    if path is None:
        return None
    try:
        path.encode()
    except UnicodeEncodeError:
        return PathBytes(os.fsencode(path))
    return path


def read_path_value(value: str | bytes) -> str:
    """Return the path that :func:`path_value` made a value of."""
    if isinstance(value, str) and value.startswith(_NOT_UTF8):
        value = bytes.fromhex(value.removeprefix(_NOT_UTF8))
    return os.fsdecode(value)
