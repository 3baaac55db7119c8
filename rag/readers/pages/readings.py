"""Ruby: readings over characters, such as pinyin and zhuyin, which are no part of the text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rag.readers.pages.elements import elements, line_of, new_text
from rag.text.joining.scripts import HAN

if TYPE_CHECKING:
    from resiliparse.parse.html import HTMLTree

HAS_READINGS = re.compile(r"<(?:rt|rp|rtc)[\s/>]", re.IGNORECASE)
"""Found in pages that have readings."""

_SPACE_IN_HAN = re.compile(f"(?<=[{HAN}]) (?=[{HAN}])")


def remove_readings(tree: HTMLTree) -> None:
    """Remove the readings of a page, and the brackets around them, from its tree."""
    # The inner ones first: an element must not be touched when the one around it is gone.
    for reading in reversed(elements(tree, "rt rp rtc")):
        reading.remove()
    for ruby in reversed(elements(tree, "ruby")):
        # Between Han characters, white space is there for whoever wrote the page.
        text = _SPACE_IN_HAN.sub("", line_of(ruby))
        # As an element it would be a paragraph of its own for some extractors.
        ruby.replace_with(new_text(tree, text))
