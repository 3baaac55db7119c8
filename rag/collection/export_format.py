"""The format of an export: one collection in a ZIP file of five members that any tool can read.

- ``manifest.json``: format, encoder, counts, and the other members' sizes and digests.
- ``articles.jsonl``: one article per line, with the spans of its passages and their sentences.
- ``vectors.f32``: the passages' vectors in the order of the lines, little-endian float32.
- ``sentences.f16``: the sentences' vectors in the same order, little-endian float16.
- ``tokens.u8``: for each passage the number of its tokens, uint32, then their codes, 64 bytes each
  (:mod:`rag.index.late_interaction`).
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from embeddings import Fingerprint
from rag.catalog.rows import ARTICLE_COLUMNS
from rag.records.passage import Passage
from rag.text.span import Span
from tamngu.records.article import Article
from tamngu.records.cut import Cut

FORMAT = 3

MANIFEST = "manifest.json"
ARTICLES = "articles.jsonl"
VECTORS = "vectors.f32"
SENTENCES = "sentences.f16"
TOKENS = "tokens.u8"

LONGEST_LINE = 256 * 1024 * 1024
"""Bytes of the line of one article; an import holds it in memory."""

_MAX_DIMENSIONS = 65_536
_MAX_KEY = 2**62

_LANGUAGE = re.compile("[a-z]{2,3}")
"""A code of a language. Earlier versions also stored codes that are not accepted today."""

_TEXTS = ("id", "title", "text", "language")
_LISTS = ("authors", "tags")


@dataclass(frozen=True)
class Counts:
    """How many articles, passages and sentences a collection holds."""

    articles: int
    passages: int
    sentences: int


@dataclass(frozen=True)
class Member:
    """A file inside an export.

    Attributes:
        size: its uncompressed size in bytes.
        xxh3_128: the XXH3 digest of its uncompressed bytes, hexadecimal.
    """

    size: int
    xxh3_128: str


@dataclass(frozen=True)
class Manifest:
    """An export's description of itself.

    Attributes:
        fingerprint: the fingerprint of the encoder that made the vectors.
        counts: how much it holds.
        members: all members except the manifest, by name.
        tokens: see :meth:`rag.catalog.settings.Settings.token_digest`.
    """

    fingerprint: Fingerprint
    counts: Counts
    members: Mapping[str, Member]
    tokens: str

    def to_json(self) -> str:
        """Return the text of the member."""
        manifest = {
            "format": FORMAT,
            "fingerprint": json.loads(self.fingerprint.to_json()),
            "dim": self.fingerprint.dim,
            "tokens": self.tokens,
            "counts": dataclasses.asdict(self.counts),
            "members": {name: dataclasses.asdict(held) for name, held in self.members.items()},
        }
        return json.dumps(manifest, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str | bytes) -> Manifest:
        """Read the text that :meth:`to_json` returned.

        Raises:
            ValueError: it is another text, or its values contradict each other.
        """
        try:
            data = json.loads(text)
            fingerprint = Fingerprint(**data["fingerprint"])
            counts = Counts(**data["counts"])
            tokens = _text(data["tokens"])
            members = {
                name: Member(**data["members"][name])
                for name in (ARTICLES, VECTORS, SENTENCES, TOKENS)
            }
        except (KeyError, TypeError) as error:
            raise ValueError(f"its {MANIFEST} does not have all values") from error
        dim = fingerprint.dim
        if not _is_number(dim, _MAX_DIMENSIONS) or dim == 0 or dim != data.get("dim"):
            raise ValueError(f"its vectors cannot have {dim} dimensions")
        rows = ((VECTORS, counts.passages, 4 * dim), (SENTENCES, counts.sentences, 2 * dim))
        if any(members[name].size != count * width for name, count, width in rows):
            raise ValueError("its counts and sizes do not agree")
        return cls(fingerprint, counts, members, tokens)


def format_of(text: str | bytes) -> object:
    """Return the format that a manifest states, also if its other values are unknown.

    Raises:
        ValueError: the text is not a manifest.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or "format" not in data:
        raise ValueError(f"its {MANIFEST} states no format")
    return data["format"]


@dataclass(frozen=True)
class ArticleLine:
    """An article as one line of an export.

    Attributes:
        key: its first passage's key; the other passages' keys follow it without a gap. None if the
            article has no passage.
        article: the article itself.
        passages: its passages, in the order of their keys.
    """

    key: int | None
    article: Article
    passages: Sequence[Passage]

    def to_json(self) -> bytes:
        """Return the line in UTF-8, without a line end."""
        line: dict[str, object] = {name: getattr(self.article, name) for name in ARTICLE_COLUMNS}
        line["cut"] = [dataclasses.asdict(cut) for cut in self.article.cut]
        line["content_hash"] = self.article.content_hash
        line["key"] = self.key
        line["passages"] = [
            {
                "start": passage.start,
                "end": passage.end,
                "sentences": [(span.start, span.end) for span in passage.sentences],
            }
            for passage in self.passages
        ]
        return json.dumps(line, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, line: bytes) -> ArticleLine:
        """Read the line that :meth:`to_json` returned.

        Raises:
            ValueError: it is another text, or the article cannot be stored.
        """
        try:
            data = json.loads(line)
            article = _article(data)
            if article.content_hash != data["content_hash"]:
                raise ValueError("the article does not match its content_hash")
            passages = tuple(_passage(article, held) for held in data["passages"])
            key = data["key"]
        except (KeyError, TypeError) as error:
            raise ValueError("it does not have all values of an article") from error
        if (key is None) != (not passages) or not (key is None or _is_number(key, _MAX_KEY)):
            raise ValueError(f"its passages cannot have the key {key}")
        return cls(key, article, passages)


def _article(data: Mapping[str, Any]) -> Article:
    values = {name: data[name] for name in ARTICLE_COLUMNS}
    for name, value in values.items():
        if name in _LISTS:
            values[name] = tuple(map(_text, value))
        elif name == "cut":
            values[name] = tuple(Cut(_text(cut["line"]), _text(cut["reason"])) for cut in value)
        elif name == "pages":
            values[name] = _pages(value, data["text"])
        elif name in _TEXTS or value is not None:
            values[name] = _text(value)
    article = Article(**values)
    if not article.id or not _LANGUAGE.fullmatch(article.language):
        raise ValueError("its id is empty, or its language is not a language code")
    if article.published_at is not None:
        datetime.fromisoformat(article.published_at)
    return article


def _passage(article: Article, data: Mapping[str, Any]) -> Passage:
    whole = _span(data["start"], data["end"], Span(0, len(article.text)))
    sentences = tuple(_span(start, end, whole) for start, end in data["sentences"])
    if not sentences:
        raise ValueError("a passage has no sentence")
    return Passage(article.id, whole.start, whole.end, article.language, sentences)


def _pages(value: Sequence[object], text: str) -> tuple[int, ...]:
    pages = tuple(page for page in value if type(page) is int and 0 <= page <= len(text))
    if len(pages) != len(value) or list(pages) != sorted(pages):
        raise ValueError("the offsets of its pages are not ascending or not in its text")
    return pages


def _span(start: object, end: object, within: Span) -> Span:
    if type(start) is int and type(end) is int and within.start <= start < end <= within.end:
        return Span(start, end)
    raise ValueError(f"the offsets {start} to {end} are not inside the text")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is not text")
    # Raises UnicodeEncodeError for unpaired surrogates, which JSON can hold but UTF-8 cannot.
    value.encode()
    return value


def _is_number(value: object, bound: int = 2**63) -> bool:
    return type(value) is int and 0 <= value < bound
