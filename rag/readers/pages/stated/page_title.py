"""The title of a web page and the name of its site."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from rag.readers.pages.stated.publishers import host_name, publisher_name
from rag.readers.pages.stated.site_in_title import SplitTitle, split_title

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document as Extracted

_MAX_HEADINGS, _MAX_HEADING = 40, 500
"""Headings of a page that are looked at, and characters of each."""

_FIRST_LINES = 6
"""Lines of an article among which the headline is looked for. Chosen manually, not tuned."""


def named_title(
    tree: HtmlElement | None, url: str | None, found: Extracted | None, text: str = ""
) -> SplitTitle:
    """Return the headline of a page, and its site.

    The site is the name that the page states, unless that is a line of copyright without a name or
    the title once more; then it is the name at the end of the title.

    Args:
        tree: the page; None if it is empty.
        url: of the page, if it is known.
        found: what trafilatura found in it.
        text: of the article; one of its first lines may be the headline.
    """
    element = " ".join(str((None if tree is None else tree.findtext(".//title")) or "").split())
    title = " ".join(((found.title if found else None) or element).split())
    stated = (found.sitename if found else None) or ""
    name = publisher_name(stated)
    host = host_name(url)
    headings = [*_headings(tree), *text[:_MAX_HEADING].split("\n")[:_FIRST_LINES]]
    if name and name in (title, element) and name not in (host, ""):
        name = None
    if element.startswith(title) and title not in headings:
        # Programs take any dash for the beginning of the name of the site.
        title = element
    split = split_title(title, name, host, headings)
    in_head = split_title(element, name, host, [*headings, split.headline])
    named = split.site or in_head.site
    if not name or (named and name.casefold() in (host, f"www.{host}", named.casefold())):
        name = named or name
    if name in _PLATFORMS:
        name = _account(tree) or name
    return SplitTitle(split.headline, name)


_PLATFORMS = ("微信公众平台", "微信公眾平臺")
"""What pages of WeChat state as their site, whoever wrote them."""


def _account(tree: HtmlElement | None) -> str | None:
    """Return the account of WeChat that a page is from."""
    node = None if tree is None else tree.find(".//*[@id='js_name']")
    return None if node is None else " ".join(str(node.text_content()).split()) or None


def _headings(tree: HtmlElement | None) -> list[str]:
    """Return the first headings of a page, and the title that it states for other sites."""
    if tree is None:
        return []
    stated = [each.get("content") or "" for each in tree.iterfind(".//meta[@property='og:title']")]
    shown = (str(each.text_content()) for each in islice(tree.iter("h1", "h2"), _MAX_HEADINGS))
    return [" ".join(text[:_MAX_HEADING].split()) for text in (*stated[:2], *shown)]
