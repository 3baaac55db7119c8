"""Sentences that order their reader to hand over secrets or money.

``handing_over.toml`` has how such orders are written in the three languages.
"""

from __future__ import annotations

import re
from functools import cache

from rag.text.data_files import toml_data

_BETWEEN = 60
"""Characters between the act and the thing. Chosen manually, not tuned."""


def orders_handing_over(sentence: str) -> bool:
    """Tell whether a sentence orders its reader to hand over secrets or money.

    A warning is no such order, and neither is a report of one.

    >>> orders_handing_over("Send your password to us."), orders_handing_over("请提供验证码。")
    (True, True)
    >>> orders_handing_over("Never send your password."), orders_handing_over("He sent a password.")
    (False, False)
    """
    return any(
        order.search(sentence) is not None and never.search(sentence) is None
        for order, never in _orders()
    )


@cache
def _orders() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """Return, for each language, the pattern of an order and that of a warning."""
    return tuple(
        (
            re.compile(
                f"{each['before']}{each['act']}.{{0,{_BETWEEN}}}?{each['thing']}", re.IGNORECASE
            ),
            re.compile(each["never"], re.IGNORECASE),
        )
        for each in toml_data("rag.answering", "handing_over.toml").values()
    )
