"""Makes an article from the fields that a reader or a caller gives."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime

from rag.records.article_id import composed
from rag.text.cleaning import clean
from rag.text.language import chinese_script, identify
from rag.text.legacy.misread import restored_parts
from rag.text.official_title import is_kind_of_paper, official_title
from rag.text.sentences import SENTENCE_ENDS, sentences
from tamngu.records.article import Article
from tamngu.records.cut import Cut
from tamngu.records.language import Language, NoSuchLanguage, parse_tag

_MAX_DERIVED_TITLE = 200
"""Characters of a title that is the first line of a text."""

_MAX_ID_LENGTH = 512

MAX_TEXT = 8_000_000
"""Characters of an article: more than any book has."""

MAX_SENTENCES = 100_000
"""Sentences of an article. The vectors of so many take 150 MB until they are stored. Chosen
manually, not tuned."""

MAX_TITLE = 500
MAX_LINE = 2000
MAX_NAME = 200
MAX_NAMES = 1000
"""Characters of a title, of a URL or a source, and of the name of an author or of a tag; authors,
and tags, of an article. Titles, URLs and sources are returned with each hit, and are read again
for each question. Chosen manually, not tuned."""

_EXTENDED = re.compile(r"\d{4}-\d\d-\d\d")

_LINE = re.compile("[^\n\v\f\r\x1c-\x1e\x85\u2028\u2029]*+")
"""A line, as :meth:`str.splitlines` ends it."""


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
    r"""Make an article; fields that are not given are derived from the others.

    Args:
        text: the article's text. Line ends become ``\n``, byte-order marks are removed, and
            characters that UTF-8 text cannot hold (NUL, unpaired surrogates) become U+FFFD.
            Vietnamese in an old encoding that was read as Western text is put into Unicode.
        key: what distinguishes this article from others if it has neither id nor URL, such as its
            file's path. The id is derived from the first of id, url and key that is given.
        id: the article's own id; id, source, authors and tags are composed (NFC).
        title: its headline; default: the title of an official paper, or the first line of the
            text. What is longer than 500 characters is cut.
        language: a language tag such as ``vi``, ``en-GB`` or ``zh-Hant``; default: identified from
            the text, also where the tag has no language's code (``cn``).
        url: where it was published.
        source: who published it; what is longer than 2,000 characters is cut.
        published_at: an ISO 8601 date, or date and time.
        authors: names; the first 1,000 of at most 200 characters each are kept.
        tags: free words; as authors.
        pages: where each page begins, as offsets into the given text; the text has to be clean
            already.
        cut: the lines that were removed from around the text; see :class:`Article`.

    Raises:
        ValueError: there is no text, or it has more than :data:`MAX_TEXT` characters or
            :data:`MAX_SENTENCES` sentences, or the date, language, URL or id is not valid; the
            message says which.
    """
    text = clean(text)
    if not pages:
        title, text = _in_unicode(title or "", text)
    _check_text(text)
    title = _cut(" ".join(clean(title or "").split()), MAX_TITLE)
    if not title or is_kind_of_paper(title):
        title = _cut(official_title(text) or "", MAX_TITLE) or title or _first_line(text)
    stated = _stated(language) if language else None
    found = stated or identify(f"{title}\n{text}")
    script = (found.script or chinese_script(text)) if found.code == "zh" else None
    url = _one_line(url)
    if url is not None and len(url) > MAX_LINE:
        raise ValueError(f"its URL is longer than {MAX_LINE:,} characters: {url[:40]!r}")
    source = _one_line(composed(source)) if source else None
    return Article(
        id=_article_id(id, url, key),
        title=title,
        text=text,
        language=found.code,
        script=script,
        url=url,
        source=None if source is None else _cut(source, MAX_LINE),
        published_at=_iso_date(published_at),
        authors=_names(authors),
        tags=_names(tags),
        pages=tuple(pages),
        cut=tuple(Cut(clean(each.line), each.reason) for each in cut),
    )


def _stated(tag: str) -> Language | None:
    """Return the language that a tag names, None if there is no such language.

    Raises:
        ValueError: it does not have the form of a language tag.
    """
    try:
        return parse_tag(tag)
    except NoSuchLanguage:
        return None


def _in_unicode(title: str, text: str) -> tuple[str, str]:
    """Return title and text without misread Vietnamese; they are told by each other."""
    if title.isascii() and text.isascii():
        return title, text
    first, *lines = restored_parts([title, *text.split("\n")])
    return first, "\n".join(lines)


def _check_text(text: str) -> None:
    """Return if a clean text can be an article's.

    Raises:
        ValueError: it is empty, too long, or has too many sentences.
    """
    if not text:
        raise ValueError("there is no text in it")
    if len(text) > MAX_TEXT:
        raise ValueError(f"its text has more than {MAX_TEXT:,} characters; divide it")
    # Each end of a sentence has one of these characters, and counting those is quick.
    ends = sum(map(text.count, SENTENCE_ENDS))
    if ends >= MAX_SENTENCES and len(sentences(text)) > MAX_SENTENCES:
        raise ValueError(f"its text has more than {MAX_SENTENCES:,} sentences; divide it")


def _names(values: Sequence[str]) -> tuple[str, ...]:
    """Return the names of authors, or tags, composed, without empty ones and within the bounds."""
    return tuple(
        _cut(composed(clean(each)), MAX_NAME) for each in values[:MAX_NAMES] if each.strip()
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _one_line(value: str | None) -> str | None:
    return " ".join(clean(value).split()) or None if value else None


def _first_line(text: str) -> str:
    match = _LINE.match(text)
    return _cut(match[0].strip() if match else "", _MAX_DERIVED_TITLE)


def _article_id(id: str | None, url: str | None, key: str) -> str:
    if id is not None:
        given = composed(id).strip()
        if not given or len(given) > _MAX_ID_LENGTH or not given.isprintable():
            raise ValueError(
                f"its id is empty, longer than {_MAX_ID_LENGTH} characters or not printable: "
                f"{given[:40]!r}"
            )
        return given
    return hashlib.sha256((url or key).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _iso_date(value: str | None) -> str | None:
    date = _one_line(value)
    if date is None:
        return None
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        raise ValueError(f"published_at is not an ISO 8601 date: {date[:40]!r}") from None
    if _EXTENDED.match(date):
        return date
    # The forms without hyphens and with weeks: what reads dates takes the first ten characters.
    return moment.isoformat() if "T" in date else moment.date().isoformat()
