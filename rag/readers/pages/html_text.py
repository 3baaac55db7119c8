"""All the text of a piece of HTML that is nothing but a story: of a book, a message, a feed."""

from __future__ import annotations

import re

from rag.readers.pages.html_bounds import DEEPEST, bounded, depth
from rag.text.cleaning import clean

_BLANK_LINES = re.compile(r"\n{3,}")
_LINE_SPACE = re.compile(r"[ \t\u00a0]+")


def html_text(html: str) -> str:
    r"""Return the text, blocks on lines of their own.

    >>> html_text("<h2>One</h2><p>Two <b>three</b>.</p><ul><li>a</li><li>b</li></ul>")
    'One\n\nTwo three.\n\na\nb'
    """
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    html = bounded(html)
    if depth(html) > DEEPEST:
        raise ValueError("it is nested too deeply")
    text: str = extract_plain_text(
        HTMLTree.parse(html),
        main_content=False,
        alt_texts=False,
        links=False,
        list_bullets=False,
        preserve_formatting=True,
    )
    lines = (_LINE_SPACE.sub(" ", line).strip() for line in clean(text).split("\n"))
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()
