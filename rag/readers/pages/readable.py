"""Pages changed so that their text reads right, before it is taken by any extractor."""

from __future__ import annotations

import re

from rag.readers.pages.page_tree import TooDeep, page_tree
from rag.readers.pages.readings import HAS_READINGS, remove_readings
from rag.readers.pages.tables import HAS_TABLES, complete_rows
from rag.text.joining.scripts import HAN

_SPANS = re.compile(
    r"<th[\s/>]|<t[dh]\b[^<>]{0,500}?(?:row|col)span|<td\b[^<>]*+><(?:b|strong)\b", re.I
)
"""Found in pages whose tables have heads or spans."""

_LITERAL = re.compile(
    r"(<(?P<name>pre|textarea|script|style)\b(?:[^<]|<(?!/(?P=name)))*+)", re.IGNORECASE
)
_SOURCE_LINE_END = re.compile(rf"(?<=[{HAN}])[ \t\r]*+\n[ \t\r\n]*+(?=[{HAN}])")

_LABEL = re.compile(r"<small(?:\s[^<>]{0,99})?>([^<>\n]{1,12}[:：])\s?</small>", re.IGNORECASE)
"""A label in small print within a line, which an extractor takes for a line of its own."""


def readable(html: str) -> str:
    r"""Return a page without readings of characters, and with rows that stand for themselves.

    A line end between Han characters is nothing, as in a browser.

    Args:
        html: the page, as :func:`rag.readers.pages.html_bounds.bounded` returns it.

    >>> readable("<p>临时泵\n站</p>")
    '<p>临时泵站</p>'
    """
    html = _LABEL.sub(r" \1 ", without_source_lines(html))
    if not HAS_READINGS.search(html) and not _SPANS.search(html):
        return html
    try:
        tree = page_tree(html)
    except TooDeep:
        return html
    remove_readings(tree)
    if HAS_TABLES.search(html):
        complete_rows(tree, apart=False)
    return str(tree.document)


def without_source_lines(html: str) -> str:
    """Return a page without the line ends of its source that are between Han characters.

    Those of elements that show them stay.
    """
    if "\n" not in html:
        return html
    pieces = []
    start = 0
    for literal in _LITERAL.finditer(html):
        pieces += [_SOURCE_LINE_END.sub("", html[start : literal.start()]), literal[0]]
        start = literal.end()
    return "".join([*pieces, _SOURCE_LINE_END.sub("", html[start:])])
