"""The whole text of HTML that has nothing but an article: of a book, a message or a feed."""

from __future__ import annotations

import re

from rag.readers.letters.in_html import restored_html
from rag.readers.pages.html_bounds import bounded
from rag.readers.pages.page_tree import page_tree
from rag.text.cleaning import clean

_BLANK_LINES = re.compile(r"\n{3,}")
_LINE_SPACE = re.compile(r"[ \t\u00a0]+")


def html_text(html: str, beside: str = "") -> str:
    r"""Return the text; each block begins a new line.

    Args:
        html: the article.
        beside: more of the same source, by which the encoding of its letters is told too.

    Raises:
        ValueError: the HTML is too large or too deeply nested.

    >>> html_text("<h2>One</h2><p>Two <b>three</b>.</p><ul><li>a</li><li>b</li></ul>")
    'One\n\nTwo three.\n\na\nb'
    """
    from resiliparse.extract.html2text import extract_plain_text

    text: str = extract_plain_text(
        page_tree(restored_html(bounded(html), beside)),
        main_content=False,
        alt_texts=False,
        links=False,
        list_bullets=False,
        preserve_formatting=True,
    )
    lines = (_LINE_SPACE.sub(" ", line).strip() for line in clean(text).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
