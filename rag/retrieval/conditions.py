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
        notices: sentences about values that it does not have.
    """

    filters: Filter
    notices: tuple[str, ...] = ()

    @property
    def notice(self) -> str | None:
        """All notices in one text; None if there is none."""
        return " ".join(self.notices) or None


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
    notices: list[str] = []
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
    return _sentence("article", article_id, _nearest_id(articles, article_id))


def _languages(
    snapshot: Snapshot, codes: Sequence[str], tags: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Return the codes under which the collection has languages, and what is said of the others."""
    # Earlier versions stored codes of three letters as they were given.
    held = {language: _code(language) for language in snapshot.views}
    found = [language for language, code in held.items() if code in codes]
    said = [
        f"The language {_quoted(tag)} is read as {parse_tag(tag).code}."
        for tag in dict.fromkeys(tags)
        if parse_tag(tag).code != _AFTER_CODE.split(tag.strip().lower())[0]
    ]
    has = ", ".join(sorted(held))
    missing = [code for code in dict.fromkeys(codes) if code not in held.values()]
    if not codes:
        said.append("The condition on languages is empty, so no article meets it.")
    said += [
        f"This collection has no article in the language {_quoted(code)}; "
        + (f"it has {has}." if has else "it is empty.")
        for code in missing[:_NAMED]
    ]
    return found, [*said, *_more("language", len(missing))]


def _code(language: str) -> str:
    try:
        return parse_tag(language).code
    except ValueError:
        return language


def _labels(kind: str, asked: Sequence[str], held: HeldLabels) -> tuple[list[str], list[str]]:
    """Return the stored sources, or tags, that are meant, and what is said of the others."""
    found = [name for label in asked for name in held.alike(label)]

    def proposed(label: str) -> str:
        near = nearest_name(label, held.names)
        return f"nearest: {_quoted(near)}" if near is not None else _listed(kind, held.names)

    return list(dict.fromkeys(found)), _unknown(kind, asked, held.alike, proposed)


def _ids(articles: Articles, asked: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the stored ids that are meant, and what is said of the others."""
    stored = articles.stored_ids(asked)
    found = dict.fromkeys(each for each in stored.values() if each is not None)

    def proposed(article_id: str) -> str:
        return _nearest_id(articles, article_id)

    return list(found), _unknown("article", asked, stored.get, proposed)


def _unknown(
    kind: str,
    asked: Sequence[str],
    known: Callable[[str], object],
    proposed: Callable[[str], str],
) -> list[str]:
    """Return what is said of the values that a collection does not have.

    Args:
        kind: of value, such as ``source``.
        asked: all values.
        known: returns something if the collection has a value.
        proposed: returns what to write instead; empty if nothing is near.
    """
    if not asked:
        return [f"The condition on {kind}s is empty, so no article meets it."]
    missing = [value for value in dict.fromkeys(asked) if not known(value)]
    said = [_sentence(kind, value, proposed(value)) for value in missing[:_NAMED]]
    return [*said, *_more(kind, len(missing))]


def _sentence(kind: str, value: str, proposed: str) -> str:
    rest = f"; {proposed}." if proposed else "."
    return f"There is no {kind} {_quoted(value)} in this collection{rest}"


def _more(kind: str, missing: int) -> Iterable[str]:
    if missing > _NAMED:
        yield f"It lacks {missing - _NAMED:,} more of the {kind}s that were given."


def _listed(kind: str, names: Sequence[str]) -> str:
    """Return the first names of a collection, as part of a sentence."""
    if not names:
        return f"its articles have no {kind}"
    shown = ", ".join(map(_quoted, sorted(names)[:_LISTED]))
    more = len(names) - _LISTED
    return f"it has {shown}" + (f" and {more:,} more" if more > 0 else "")


def _nearest_id(articles: Articles, article_id: str) -> str:
    near = nearest_name(article_id, articles.neighbours(article_id, _NEIGHBOURS))
    return f"nearest: {_quoted(near)}" if near is not None else ""


def _period(days: tuple[int, int] | None, start: date | None, end: date | None) -> Iterable[str]:
    """Yield what is said of a period in which no article was published."""
    if start is None and end is None:
        return
    if days is None:
        yield "No article of this collection has a date, so no period has one."
        return
    first, last = map(date.fromordinal, days)
    if (start is not None and start > last) or (end is not None and end < first):
        yield f"The articles of this collection were published from {first} to {last}."


def _quoted(value: str) -> str:
    line = visible_line(value)
    return f"'{line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + '…'}'"
