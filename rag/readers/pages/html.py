"""Web pages: the article, with what the page says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.readers.dates.page_date import page_date
from rag.readers.decode import decode_html
from rag.readers.document import Document
from rag.readers.pages.boilerplate import PageText, cut_boilerplate
from rag.readers.pages.line_forms import kind_of_end_line
from rag.readers.pages.linked_lines import linked_lines
from rag.readers.pages.paywall import is_stub
from rag.readers.pages.stated.meta_line import meta_line
from rag.readers.pages.stated.page_title import named_title
from rag.readers.pages.stated.publishers import host_name, is_publisher
from rag.readers.pages.uncut_page import uncut_page
from rag.readers.reading_options import DEFAULT_READING, Reading
from rag.records.new_article import make_article
from rag.text.dates.order import day_first_in
from tamngu.records.article import Article

if TYPE_CHECKING:
    from trafilatura.settings import Document as Extracted

_SENTENCE = re.compile(r"[^\n]{10}(?:[。！？]|[.!?…][\"'”’»)]*(?:\s|$))")
"""Ten characters and a full stop. Menus and lists of links, which trafilatura returns when it finds
nothing better, have none."""

_BY = re.compile(
    r"\A\s*(?:(?:bởi|by|tác giả|author|đăng bởi)(?:\s*[:：]\s*|\s+)"
    r"|(?:作者|文|撰文)\s*[:：/／]\s*)",
    re.IGNORECASE,
)
"""What stands before the name of an author, and is no part of it."""


def read_html(document: Document, reading: Reading) -> Iterator[Article]:
    """Yield the article of a page.

    Raises:
        ValueError: the page has no article.
    """
    yield page_article(decode_html(document.read(), document.charset), document, reading)


def page_article(html: str, page: Document, reading: Reading = DEFAULT_READING) -> Article:
    """Return the article of a page.

    Args:
        html: the text of the page.
        page: the document that the text is from.
        reading: how it is to be read.

    Raises:
        ValueError: the page has no article, or only the beginning of one.
    """
    uncut = uncut_page(html, page.url)
    text, tree, url, found = uncut.text, uncut.tree, uncut.url, uncut.found
    if not _SENTENCE.search(text):
        raise ValueError("the page has no article")
    if is_stub(text, uncut.html):
        raise ValueError(
            "the page shows only the beginning of an article; the rest is for subscribers"
        )
    named = _authors(found)
    title = named_title(tree, url, found, text)
    page_text = PageText(text)
    if not reading.keep_boilerplate:
        linked = linked_lines(tree, url, title.headline)
        page_text = cut_boilerplate(text, page.repeated, linked, title.headline)
    order = day_first_in(None, text)
    lines = (meta_line(each.line, day_first=order) for each in uncut.left_out)
    beside = [said for said in lines if said]
    return make_article(
        page_text.text,
        key=page.key,
        title=title.headline,
        url=url,
        source=(
            title.site
            or page_text.source
            or next((said.source for said in beside if said.source), None)
            or page.publisher
            or host_name(url)
            or page.source
        ),
        published_at=(
            page_date(tree, url)
            or page_text.published_at
            or next((said.published_at for said in beside if said.published_at), None)
            or page.published_at
        ),
        authors=[name for name in named if not is_publisher(name)]
        or page_text.authors
        or next((said.authors for said in beside if said.authors), ())
        or named,
        tags=(found.tags if found else None) or [],
        cut=(*page_text.cut, *uncut.left_out),
    )


def _authors(found: Extracted | None) -> list[str]:
    stated = ((found.author if found else None) or "").split(";")
    names = [_BY.sub("", name, count=1).strip() for name in stated]
    # A by-line may hold the date as well: "Thứ hai, 2/3/2026" becomes three names.
    if any(name.isdecimal() for name in names):
        return []
    return [name for name in names if name and not kind_of_end_line(name)]
