"""Articles as plain pages, for browsers that run no scripts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from urllib.parse import urlencode

from tamngu.records.article import Article

PART = 100
"""Articles of one page of the list."""


def list_page(rows: Sequence[Mapping[str, str | None]], collection: str | None, style: str) -> str:
    """Return a page that lists articles.

    Args:
        rows: what a list shows of each; one more than :data:`PART` if the list goes on.
        collection: None: the default one.
        style: path of the style sheet.
    """
    items = []
    for row in rows[:PART]:
        article_id = str(row["id"])
        link = _link("/plain/article", row["title"] or article_id, collection, id=article_id)
        known = _known(row["source"], row["published_at"])
        tag = "-".join(filter(None, (row["language"], row["script"])))
        items.append(f'<li lang="{escape(tag)}">{link}<br>{escape(known)}</li>')
    following = ""
    if len(rows) > PART:
        following = _link("/plain", "→", collection, after=str(rows[PART - 1]["id"]))
    return _page("Tamngu", "en", style, ["<h1>Tamngu</h1><ul>", *items, "</ul>", following])


def article_page(article: Article, collection: str | None, style: str) -> str:
    """Return a page with the text of an article; ``style`` is the path of the style sheet."""
    tag = "-".join(filter(None, (article.language, article.script)))
    back = f"<p>{_link('/plain', '← Tamngu', collection)}</p>"
    return _page(article.title, tag, style, [back, *_paragraphs(article)])


def _paragraphs(article: Article) -> Iterable[str]:
    known = _known(article.source, article.published_at, *article.authors, article.url)
    yield f"<h1>{escape(article.title)}</h1>"
    yield f"<p>{escape(known)}</p>"
    for line in article.text.splitlines():
        if line.strip():
            yield f"<p>{escape(line)}</p>"


def _known(source: str | None, published_at: str | None, *others: str | None) -> str:
    """Return what is known of an article in one line; of the time of its publication, the day."""
    day = None if published_at is None else published_at[:10]
    return " · ".join(filter(None, (source, day, *others)))


def _link(path: str, text: str, collection: str | None, **query: str) -> str:
    if collection is not None:
        query["collection"] = collection
    address = f"{path}?{urlencode(query)}" if query else path
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def _page(title: str, tag: str, style: str, parts: Iterable[str]) -> str:
    return (
        f'<!doctype html><html lang="{escape(tag)}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f'<link rel="stylesheet" href="{style}"><title>{escape(title)}</title>'
        f"<main class='plain'>{''.join(parts)}</main></html>"
    )
