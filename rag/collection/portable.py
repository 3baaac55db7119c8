"""What an export holds: a collection as five members of one ZIP file that any tool can read.

- ``manifest.json``: what the others are.
- ``articles.jsonl``: an article a line, with the spans of its passages and of their sentences.
- ``vectors.f32``: the passages' vectors, row after row in the order of the lines; little-endian.
- ``sentences.f16``: the sentences' vectors, likewise.
- ``tokens.u8``: for each passage the number of its tokens, uint32, and their codes, 64 bytes each
  (:mod:`rag.index.late_interaction`).
"""

from __future__ import annotations

import dataclasses
import json
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
from tamngu.records.language import parse_tag

FORMAT = 3

MANIFEST = "manifest.json"
ARTICLES = "articles.jsonl"
VECTORS = "vectors.f32"
SENTENCES = "sentences.f16"
TOKENS = "tokens.u8"

LONGEST_LINE = 256 * 1024 * 1024
"""Bytes of an article with its spans, as a line; it is read as a whole."""

_MOST_DIMENSIONS = 65_536
_MOST_KEY = 2**62

_TEXTS = ("id", "title", "text", "language")
_LISTS = ("authors", "tags")


@dataclass(frozen=True)
class Counts:
    """How many there are in a collection."""

    articles: int
    passages: int
    sentences: int


@dataclass(frozen=True)
class Member:
    """A file inside an export.

    Attributes:
        size: in bytes, unpacked.
        xxh3_128: of its bytes, unpacked; hexadecimal.
    """

    size: int
    xxh3_128: str


@dataclass(frozen=True)
class Manifest:
    """What an export says of itself.

    Attributes:
        fingerprint: of the encoder that made the vectors.
        counts: of what it holds.
        members: all but the manifest, by name.
        tokens: of :meth:`rag.catalog.catalog.Catalog.tokens`.
    """

    fingerprint: Fingerprint
    counts: Counts
    members: Mapping[str, Member]
    tokens: str

    def to_json(self) -> str:
        """Return it as it stands in the file."""
        stated = {
            "format": FORMAT,
            "fingerprint": json.loads(self.fingerprint.to_json()),
            "dim": self.fingerprint.dim,
            "tokens": self.tokens,
            "counts": dataclasses.asdict(self.counts),
            "members": {name: dataclasses.asdict(held) for name, held in self.members.items()},
        }
        return json.dumps(stated, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str | bytes) -> Manifest:
        """Read what :meth:`to_json` wrote.

        Raises:
            ValueError: it is something else, or does not agree with itself.
        """
        try:
            stated = json.loads(text)
            fingerprint = Fingerprint(**stated["fingerprint"])
            counts = Counts(**stated["counts"])
            tokens = _text(stated["tokens"])
            members = {
                name: Member(**stated["members"][name])
                for name in (ARTICLES, VECTORS, SENTENCES, TOKENS)
            }
        except (KeyError, TypeError) as error:
            raise ValueError(f"its {MANIFEST} does not have what one has") from error
        dim = fingerprint.dim
        if not _is_number(dim, _MOST_DIMENSIONS) or dim == 0 or dim != stated.get("dim"):
            raise ValueError(f"its vectors cannot have {dim} dimensions")
        rows = ((VECTORS, counts.passages, 4 * dim), (SENTENCES, counts.sentences, 2 * dim))
        if any(members[name].size != count * width for name, count, width in rows):
            raise ValueError("its counts and sizes do not agree")
        return cls(fingerprint, counts, members, tokens)


def format_of(text: str | bytes) -> object:
    """Return the format that a manifest states, whatever else it holds.

    Raises:
        ValueError: it is no manifest at all.
    """
    stated = json.loads(text)
    if not isinstance(stated, dict) or "format" not in stated:
        raise ValueError(f"its {MANIFEST} states no format")
    return stated["format"]


@dataclass(frozen=True)
class ArticleLine:
    """An article as a line of an export.

    Attributes:
        key: its first passage's; the others' follow on. None where it has no passage.
        article: itself.
        passages: in the order of their keys.
    """

    key: int | None
    article: Article
    passages: Sequence[Passage]

    def to_json(self) -> bytes:
        """Return the line as it stands in the file, in UTF-8, without its end."""
        stated: dict[str, object] = {name: getattr(self.article, name) for name in ARTICLE_COLUMNS}
        stated["cut"] = [dataclasses.asdict(cut) for cut in self.article.cut]
        stated["content_hash"] = self.article.content_hash
        stated["key"] = self.key
        stated["passages"] = [
            {
                "start": passage.start,
                "end": passage.end,
                "sentences": [(span.start, span.end) for span in passage.sentences],
            }
            for passage in self.passages
        ]
        return json.dumps(stated, ensure_ascii=False).encode()

    @classmethod
    def from_json(cls, line: bytes) -> ArticleLine:
        """Read what :meth:`to_json` wrote.

        Raises:
            ValueError: it is something else, or no article that could have been stored.
        """
        try:
            stated = json.loads(line)
            article = _article(stated)
            if article.content_hash != stated["content_hash"]:
                raise ValueError("the article is not what its content_hash says")
            passages = tuple(_passage(article, held) for held in stated["passages"])
            key = stated["key"]
        except (KeyError, TypeError) as error:
            raise ValueError("it does not have what an article has") from error
        if (key is None) != (not passages) or not (key is None or _is_number(key, _MOST_KEY)):
            raise ValueError(f"its passages cannot have the key {key}")
        return cls(key, article, passages)


def _article(stated: Mapping[str, Any]) -> Article:
    values = {name: stated[name] for name in ARTICLE_COLUMNS}
    for name, value in values.items():
        if name in _LISTS:
            values[name] = tuple(map(_text, value))
        elif name == "cut":
            values[name] = tuple(Cut(_text(cut["line"]), _text(cut["reason"])) for cut in value)
        elif name == "pages":
            values[name] = _pages(value, stated["text"])
        elif name in _TEXTS or value is not None:
            values[name] = _text(value)
    article = Article(**values)
    if not article.id or parse_tag(article.language).code != article.language:
        raise ValueError("its id or its language is none")
    if article.published_at is not None:
        datetime.fromisoformat(article.published_at)
    return article


def _passage(article: Article, stated: Mapping[str, Any]) -> Passage:
    whole = _span(stated["start"], stated["end"], Span(0, len(article.text)))
    sentences = tuple(_span(start, end, whole) for start, end in stated["sentences"])
    if not sentences:
        raise ValueError("a passage has no sentence")
    return Passage(article.id, whole.start, whole.end, article.language, sentences)


def _pages(value: Sequence[object], text: str) -> tuple[int, ...]:
    pages = tuple(page for page in value if type(page) is int and 0 <= page <= len(text))
    if len(pages) != len(value) or list(pages) != sorted(pages):
        raise ValueError("its pages do not begin one after another in its text")
    return pages


def _span(start: object, end: object, within: Span) -> Span:
    if type(start) is int and type(end) is int and within.start <= start < end <= within.end:
        return Span(start, end)
    raise ValueError(f"the offsets {start} to {end} are not in the text that they are of")


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    # Refuses unpaired surrogates, which JSON may hold and no file.
    value.encode()
    return value


def _is_number(value: object, bound: int = 2**63) -> bool:
    return type(value) is int and 0 <= value < bound
