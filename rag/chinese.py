"""The two scripts of Chinese."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC


def simplified(text: str) -> str:
    """Return Chinese of either script in Simplified characters; other text stays as it is.

    The mapping is OpenCC's; the text may change its length.

    >>> simplified("聯合國大會")
    '联合国大会'
    """
    return str(_to_simplified().convert(text))


@cache
def _to_simplified() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")
