"""The whole text of HTML that has nothing but an article: of a book, a message or a feed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from rag.readers.letters.in_html import restored_html
from rag.readers.pages.html_bounds import bounded
from rag.readers.pages.page_tree import page_tree
from rag.readers.pages.readable import without_source_lines
from rag.readers.pages.readings import remove_readings
from rag.readers.pages.tables import complete_rows
from rag.text.cleaning import clean
from rag.text.joining.han_spaces import closed_up

if TYPE_CHECKING:
    from resiliparse.parse.html import HTMLTree

_BLANK_LINES = re.compile(r"\n{3,}")
_LINE_SPACE = re.compile(r"[ \t\u00a0]+")


def html_text(html: str, beside: str = "", mark: Callable[[HTMLTree], None] | None = None) -> str:
    r"""Return the text; each block begins a new line.

    Args:
        html: the document.
        beside: more of the same source, by which the encoding of its letters is told too.
        mark: changes the document before its text is taken.

    Raises:
        ValueError: the HTML is too large or too deeply nested.

    >>> html_text("<h2>One</h2><p>Two <b>three</b>.</p><ul><li>a</li><li>b</li></ul>")
    'One\n\nTwo three.\n\na\nb'
    """
    from resiliparse.extract.html2text import extract_plain_text

    tree = page_tree(without_source_lines(restored_html(bounded(html), beside)))
    if mark is not None:
        mark(tree)
    remove_readings(tree)
    complete_rows(tree, apart=True)
    text: str = extract_plain_text(
        tree,
        main_content=False,
        alt_texts=False,
        links=False,
        list_bullets=False,
        preserve_formatting=True,
    )
    lines = (_LINE_SPACE.sub(" ", line).strip() for line in clean(text).split("\n"))
    return closed_up(_BLANK_LINES.sub("\n\n", "\n".join(lines)).strip())
