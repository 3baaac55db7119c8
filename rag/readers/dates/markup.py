"""The dates that the markup and the URL of a page state.

The markup is JSON-LD, meta elements (``meta_names.toml`` has their names) and microdata.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.text.data_files import toml_data
from rag.text.dates.stated import iso_date

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLE = re.compile(r"(?:Article|Posting|Report|BlogPost|Blog|NewsStory|Recipe|Review)$")
_PAGE = re.compile(r"(?:Page|VideoObject|AudioObject|PodcastEpisode|CreativeWork)$")
"""Types of schema.org. Pages come second, because they are often older than their articles."""

_IN_PATH = re.compile(
    r"/t?(?P<year>199\d|20\d\d)[-/_.]?(?P<month>0[1-9]|1[0-2])[-/]?(?P<day>[0-2]\d|3[01])(?=[/_.-]|$)"
)
"""Year, month, day, with or without marks between them: /2020/11/25/, /t20201125_1, /2020/1125/."""

_BROKEN = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{8,40})"')
_MAX_NUMBER = 20
"""Digits of a number that may be a time."""

_WRAPPING = re.compile(
    r"\A\s{0,99}(?://)?\s?(?:<!\[CDATA\[|<!--)|(?://)?\s?(?:\]\]>|-->)\s{0,99}\Z"
)


def markup_dates(
    tree: HtmlElement, title: str, *, day_first: bool | None, chinese: bool = False
) -> tuple[str | None, str | None]:
    """Return the dates of publication and of the last change that the markup states.

    JSON-LD comes first, because it states which thing has which date; then meta elements, then
    microdata. Each date is taken from the first of them that has it.

    Args:
        tree: the page.
        title: of the page; of several articles in JSON-LD, the one with this title counts.
        day_first: whether 3/8/2020 is in August; None where that is not known.
        chinese: whether the page is Chinese.
    """
    read = partial(iso_date, day_first=day_first, chinese=chinese)
    published = modified = None
    for pair in (_linked(tree, title), _meta(tree), (_microdata(tree), None)):
        published = published or (pair[0] and read(pair[0]))
        modified = modified or (pair[1] and read(pair[1]))
    return published, modified


def path_date(url: str) -> str | None:
    """Return the date in the path of a URL, as ISO 8601.

    >>> [path_date(f"https://a.example/{path}") for path in ("2020/11/25/x", "n1/2020/1125/c1")]
    ['2020-11-25', '2020-11-25']
    >>> [path_date(f"https://a.example/{path}") for path in ("2020/11/", "?seen=/2020/11/25/")]
    [None, None]
    """
    try:
        match = _IN_PATH.search(urlsplit(url).path)
    except ValueError:
        return None
    return iso_date("-".join(match.group("year", "month", "day"))) if match else None


def _linked(tree: HtmlElement, title: str) -> tuple[str | None, str | None]:
    """Return the dates of the article in JSON-LD, or of the page if there is no article."""
    articles, pages = [], []
    for node in _dated(tree):
        types = node.get("@type")
        kinds = [str(kind) for kind in (types if isinstance(types, list) else [types])]
        if any(map(_ARTICLE.search, kinds)):
            articles.append(node)
        elif any(map(_PAGE.search, kinds)):
            pages.append(node)
    named = [node for node in articles if _is_named(node, title)]
    first = (named or articles)[:1] + pages
    for node in first:
        if published := _text(node.get("datePublished")):
            return published, _text(node.get("dateModified"))
    return None, next((_text(node.get("dateModified")) for node in first), None)


def _dated(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    """Yield the nodes of JSON-LD that have a date."""
    for script in tree.iter("script"):
        if "ld+json" not in (script.get("type") or ""):
            continue
        text = _WRAPPING.sub("", script.text or "")
        try:
            for node in _nodes(json.loads(text, strict=False)):
                if _text(node.get("datePublished")) or _text(node.get("dateModified")):
                    yield node
        except (ValueError, RecursionError):
            stated = set(_BROKEN.findall(text))
            if len(stated) == 1:
                yield {"@type": "WebPage", "datePublished": stated.pop()}


def _nodes(found: object) -> Iterator[dict[str, Any]]:
    """Yield the main nodes of JSON-LD, not those that other nodes mention."""
    waiting = deque([found])
    while waiting:
        node = waiting.popleft()
        if isinstance(node, list):
            waiting.extendleft(reversed(node))
        elif isinstance(node, dict):
            yield node
            waiting.extend(node[key] for key in ("@graph", "mainEntity") if key in node)


def _is_named(node: dict[str, Any], title: str) -> bool:
    name = " ".join(str(node.get("headline") or node.get("name") or "").split()).casefold()
    return bool(name) and (name in title.casefold() or title.casefold() in name)


def _text(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)[:_MAX_NUMBER]
    return value.strip() or None if isinstance(value, str) else None


def _meta(tree: HtmlElement) -> tuple[str | None, str | None]:
    """Return the dates of publication and of the last change in meta elements."""
    ranks = _meta_ranks()
    found: dict[str, list[tuple[int, str]]] = {"published": [], "modified": []}
    for element in tree.iter("meta"):
        content = element.get("content") or ""
        for attribute in ("property", "name"):
            name = (element.get(attribute) or "").strip().lower()
            if name in ranks and iso_date(content, day_first=True):
                kind, rank = ranks[name]
                found[kind].append((rank, content))
    published, modified = (min(found[kind], default=(0, None))[1] for kind in found)
    return published, modified


@cache
def _meta_ranks() -> dict[str, tuple[str, int]]:
    """Return the kind of date that a meta element states, and its rank, by its name."""
    names = toml_data("rag.readers.dates", "meta_names.toml")
    return {
        name: (kind, rank)
        for kind in ("published", "modified")
        for rank, name in enumerate(names[kind])
    }


def _microdata(tree: HtmlElement) -> str | None:
    """Return the date of publication in attributes, if they state exactly one."""
    found = set()
    for element in tree.iterfind(".//*[@itemprop='datePublished']"):
        scope = next(element.iterancestors(), None)
        while scope is not None and scope.get("itemscope") is None:
            scope = scope.getparent()
        kind = "" if scope is None else (scope.get("itemtype") or "").rstrip("/")
        if not kind or _ARTICLE.search(kind) or _PAGE.search(kind):
            found.add(element.get("content") or element.get("datetime") or element.text or "")
    for element in tree.iterfind(".//time[@pubdate]"):
        found.add(element.get("datetime") or element.text or "")
    return found.pop() if len(found) == 1 else None
