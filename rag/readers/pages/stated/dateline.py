"""Datelines: the beginning of an article that names the agency, and often the place and the day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from rag.readers.pages.stated.line_dates import dateline_date
from rag.readers.pages.stated.publishers import agency_names

_MAX_DATELINE = 120
"""Characters of a paragraph in which a dateline is looked for."""

_FORMS = (
    # 新华社北京11月25日电; the same in brackets; 【环球时报综合报道】. A sentence that only tells
    # what an agency reports has other words before or behind.
    r"[\s（(【\[〔]{0,3}AGENCY[^，。！？；,;\n]{0,30}?[电電讯訊](?:[\s（(）)】\]〕—:：，,-]|\Z)",
    r"[\s]{0,3}[（(【\[〔]\s?AGENCY[^）)】\]〕，。\n]{0,30}[）)】\]〕]",
    r"(?=[\s（(【\[]{0,3}[\u3400-\u9fff])[\s（(【\[]{0,3}AGENCY[^，。！？；,;\n\s]{0,12}?(?:[（"
    r"(][\w\s]{2,12}[）)])?\s?(?:——|—|–|--|－)\s?",
    r"AGENCY(?=(?:快讯|專電|专电)[：:])",
    # (TTXVN) - ; TTO - ; VOV.VN -
    r"[(\[]\s?AGENCY\s?[)\]]\s?[-–—:.]",
    r"AGENCY\s?[-–—]{1,2}\s",
    # LONDON, Nov. 25 (Reuters) - ; Hà Nội (TTXVN 25/11) -
    r"[^()\n!?;:]{2,60}\(\s?AGENCY(?:[\s,]{1,2}\d{1,2}/\d{1,2}(?:/\d{4})?)?\s?\)\s?[-–—]{1,3}",
    r"[A-Z][^()\n!?;:]{1,40}\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov"
    r"|Dec)[a-z]{0,6}\.?\s\d{1,2}"
    r"(?:,\s\d{4})?\s\(\s?AGENCY\s?\)",
)
"""The forms of datelines, with AGENCY for the names of agencies."""

_UNKNOWN = re.compile(
    r"\(\s?(?P<agency>[A-ZĐ]{3,6}|[\w-]{2,20}\.(?:vn|com\.vn|com|cn|net))\s?\)\s?[-–—]\s"
)
"""A newspaper that is not in the list: the letters of its name in brackets, and a dash."""


@dataclass(frozen=True)
class Dateline:
    """What a dateline names.

    Attributes:
        source: the agency, as the dateline writes it.
        published_at: ISO 8601; None if the dateline does not have the year.
    """

    source: str
    published_at: str | None = None


def dateline(paragraph: str) -> Dateline | None:
    """Return the dateline at the beginning of a paragraph; None if there is none.

    >>> dateline("(TTXVN) - Hội đồng hôm nay họp.").source
    'TTXVN'
    >>> dateline("HANOI, Nov. 25, 2020 (AFP) - The council met.")
    Dateline(source='AFP', published_at='2020-11-25')
    >>> dateline("新华社报道，市议会星期二开会。"), dateline("Reuters says that the council met.")
    (None, None)
    """
    start = paragraph[:_MAX_DATELINE].lstrip()
    for form in (*dateline_forms(), _UNKNOWN):
        if match := form.match(start):
            return Dateline(match["agency"], dateline_date(match[0]))
    return None


@cache
def dateline_forms() -> tuple[re.Pattern[str], ...]:
    """Return the forms of datelines; they are compiled once."""
    agency = f"(?P<agency>{agency_names()})"
    return tuple(re.compile(form.replace("AGENCY", agency)) for form in _FORMS)
