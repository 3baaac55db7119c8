"""The dates that a page's markup and address state: JSON-LD, meta elements, microdata, the URL."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rag.text.dates import iso_date

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PUBLISHED = """
article:published_time article:published og:published_time og:article:published_time datepublished
date.published pubdate publishdate publish-date publish_date publish_time publishtime published-date
published_date published_time publication_date publication-date publicationdate og:pubdate
citation_publication_date citation_date citation_online_date parsely-pub-date sailthru.date
cxenseparse:publishtime cxenseparse:recs:publishtime article.published article:create_at apub:time
_pubtime_ dc.date.issued dcterms.issued dcterms.available cludo:date date dc.date dcterms.date
"""
_MODIFIED = """
article:modified_time og:updated_time article:updated_time datemodified lastmod last-modified
article:modified modified_time date.modified dc.date.modified dcterms.modified revised
"""
"""What meta elements are called that state dates, the plainest first. The vague ones at the end,
date and those of Dublin Core, may be of another thing than publication."""

_RANKS = {
    name: rank for names in (_PUBLISHED, _MODIFIED) for rank, name in enumerate(names.split())
}
_OF_PUBLICATION = frozenset(_PUBLISHED.split())

_ARTICLE = re.compile(r"(?:Article|Posting|Report|BlogPost|Blog|NewsStory|Recipe|Review)$")
_PAGE = re.compile(r"(?:Page|VideoObject|AudioObject|PodcastEpisode|CreativeWork)$")
"""Types of schema.org; pages come second, for they are often older than the articles on them."""

_IN_PATH = re.compile(
    r"/t?(?P<year>199\d|20\d\d)[-/_.]?(?P<month>0[1-9]|1[0-2])[-/]?(?P<day>[0-2]\d|3[01])(?=[/_.-]|$)"
)
"""Year, month, day, with or without marks between them: /2020/11/25/, /t20201125_1, /2020/1125/."""

_BROKEN = re.compile(r'"datePublished"\s{0,9}:\s{0,9}"([^"]{8,40})"')
_WRAPPING = re.compile(
    r"\A\s{0,99}(?://)?\s?(?:<!\[CDATA\[|<!--)|(?://)?\s?(?:\]\]>|-->)\s{0,99}\Z"
)


def markup_dates(
    tree: HtmlElement, title: str, *, day_first: bool | None
) -> tuple[str | None, str | None]:
    """Return when markup says that the article was published, and when modified.

    JSON-LD comes first, for it says what is stated of what, then meta elements, then microdata;
    where one has no date of publication the next is asked.

    Args:
        tree: the page.
        title: of the page; of several articles in JSON-LD the one that is called so counts.
        day_first: see :func:`rag.text.dates.dates_in`.
    """
    published = modified = None
    for pair in (_linked(tree, title), _meta(tree), (_microdata(tree), None)):
        published = published or (pair[0] and iso_date(pair[0], day_first=day_first))
        modified = modified or (pair[1] and iso_date(pair[1], day_first=day_first))
    return published, modified


def path_date(url: str) -> str | None:
    """Return the date in the path of a URL.

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
    """Return the dates of the article in JSON-LD, or else of the page; not of what they mention."""
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
    """Yield what JSON-LD states a date of."""
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
    """Yield what JSON-LD describes in its own right."""
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
    return value.strip() or None if isinstance(value, str) else None


def _meta(tree: HtmlElement) -> tuple[str | None, str | None]:
    """Return the first of the dates that meta elements are known to state."""
    found: dict[bool, list[tuple[int, str]]] = {True: [], False: []}
    for element in tree.iter("meta"):
        content = element.get("content") or ""
        for attribute in ("property", "name"):
            name = (element.get(attribute) or "").strip().lower()
            if name in _RANKS and iso_date(content, day_first=True):
                found[name in _OF_PUBLICATION].append((_RANKS[name], content))
    published, modified = (min(found[kind], default=(0, None))[1] for kind in (True, False))
    return published, modified


def _microdata(tree: HtmlElement) -> str | None:
    """Return the date of publication in attributes, if they state but one."""
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
