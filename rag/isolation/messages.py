"""What a reading process is asked, and what it answers.

Questions are pickled, because they come from this program. Answers are JSON and are checked,
because the process that sends them has parsed the bytes of a stranger.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from rag.isolation.done import Done
from rag.isolation.limits import Limits
from rag.readers.document import Document
from rag.readers.listing import Entry
from rag.readers.reading_options import Reading
from tamngu.records.article import Article
from tamngu.records.cut import Cut
from tamngu.records.rejection import Rejection

MAX_BYTES = 512 * 2**20
"""Bytes of a message: an article of 64 MB whose every character is escaped."""

_MAX_WORDS = 300
"""Characters of a name or a reason."""

_LARGEST = 2**63
"""Integers of an answer are smaller."""

Function = Literal["uncut_text", "listed", "feed_article"]


@dataclass(frozen=True)
class ReadTask:
    """Read a document.

    Attributes:
        document: what to read; its ``open`` can be pickled.
        reading: how.
        limits: what it may cost.
        done: the documents inside it that are not to be read again.
    """

    document: Document
    reading: Reading
    limits: Limits
    done: Done = field(default_factory=Done)


@dataclass(frozen=True)
class CallTask:
    """Call a function that parses something else than a whole document.

    Attributes:
        document: whose kind and size decide the limits.
        function: which one; see :data:`rag.isolation.worker.FUNCTIONS`.
        arguments: of the function.
        limits: what it may cost.
    """

    document: Document
    function: Function
    arguments: tuple[Any, ...]
    limits: Limits


Task = ReadTask | CallTask


@dataclass(frozen=True)
class Begun:
    """The process is about to parse a document, or goes on with it.

    Attributes:
        name: of the document.
        kind: of the document.
        size: in bytes.
        place: see :attr:`rag.readers.document.Document.place`.
    """

    name: str
    kind: str
    size: int
    place: str


@dataclass(frozen=True)
class Ended:
    """A document inside the one that is read has been read."""

    place: str


@dataclass(frozen=True)
class Finished:
    """A task is done.

    Attributes:
        value: of a function that was called, as JSON has it.
    """

    value: Any = None


@dataclass(frozen=True)
class Failed:
    """A function that was called has raised ValueError."""

    reason: str


@dataclass(frozen=True)
class Retiring:
    """The process ends because it holds much memory; nothing is wrong with the document."""


Answer = Article | Rejection | Begun | Ended | Finished | Failed | Retiring

_SIMPLE: Mapping[str, type[Rejection | Begun | Ended | Finished | Failed | Retiring]] = {
    each.__name__: each for each in (Rejection, Begun, Ended, Finished, Failed, Retiring)
}
_PLACE = re.compile(r"(?:/[0-9]{1,9}){0,9}")
_TEXTS = ("id", "title", "text", "language")
_OPTIONAL = ("script", "url", "source", "published_at")


def encoded(answer: Answer) -> bytes:
    """Return the bytes of an answer."""
    values = {each.name: getattr(answer, each.name) for each in dataclasses.fields(answer)}
    if isinstance(answer, Article):
        values["cut"] = [(each.line, each.reason) for each in answer.cut]
    text = json.dumps([type(answer).__name__, values], ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes) -> Answer:
    """Return an answer.

    Raises:
        ValueError: the bytes are not an answer.
    """
    try:
        name, values = json.loads(data.decode("utf-8", "surrogatepass"))
        if name == "Article":
            return _article(values)
        answer = _SIMPLE[name](**values)
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("it is not an answer") from error
    for each in dataclasses.fields(answer):
        value = getattr(answer, each.name)
        if each.type in ("str", "int") and type(value).__name__ != each.type:
            raise ValueError(f"{name}.{each.name} is not of type {each.type}")
        if isinstance(value, int) and each.type == "int" and not 0 <= value < _LARGEST:
            raise ValueError(f"{name}.{each.name} is no number of anything")
    if isinstance(answer, Begun | Ended) and not _PLACE.fullmatch(answer.place):
        raise ValueError("its place is no place")
    return answer


def entries_of(value: object) -> list[Entry]:
    """Return the entries of a listing from the value of :class:`Finished`.

    Raises:
        ValueError: they are not entries.
    """
    if not isinstance(value, list):
        raise ValueError("they are not entries")
    return [_entry(each) for each in value]


def shortened(rejection: Rejection) -> Rejection:
    """Return a rejection whose place and reason have a bounded length."""
    return Rejection(_short(rejection.where), _short(rejection.reason), rejection.count)


def _short(words: str) -> str:
    return words if len(words) <= _MAX_WORDS else f"{words[: _MAX_WORDS - 1]}…"


def _entry(known: object) -> Entry:
    try:
        entry = Entry(**known)  # type: ignore[arg-type]
        entry = dataclasses.replace(entry, authors=tuple(entry.authors))
    except TypeError as error:
        raise ValueError("it is not an entry") from error
    texts = (entry.html, *entry.authors)
    optional = (entry.url, entry.title, entry.published_at, entry.stamp)
    if not (
        all(isinstance(each, str) for each in texts)
        and all(each is None or isinstance(each, str) for each in optional)
        and isinstance(entry.is_whole, bool)
    ):
        raise ValueError("an entry has other values")
    return entry


def _article(known: dict[str, Any]) -> Article:
    for name in (*_TEXTS, *_OPTIONAL):
        if not (isinstance(known[name], str) or (name in _OPTIONAL and known[name] is None)):
            raise ValueError(f"{name} is not a string")
    for name, kind in (("authors", str), ("tags", str), ("pages", int)):
        known[name] = tuple(known[name])
        if not all(type(each) is kind for each in known[name]):
            raise ValueError(f"{name} has other values")
    known["cut"] = tuple(Cut(line, reason) for line, reason in known["cut"])
    if not all(
        isinstance(each.line, str) and isinstance(each.reason, str) for each in known["cut"]
    ):
        raise ValueError("cut has other values")
    return Article(**known)
