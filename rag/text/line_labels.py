"""Labels with which lines begin: the numbers of items, articles and sections.

``not_sentence_ends.toml`` holds the words that stand before a number.
"""

from __future__ import annotations

import re
from functools import cache

from rag.text.data_files import toml_data

_LONGEST = 40
"""Characters of the longest label. Chosen manually, not tuned."""

_NUMBER = r"(?:\d{1,3}|[IVXLC]{1,6}|[ivx]{1,5}|[A-ZĐa-zđ]|[一二三四五六七八九十百]{1,4})"


def ends_label(text: str, mark: int) -> bool:
    """Tell whether the full stop at ``mark`` ends the label of a line, and no sentence.

    >>> [ends_label(text, text.rindex(".")) for text in ("Điều 3.", "1.1.", "a.", "Theo Điều 3.")]
    [True, True, True, False]
    """
    begin = max(0, mark - _LONGEST)
    start = text.rfind("\n", begin, mark) + 1
    if start == 0 and begin > 0:
        return False
    return _label().fullmatch(text, start, mark) is not None


@cache
def _label() -> re.Pattern[str]:
    words = toml_data("rag.text", "not_sentence_ends.toml")["before_label"].values()
    named = "|".join(re.escape(word) for each in words for word in each)
    return re.compile(
        rf"[\s\"'“‘«(（\[「『【《〈–—•*-]*+(?:(?:{named})\s{{0,2}})?{_NUMBER}(?:\.{_NUMBER})*",
        re.IGNORECASE,
    )
