"""The dates that a page shows its reader, and which of them stands beside the headline."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.readers.dates.shown_lines import Line
from rag.text.dates import Stated, dates_in

_BELOW, _ABOVE = 500, 60
"""Characters that a page shows between its headline and a date below or above it. On 34 Chinese and
60 English pages 300 to 2,000 and 20 to 600 do as well, with markup and without; further above is
the head of the site, where many show what day it is."""

_LINE, _REST = 300, 80
"""Characters of a line in which a date is looked for, and of what may be said beside it; a Han
character counts as two. Paragraphs are longer. On the same pages 60 to 120 do as well."""

_HEADLINE = 10
"""Characters from which on a line can be the headline; twice as many if the title has it not."""

_HEADLINES = 2
"""Times that a headline stands on a page; further below it is among other stories."""

_MANY = 2000
"""Dates of a page that are looked at."""

_PUBLISHED = re.compile(
    r"(?<!\bwas )(?<!\bwere )(?<!\bbeen )\b(?:published|posted|publication date|release date)"
    r"|发[表布]于|發[表佈布]於|[发發][布佈表][时時][间間]|[发發][布佈]日期|刊[登发發]|本[贴帖]由|[发發]稿"
    r"|(?:^|\s)(?:[时時][间間]|日期)\s?[:：]|đăng (?:ngày|lúc|tải|bởi)|ngày đăng|xuất bản",
    re.IGNORECASE,
)
_UPDATED = re.compile(
    r"\bupdated?\b|\bmodified\b|\brevised\b|\breviewed\b|\bcurrent as of\b|\blast edited\b"
    r"|更新|修改|修[订訂]|cập nhật|chỉnh sửa",
    re.IGNORECASE,
)
_CALLED_BEHIND = re.compile(r"\s?(?:(更新|修改)|[发發][布佈表])")
_CALL = 50
"""Characters between a date and the word that says what it is of: a name, a weekday."""

_NOT_OF_PAGE = re.compile(
    r"©|copyright|版[权權]|\baccessed\b|\bretrieved\b|\bexpire|\bdeadline|\bborn\b|\bdata as of\b"
    r"|截[至止]|今天是|hôm nay|\btoday is\b|hạn chót|hết hạn",
    re.IGNORECASE,
)
_WITHIN = re.compile(
    r"(?:\b(?:on|in|by|since|until|till|from|of|to|and|between|through|before|after)"
    r"|\b(?:vào|từ|đến|trước|sau|tới|hết)(?: ngày)?|[在至从自到]|\d[日号號]?\s?[-–—~～－])\s?$",
    re.IGNORECASE,
)
"""What stands before a date within a sentence, or a span of time."""

_GOES_ON = re.compile(
    r"\s?(?:[-–—~～－至]|to\b|đến\b)\s?(?:\d{1,4}\s?[./年月-]"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|[以之][前后後来來]|[前后後起]",
    re.IGNORECASE,
)
_AFTERWARDS = re.compile(
    r"(?:相[关關]|[网網]友|[热熱][门門]|最新|推[荐薦])?(?:[评評][论論]|新[闻聞]|[阅閱][读讀]|[报報][道導]|文章|内容|內容)"
    r"|(?:\d{1,6} )?(?:comments?|responses|replies|related (?:articles|stories|posts|news))"
    r"|bình luận|ý kiến bạn đọc|tin (?:liên quan|khác|cùng chuyên mục)",
    re.IGNORECASE,
)
"""Headings of what comes after a story, where they are followed by no more than a count."""

_COUNT = re.compile(r"[\s(（\[]{0,2}\d{0,6}[\s)）\]]{0,2}[:：]?\Z")
_PARAGRAPH, _TOLD = 60, 200
"""Characters from which on a line is a paragraph, and of paragraphs that make a story, as in
:mod:`rag.readers.pages.boilerplate`: such headings stand under it, and the date beside the
headline does not."""

_SENTENCE = re.compile(r"[。！？!?；]|[^\W\d]{3}\.(?:\s|$)")
_PARTS = re.compile(r"[|_»]|\s[-–—·]\s|--|(?<=[\u3400-\u9fff])-(?=[\u3400-\u9fff])")
_YEAR = re.compile(r"(?:199|20\d)\d")


@dataclass(frozen=True)
class Shown:
    """A date that a page shows.

    Attributes:
        iso: ISO 8601.
        called: ``published`` or ``updated``, if words say so.
        place: of its line.
    """

    iso: str
    called: str
    place: int


def shown_dates(lines: Sequence[Line], *, day_first: bool | None) -> list[Shown]:
    """Return the dates that stand as the date of something does, and not within sentences."""
    found: list[Shown] = []
    for place, line in enumerate(lines[: _end(lines)]):
        text = line.text
        if len(found) >= _MANY:
            break
        if line.in_heading or len(text) > _LINE or not _YEAR.search(text):
            continue
        if _NOT_OF_PAGE.search(text):
            continue
        dates = dates_in(text, day_first=day_first)
        beside = _length(text) - sum(_length(text[date.start : date.end]) for date in dates)
        above = lines[place - 1].text if place else ""
        for stated in dates:
            called = _called(text, stated, above)
            if beside <= _REST * (1 + bool(called)) and _stands_alone(text, stated, called, beside):
                found.append(Shown(stated.iso, called, place))
    return found


def headlines(lines: Sequence[Line], titles: Sequence[str]) -> list[int]:
    """Return which lines are the headline: there may be several, and it may stand twice.

    They are in the title that the head states. A heading that is not has been written anew for
    readers, if it is the only one and no mere name.

    Args:
        lines: of the page.
        titles: that its head states.
    """
    said = [title for title in map(_normal, titles) if title]
    headings = [i for i, line in enumerate(lines) if line.in_heading]
    titled = {i for i, line in enumerate(lines) if _is_headline(line.text, said)}
    titled |= {i for i in headings if _normal(lines[i].text) in said}
    if found := sorted(titled.intersection(headings)):
        return found[:_HEADLINES]
    if len(headings) == 1 and (_length(lines[headings[0]].text) >= 2 * _HEADLINE or not said):
        return headings
    return sorted(titled)[:_HEADLINES]


def beside_headline(
    lines: Sequence[Line], dates: Sequence[Shown], headings: Sequence[int]
) -> Shown | None:
    """Return the date that stands by the headline, that of publication if there are others."""
    starts, told = [0], [0]
    for line in lines:
        starts.append(starts[-1] + len(line.text) + 1)
        told.append(told[-1] + _told(line.text))
    ranked = []
    for shown in dates:
        for heading in headings:
            below = starts[shown.place] - starts[heading + 1]
            above = starts[heading] - starts[shown.place + 1]
            if told[shown.place] - told[heading + 1] >= _TOLD:
                continue
            if 0 <= below <= _BELOW or 0 <= above <= _ABOVE:
                order = ("published", "", "updated").index(shown.called)
                is_day = len(shown.iso) == len("2020-11-25")
                ranked.append(((order, is_day, below < 0, max(below, above)), shown))
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def called_so(lines: Sequence[Line], dates: Sequence[Shown]) -> str | None:
    """Return the date that a page calls its own, wherever it stands.

    Else a date with a time of day counts that no other stands like: rows of lists have theirs, and
    so have comments.
    """
    for shown in dates:
        if shown.called == "published":
            return shown.iso
    timed = [shown for shown in dates if not shown.called and len(shown.iso) > len("2020-11-25")]
    homes = Counter(lines[shown.place].home for shown in timed)
    single = (shown.iso for shown in timed if homes[lines[shown.place].home] == 1)
    updated = (shown.iso for shown in dates if shown.called == "updated")
    return next(single, None) or next(updated, None)


def _end(lines: Sequence[Line]) -> int:
    """Return the line from which on there are comments and other stories."""
    told = 0
    for place, line in enumerate(lines):
        heading = _AFTERWARDS.match(line.text) if told >= _TOLD else None
        if heading and _COUNT.match(line.text, heading.end()):
            return place
        told += _told(line.text)
    return len(lines)


def _called(line: str, stated: Stated, above: str) -> str:
    """Return what a date is said to be of, by the nearest word before it, or one behind it."""
    before = line[max(0, stated.start - _CALL) : stated.start]
    if not before.strip() and above.endswith((":", "：")):
        before = above[-_CALL:]
    last = {
        name: max((match.end() for match in form.finditer(before)), default=0)
        for name, form in (("published", _PUBLISHED), ("updated", _UPDATED))
    }
    if any(last.values()):
        return max(last, key=lambda name: last[name])
    behind = _CALLED_BEHIND.match(line, stated.end)
    return "" if behind is None else "updated" if behind[1] else "published"


def _stands_alone(line: str, stated: Stated, called: str, beside: int) -> bool:
    """Tell whether a date is no part of a sentence, nor of a span of time."""
    before, behind = line[: stated.start], line[stated.end :]
    if _GOES_ON.match(behind):
        return False
    if beside > _REST / 2 and (_SENTENCE.search(before) or _SENTENCE.search(behind)):
        return False
    return bool(called) or not _WITHIN.search(before[-_CALL:])


def _told(line: str) -> int:
    """Return how long a line is if it is a paragraph."""
    length = _length(line[:_LINE])
    return length if length >= _PARAGRAPH else 0


def _is_headline(line: str, titles: Sequence[str]) -> bool:
    """Tell whether a line is most of what a title says besides the name of the site."""
    if len(line) > _LINE or _length(line) < _HEADLINE:
        return False
    line = _normal(line)
    for title in titles:
        longest = max((part.strip() for part in _PARTS.split(title)), key=_length)
        if line in title and 2 * _length(line) >= _length(longest):
            return True
        if longest in line and 2 * _length(longest) >= _length(line):
            return True
    return False


def _normal(text: str) -> str:
    return " ".join(text.split()).casefold()


def _length(text: str) -> int:
    return len(text) + sum("\u3400" <= character <= "\u9fff" for character in text)
