"""Makes an article from the fields that a reader or a caller gives."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from rag.text.cleaning import clean
from rag.text.language import chinese_script, identify
from tamngu.records.article import Article
from tamngu.records.cut import Cut
from tamngu.records.language import parse_tag

_MAX_TITLE_LENGTH = 200
_MAX_ID_LENGTH = 512


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
        key: what distinguishes this article from others if it has neither id nor URL, such as its
            file's path. The id is derived from the first of id, url and key that is given.
        id: the article's own id.
        title: its headline; default: the first line of the text.
        language: a language tag such as ``vi``, ``en-GB`` or ``zh-Hant``; default: identified from
            the text.
        url: where it was published.
        source: who published it.
        published_at: an ISO 8601 date, or date and time.
        authors: names.
        tags: free words.
        pages: where each page begins, as offsets into the given text; the text has to be clean
            already.
        cut: the lines that were removed from around the text; see :class:`Article`.

    Raises:
        ValueError: there is no text, or the date, language or id is not valid; the message says
            which.
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


def _one_line(value: str | None) -> str | None:
    return " ".join(clean(value).split()) or None if value else None


def _first_line(text: str) -> str:
    line = text.splitlines()[0].strip()
    return line if len(line) <= _MAX_TITLE_LENGTH else line[: _MAX_TITLE_LENGTH - 1] + "…"


def _article_id(id: str | None, url: str | None, key: str) -> str:
    if id is not None:
        given = id.strip()
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
        datetime.fromisoformat(date)
    except ValueError:
        raise ValueError(f"published_at is not an ISO 8601 date: {date[:40]!r}") from None
    return date
