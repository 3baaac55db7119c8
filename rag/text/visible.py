"""Characters that a reader cannot see, shown as marks.

Control characters move the cursor of a terminal, bidirectional controls change the order in which
a line is shown, and tags (U+E0000 to U+E007F) are read by language models though nobody sees them.
Articles and JSON keep all of them; what is printed, logged or sent to a language model shows them.
"""

from __future__ import annotations

import json
import re

_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # Controls, except the tab and the line feed.
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # Bidi_Control of Unicode.
    "\u2028\u2029"  # Line and paragraph separators.
    "\ud800-\udfff"  # Halves of surrogate pairs, and bytes of names that are not UTF-8.
    "\U000e0000-\U000e007f]"  # Tags.
)
"""What is shown as a mark. Joiners (U+200C, U+200D) are not: Indic scripts and emoji need them."""

_FIRST_BYTE, _LAST_BYTE = 0xDC80, 0xDCFF
"""What Python reads the bytes 0x80 to 0xFF of a file's name as, if the name is not UTF-8."""


def visible(text: str) -> str:
    r"""Return a text whose hidden characters are marks, as Python writes them in a string.

    Tabs and line feeds stay. A byte of a file's name that is not UTF-8 is shown as that byte.

    >>> visible("Tin\x1b[31m\u202e nóng"), visible("\udcff.txt")
    ('Tin\\x1b[31m\\u202e nóng', '\\xff.txt')
    """
    return _HIDDEN.sub(_mark, text)


def visible_line(text: str) -> str:
    r"""Return a text in one line: as :func:`visible`, and with marks for line feeds.

    >>> visible_line("Tin\nError: none")
    'Tin\\nError: none'
    """
    return visible(text).replace("\n", "\\n")


def visible_json(text: str) -> str:
    r"""Return JSON in which hidden characters are escapes, so that its values stay the same.

    >>> visible_json('{"title": "Tin\x9b\u202e"}')
    '{"title": "Tin\\u009b\\u202e"}'
    """
    return _HIDDEN.sub(lambda hidden: json.dumps(hidden[0])[1:-1], text)


def _mark(hidden: re.Match[str]) -> str:
    code = ord(hidden[0])
    if _FIRST_BYTE <= code <= _LAST_BYTE:
        code -= 0xDC00
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
