"""The conditions of a request in the words of a collection, and what is wrong with them.

A person types a source, a tag or an id as it looks, in other letters than it is stored in. And a
condition may name what the collection does not have: that is no error, but whoever reads an empty
answer has to know it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from rag.catalog.articles import Articles
from rag.index.held_labels import HeldLabels
from rag.index.seam import Snapshot
from rag.retrieval.nearest_name import nearest_name
from rag.text.visible import visible_line
from tamngu.records.filter import Filter
from tamngu.records.language import parse_tag
from tamngu.records.notice import Notice, in_one

_NAMED = 3
"""Values of one condition that a notice names; it counts the rest. Chosen manually, not tuned."""

_LISTED = 5
"""Names of the collection that a notice lists where none is near. Chosen manually, not tuned."""

_LONGEST_NAME = 100
"""Characters of a name that a notice repeats."""

_AFTER_CODE = re.compile("[-_.@]")

_NEIGHBOURS = 50
"""Ids each way in which the nearest one is looked for. Chosen manually, not tuned."""


@dataclass(frozen=True)
class Conditions:
    """What a request asks of articles.

    Attributes:
        filters: with values that the collection has, as it has them.
        notices: one for each value that the collection does not have.
    """

    filters: Filter
    notices: tuple[Notice, ...] = ()

    @property
    def notice(self) -> str | None:
        """All notices in one text; None if there is none."""
        return in_one(self.notices)


def in_words_of(
    snapshot: Snapshot, articles: Articles, asked: Filter, tags: Sequence[str] | None = None
) -> Conditions:
    """Return the conditions of a request in the words of a collection.

    Args:
        snapshot: the collection's indexes.
        articles: the collection's articles.
        asked: the conditions as a person wrote them.
        tags: the language tags that were given for ``asked.languages``.
    """
    met: dict[str, list[str]] = {}
    notices: list[Notice] = []
    if asked.languages is not None:
        met["languages"], said = _languages(snapshot, asked.languages, tags or ())
        notices += said
    if asked.sources is not None:
        met["sources"], said = _labels("source", asked.sources, snapshot.sources)
        notices += said
    if asked.tags is not None:
        met["tags"], said = _labels("tag", asked.tags, snapshot.tags)
        notices += said
    if asked.article_ids is not None:
        met["article_ids"], said = _ids(articles, asked.article_ids)
        notices += said
    notices += _period(snapshot.days, asked.published_from, asked.published_to)
    filters = Filter(
        languages=met.get("languages"),
        sources=met.get("sources"),
        tags=met.get("tags"),
        published_from=asked.published_from,
        published_to=asked.published_to,
        article_ids=met.get("article_ids"),
    )
    return Conditions(filters, tuple(notices))


def no_article(articles: Articles, article_id: str) -> str:
    """Return the sentence that says that an article is not stored, with the nearest id."""
    return _missing("article", article_id, _nearest_id(articles, article_id), None).text


def _languages(
    snapshot: Snapshot, codes: Sequence[str], tags: Sequence[str]
) -> tuple[list[str], list[Notice]]:
    """Return the codes under which the collection has languages, and what is said of the others."""
    # Earlier versions stored codes of three letters as they were given.
    held = {language: _code(language) for language in snapshot.views}
    found = [language for language, code in held.items() if code in codes]
    said = [notice for tag in dict.fromkeys(tags) for notice in _read_as(tag)]
    has = tuple(sorted(held))
    missing = [code for code in dict.fromkeys(codes) if code not in held.values()]
    if not codes:
        said.append(_empty("language"))
    for code in missing[:_NAMED]:
        rest = f"it has {', '.join(has)}." if has else "it is empty."
        text = f"This collection has no article in the language {_quoted(code)}; {rest}"
        said.append(Notice("language-missing", text, {"code": code, "held": has}))
    return found, [*said, *_more("language", len(missing))]


def _read_as(tag: str) -> Iterable[Notice]:
    """Yield a notice where a language tag is read as another one, or in all its scripts."""
    parsed = parse_tag(tag)
    values = {"given": _shown(tag), "code": parsed.code}
    if parsed.code != _AFTER_CODE.split(tag.strip().lower())[0]:
        text = f"The language {_quoted(tag)} is read as {parsed.code}."
        yield Notice("language-read-as", text, values)
    elif parsed.script is not None:
        text = f"The language {_quoted(tag)} is read as {parsed.code}, in all its scripts."
        yield Notice("both-scripts", text, values)


def _code(language: str) -> str:
    try:
        return parse_tag(language).code
    except ValueError:
        return language


def _labels(kind: str, asked: Sequence[str], held: HeldLabels) -> tuple[list[str], list[Notice]]:
    """Return the stored sources, or tags, that are meant, and what is said of the others."""
    found = [name for label in asked for name in held.alike(label)]

    def said_of(label: str) -> Notice:
        return _missing(kind, label, nearest_name(label, held.names), held.names)

    return list(dict.fromkeys(found)), _unknown(kind, asked, held.alike, said_of)


def _ids(articles: Articles, asked: Sequence[str]) -> tuple[list[str], list[Notice]]:
    """Return the stored ids that are meant, and what is said of the others."""
    stored = articles.stored_ids(asked)
    found = dict.fromkeys(each for each in stored.values() if each is not None)

    def said_of(article_id: str) -> Notice:
        return _missing("article", article_id, _nearest_id(articles, article_id), None)

    return list(found), _unknown("article", asked, stored.get, said_of)


def _unknown(
    kind: str,
    asked: Sequence[str],
    known: Callable[[str], object],
    said_of: Callable[[str], Notice],
) -> list[Notice]:
    """Return what is said of the values that a collection does not have.

    Args:
        kind: of value, such as ``source``.
        asked: all values.
        known: returns something if the collection has a value.
        said_of: returns the notice for a value that the collection does not have.
    """
    if not asked:
        return [_empty(kind)]
    missing = [value for value in dict.fromkeys(asked) if not known(value)]
    return [*map(said_of, missing[:_NAMED]), *_more(kind, len(missing))]


def _empty(kind: str) -> Notice:
    text = f"The condition on {kind}s is empty, so no article meets it."
    return Notice("condition-empty", text, {"kind": kind})


def _missing(kind: str, value: str, nearest: str | None, names: Sequence[str] | None) -> Notice:
    """Return the notice for a value that no article has.

    Args:
        kind: of value.
        value: as it was asked for.
        nearest: the name that is nearest to it; None if none is near.
        names: all names of the collection, to list some where none is near; None: none is listed.
    """
    values: dict[str, str | int | tuple[str, ...]] = {"kind": kind, "value": _shown(value)}
    proposed = ""
    if nearest is not None:
        values["nearest"] = nearest
        proposed = f"; nearest: {_quoted(nearest)}"
    elif names is not None:
        listed = sorted(names)[:_LISTED]
        values |= {"held": tuple(map(_shown, listed)), "more": max(0, len(names) - _LISTED)}
        proposed = f"; {_listed(kind, names)}"
    text = f"There is no {kind} {_quoted(value)} in this collection{proposed}."
    return Notice("missing", text, values)


def _more(kind: str, missing: int) -> Iterable[Notice]:
    if missing > _NAMED:
        count = missing - _NAMED
        text = f"It lacks {count:,} more of the {kind}s that were given."
        yield Notice("more-missing", text, {"kind": kind, "count": count})


def _listed(kind: str, names: Sequence[str]) -> str:
    """Return the first names of a collection, as part of a sentence."""
    if not names:
        return f"its articles have no {kind}"
    shown = ", ".join(map(_quoted, sorted(names)[:_LISTED]))
    more = len(names) - _LISTED
    return f"it has {shown}" + (f" and {more:,} more" if more > 0 else "")


def _nearest_id(articles: Articles, article_id: str) -> str | None:
    return nearest_name(article_id, articles.neighbours(article_id, _NEIGHBOURS))


def _period(days: tuple[int, int] | None, start: date | None, end: date | None) -> Iterable[Notice]:
    """Yield what is said of a period in which no article was published."""
    if start is None and end is None:
        return
    if days is None:
        text = "No article of this collection has a date, so no period has one."
        yield Notice("no-dates", text)
        return
    first, last = map(date.fromordinal, days)
    if (start is not None and start > last) or (end is not None and end < first):
        text = f"The articles of this collection were published from {first} to {last}."
        yield Notice("outside-period", text, {"first": str(first), "last": str(last)})


def _quoted(value: str) -> str:
    return f"'{_shown(value)}'"


def _shown(value: str) -> str:
    """Return a name as a notice repeats it: on one line, and not too long."""
    line = visible_line(value)
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"
