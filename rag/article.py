"""An article: one source document, with what is known of it."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from rag.cut import Cut
from rag.language import chinese_script, identify, parse_tag

_TITLE_LENGTH = 200
_ID_LENGTH = 512


@dataclass(frozen=True)
class Article:
    """One source document.

    Attributes:
        id: unique in its collection; see :func:`make_article`.
        title: its headline.
        text: all that is searched and cited; offsets of passages and citations count its
            characters (Unicode code points).
        language: ``vi``, ``zh``, ``en`` or another ISO 639-1 code.
        script: ``Hans`` or ``Hant`` for Chinese, else None.
        url: where it was published.
        source: who published it, or the file's name.
        published_at: ISO 8601 date or date and time.
        authors: as the source names them.
        tags: free words.
        pages: where each page of a paged document begins, as offsets into the text; empty for one
            without pages.
        cut: what its page had around the text, in order; neither searched nor cited.
    """

    id: str
    title: str
    text: str
    language: str
    script: str | None = None
    url: str | None = None
    source: str | None = None
    published_at: str | None = None
    authors: tuple[str, ...] = field(default=())
    tags: tuple[str, ...] = field(default=())
    pages: tuple[int, ...] = field(default=())
    cut: tuple[Cut, ...] = field(default=())

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of everything but the id: equal hashes mean that nothing has changed."""
        content: list[object] = [
            self.title,
            self.text,
            self.language,
            self.script,
            self.url,
            self.source,
            self.published_at,
            self.authors,
            self.tags,
        ]
        # Articles that were stored before there were any keep their hash.
        if self.pages:
            content.append({"pages": self.pages})
        if self.cut:
            content.append({"cut": [(cut.line, cut.reason) for cut in self.cut]})
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def page_of(self, offset: int) -> int | None:
        """Return the number, from 1, of the page that a character stands on; None without pages."""
        return bisect_right(self.pages, offset) or None


def make_article(
    text: str,
    *,
    key: str,
    id: str | None = None,
    title: str | None = None,
    language: str | None = None,
    url: str | None = None,
    source: str | None = None,
    published_at: str | None = None,
    authors: Sequence[str] = (),
    tags: Sequence[str] = (),
    pages: Sequence[int] = (),
    cut: Sequence[Cut] = (),
) -> Article:
    r"""Build an article from what a reader found, filling in what it did not.

    Args:
        text: the article's text; line ends become ``\n``, byte-order marks go, and characters that
            no text may hold (NUL, unpaired surrogates) become U+FFFD.
        key: what tells this article from others when it has neither id nor URL, such as its file's
            path; the id is derived from the first of id, url, key that is there.
        id: the article's own id.
        title: default: the first line of the text.
        language: a language tag such as ``vi``, ``en-GB`` or ``zh-Hant``; default: identified from
            the text.
        url: where it was published.
        source: who published it.
        published_at: ISO 8601.
        authors: names.
        tags: words.
        pages: offsets into the text as it is given; such a text is clean already.
        cut: see :class:`Article`.

    Raises:
        ValueError: no text, or a date, language or id that is none; the message says which, in a
            few words.
    """
    text = clean(text)
    if not text:
        raise ValueError("there is no text in it")
    title = " ".join(clean(title or "").split()) or _first_line(text)
    stated = parse_tag(language) if language else None
    found = stated or identify(f"{title}\n{text}")
    script = (found.script or chinese_script(text)) if found.code == "zh" else None
    url = _one_line(url)
    return Article(
        id=_article_id(id, url, key),
        title=title,
        text=text,
        language=found.code,
        script=script,
        url=url,
        source=_one_line(source),
        published_at=_iso_date(published_at),
        authors=tuple(clean(name) for name in authors if name.strip()),
        tags=tuple(clean(tag) for tag in tags if tag.strip()),
        pages=tuple(pages),
        cut=tuple(Cut(clean(each.line), each.reason) for each in cut),
    )


def clean(text: str) -> str:
    r"""Return text that can be stored and encoded anywhere, without space around it.

    >>> clean(" a\r\nb\ud800 ") == "a\nb\ufffd"
    True
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    return text.replace("\ufeff", "").strip()


def _one_line(value: str | None) -> str | None:
    return " ".join(clean(value).split()) or None if value else None


def _first_line(text: str) -> str:
    line = text.splitlines()[0].strip()
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1] + "…"


def _article_id(id: str | None, url: str | None, key: str) -> str:
    if id is not None:
        given = id.strip()
        if not given or len(given) > _ID_LENGTH or not given.isprintable():
            raise ValueError(f"its id is empty, too long or not printable: {given[:40]!r}")
        return given
    return hashlib.sha256((url or key).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _iso_date(value: str | None) -> str | None:
    date = _one_line(value)
    if date is None:
        return None
    try:
        datetime.fromisoformat(date)
    except ValueError:
        raise ValueError(f"published_at is no ISO date: {date[:40]!r}") from None
    return date
