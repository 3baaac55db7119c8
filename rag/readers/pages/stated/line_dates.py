"""The dates that lines of scraped text state: all calls of the reader of dates are here."""

from __future__ import annotations

import re

from rag.text.dates.grammar import dates_in
from rag.text.dates.stated import line_date

_MAX_LINE = 120
"""Characters of a line that states a date and what it is the date of."""

_PUBLISHED = re.compile(
    r"\s?(?:ngày đăng|ngày xuất bản|ngày|đăng|đăng tải|xuất bản|đã đăng|thời gian|phát hành"
    r"|发布时间|发布日期|发布于|发表时间|发表于|发布|发表|时间|日期|刊登时间|發布時間|發布日期"
    r"|發佈時間|發佈日期"
    r"|發佈於|發布於|發佈|發布|發表時間|發稿時間|上稿時間|刊出時間|時間|刊登|published|posted"
    r"|publication date|date|issued|released"
    r"|first published|出版|出版時間|刊出|上載)"
    r"(?:\s(?:on|at|lúc|vào|ngày|vào lúc)){0,2}\s?[:：]?\s?",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\s?(?:cập nhật|最新更新|最后修改|最後修改|sửa đổi|chỉnh sửa|更新时间|更新日期|更新于|更新"
    r"|最后更新|更新時間|最後更新"
    r"|修改时间"
    r"|last updated|last modified|updated|modified|last reviewed)"
    r"(?:\s(?:on|at|lúc|vào|ngày|vào lúc|lần cuối)){0,2}\s?[:：]?\s?",
    re.IGNORECASE,
)

_LOOSE = [
    (re.compile(form), other)
    for form, other in (
        # 2024 03/28
        (r"(?<!\d)((?:19|20)\d\d)\s(\d\d)/(\d\d)(?!\d)", r"\1/\2/\3"),
        # April 9, 20246:14 AM: two elements of a page without a space between them
        (r"(?<=, )((?:19|20)\d\d)(?=\d{1,2}:\d\d)", r"\1 "),
        # 06.00 BST: British Summer Time, where the point before the minutes is British too
        (r"(?<![\d.])(\d\d?)\.(\d\d)\sBST", r"\1:\2 GMT+1"),
        (r"(?<![\d.])(\d\d?)\.(\d\d)(?=\s(?:GMT|[A-Z]{1,3}[SD]T)\b)", r"\1:\2"),
        # Zones whose names do not say how far they are from UTC
        (r"(?<=[\dmM.])\s(?:BST|IST|ET|CT|MT|PT)(?![A-Za-z])", ""),
    )
]
"""Forms of dates and times that only lines of pages have, and how they are read."""


def usual_form(line: str) -> str:
    """Return a line with the dates and times in it in forms that are read everywhere.

    >>> usual_form("Thu 11 Apr 2024 06.00 BST"), usual_form("2024 03/28 16:20:11")
    ('Thu 11 Apr 2024 06:00 GMT+1', '2024/03/28 16:20:11')
    """
    for form, other in _LOOSE:
        line = form.sub(other, line)
    return line


def stated_date(line: str, *, day_first: bool = True) -> str | None:
    """Return the date of a line that states when an article was published, as ISO 8601.

    >>> stated_date("发布时间：2020年11月25日 20:36"), stated_date("25/11/2020")
    ('2020-11-25T20:36:00', '2020-11-25')
    >>> stated_date("Ngày đăng: 25/11/2020"), stated_date("Hội đồng họp ngày 25/11/2020")
    ('2020-11-25', None)
    """
    return _labelled(line, _PUBLISHED, day_first)


def update_date(line: str, *, day_first: bool = True) -> str | None:
    """Return the date of a line that states when an article was changed, as ISO 8601.

    >>> update_date("Cập nhật lúc 20:36, 25/11/2020"), update_date("25/11/2020")
    ('2020-11-25T20:36:00', None)
    """
    return _labelled(line, _UPDATED, day_first) if _UPDATED.match(line) else None


def dateline_date(words: str) -> str | None:
    """Return the date in a dateline, as ISO 8601, if it has day, month and year.

    >>> dateline_date("HANOI, Nov. 25, 2020 (AFP)"), dateline_date("新华社北京11月25日电")
    ('2020-11-25', None)
    """
    found = dates_in(words[:_MAX_LINE], day_first=True)
    return found[0].iso[:10] if len(found) == 1 else None


def without_dates(line: str, *, day_first: bool = True) -> tuple[str, str | None]:
    """Return a line without the date in it, and the date if there is exactly one.

    >>> without_dates("A.example, 25/11/2020")
    ('A.example, ', '2020-11-25')
    """
    found = dates_in(line[:_MAX_LINE], day_first=day_first)
    if len(found) != 1:
        return line, None
    return line[: found[0].start] + line[found[0].end :], found[0].iso


def _labelled(line: str, label: re.Pattern[str], day_first: bool) -> str | None:
    if len(line) > _MAX_LINE:
        return None
    if stated := line_date(line, day_first=day_first):
        return stated
    match = label.match(line)
    return line_date(line[match.end() :], day_first=day_first) if match else None
