"""Pages, Markdown and texts in which one mark or word is repeated."""

from __future__ import annotations

from tests.hostile.repeating import Generator, repeating

_MARKUP = (
    "<br ",
    "</div>",
    "<b><i><u>",
    "<a href=",
    "<!DOCTYPE ",
    "<![CDATA[",
    "<svg><style>",
    "<noscript><template>",
    "&#x",
    "&amp",
    "<title>a - b</title>",
    "<li>x<li>",
    "<h1>a</h1>",
    '<meta name="a" content="b">',
    "\u0301\u0323",
    "\u202e",
    "\x00",
)
"""What is repeated in pages and in Markdown."""

_WORDS = (
    "a ",
    "\t\n",
    "a-",
    "* ",
    "- a\n",
    "|a",
    "|a|b|\n|-|-|\n",
    "[](",
    "**a",
    "_a_",
    "~~~\n",
    "[a]: b\n",
    "http://",
    "中",
    "一。",
    "\u0301\u0323",
    "\ufeff",
    "\u2028",
)
"""What is repeated in texts and in Markdown."""

_MARKDOWN = ("<p>x", "<div>", "<select><option>x", "<table><tr><td>x", "<!---->x", "chia sẻ ")
"""What is repeated in Markdown alone: pages or texts of it have names of their own."""


def _of(units: tuple[str, ...], what: str, kind: str) -> dict[str, tuple[str, Generator]]:
    return {f"{what}: {unit!r}": (kind, repeating(unit)) for unit in units}


MARKS: dict[str, tuple[str, Generator]] = {
    **_of(_MARKUP, "html", ".html"),
    **_of(tuple(dict.fromkeys((*_MARKUP, *_WORDS, *_MARKDOWN))), "markdown", ".md"),
    **_of(_WORDS, "text", ".txt"),
}
