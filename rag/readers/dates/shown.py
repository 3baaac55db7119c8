"""The dates that a page shows its reader, and the date beside its headline."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.readers.dates.shown_lines import ShownLine
from rag.readers.paragraphs import MIN_ARTICLE, paragraph_width
from rag.text.dates.grammar import StatedDate, dates_in
from rag.text.dates.months import MONTHS
from rag.text.dates.order import day_first_of
from rag.text.dates.years import YEAR
from rag.text.width import width

_MAX_BELOW, _MAX_ABOVE = 500, 60
"""Characters that a page shows between its headline and a date below or above it. On 34 Chinese and
60 English pages 300 to 2,000 and 20 to 600 give the same results, with markup and without. Further
above is the head of the site, which often shows the current date."""

_MAX_LINE, _MAX_BESIDE = 300, 80
"""Characters of a line in which a date is looked for, and width of the other words on that line.
Paragraphs are longer. On the same pages 60 to 120 give the same results for the second."""

_MIN_HEADLINE = 10
"""Width from which on a line can be the headline; twice as much if the title does not have it.
Chosen manually, not tuned."""

_MAX_HEADLINES = 2
"""Times that the headline of an article is on its page; further below it is among other
articles. Chosen manually, not tuned."""

_MAX_DATES = 2000
"""Dates of a page that are looked at."""

# The words in the patterns below are our own lists, chosen manually from pages; not tuned.

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
_LABEL_BEHIND = re.compile(r"\s?(?:(更新|修改)|[发發][布佈表])")
_LABEL_REACH = 50
"""Characters before a date in which its label is looked for: the name of an author or a weekday may
stand between them."""

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
"""Words before a date that is within a sentence or begins a span of time."""

_SPAN_BEHIND = re.compile(
    r"\s?(?:[-–—~～－至]|to\b|đến\b)\s?(?:\d{1,4}\s?[./年月-]"
    rf"|{'|'.join(MONTHS)})|[以之][前后後来來]|[前后後起]",
    re.IGNORECASE,
)
_HEADING_BELOW = re.compile(
    r"(?:相[关關]|[网網]友|[热熱][门門]|最新|推[荐薦])?(?:[评評][论論]|新[闻聞]|[阅閱][读讀]|[报報][道導]|文章|内容|內容)"
    r"|(?:\d{1,6} )?(?:comments?|responses|replies|related (?:articles|stories|posts|news))"
    r"|bình luận|ý kiến bạn đọc|tin (?:liên quan|khác|cùng chuyên mục)",
    re.IGNORECASE,
)
"""Headings of what comes after an article; only a count may follow them."""

_COUNT = re.compile(r"[\s(（\[]{0,2}\d{0,6}[\s)）\]]{0,2}[:：]?\Z")
_SENTENCE = re.compile(r"[。！？!?；]|[^\W\d]{3}\.(?:\s|$)")
_PARTS = re.compile(r"[|_»]|\s[-–—·]\s|--|(?<=[\u3400-\u9fff])-(?=[\u3400-\u9fff])")
_YEAR = re.compile(YEAR)


@dataclass(frozen=True)
class ShownDate:
    """A date that a page shows.

    Attributes:
        iso: ISO 8601.
        label: ``published`` or ``updated``, if the page has words for that; else empty.
        place: index of its line.
    """

    iso: str
    label: str
    place: int


def shown_dates(
    lines: Sequence[ShownLine], *, day_first: bool | None, chinese: bool = False
) -> list[ShownDate]:
    """Return the dates of a page that stand by themselves, and not within sentences.

    Args:
        lines: of the page.
        day_first: whether 3/8/2020 is in August; None where that is not known.
        chinese: whether the page is Chinese.
    """
    found: list[ShownDate] = []
    for place, line in enumerate(lines[: _end(lines)]):
        text = line.text
        if len(found) >= _MAX_DATES:
            break
        if line.in_heading or len(text) > _MAX_LINE or not _YEAR.search(text):
            continue
        if _NOT_OF_PAGE.search(text):
            continue
        dates = dates_in(text, day_first=day_first_of(text, day_first), chinese=chinese)
        beside = width(text) - sum(width(text[date.start : date.end]) for date in dates)
        above = lines[place - 1].text if place else ""
        for stated in dates:
            label = _label(text, stated, above)
            room = _MAX_BESIDE * (2 if label else 1)
            if beside <= room and _stands_alone(text, stated, label, beside):
                found.append(ShownDate(stated.iso, label, place))
    return found


def headlines(lines: Sequence[ShownLine], titles: Sequence[str]) -> list[int]:
    """Return the indices of the lines that are the headline, which may be on the page twice.

    A headline is part of a title that the head of the page states. If no line of the page is part
    of a title, its only heading is the headline, unless it is so short that it may be a name.

    Args:
        lines: of the page.
        titles: that its head states.
    """
    stated = [_Title.of(title) for title in map(_normal, titles) if title]
    whole = {title.text for title in stated}
    headings = [i for i, line in enumerate(lines) if line.in_heading]
    titled = {i for i, line in enumerate(lines) if _is_headline(line.text, stated)}
    titled |= {i for i in headings if _normal(lines[i].text) in whole}
    if found := sorted(titled.intersection(headings)):
        return found[:_MAX_HEADLINES]
    if len(headings) == 1 and (width(lines[headings[0]].text) >= 2 * _MIN_HEADLINE or not stated):
        return headings
    return sorted(titled)[:_MAX_HEADLINES]


def beside_headline(
    lines: Sequence[ShownLine], dates: Sequence[ShownDate], headings: Sequence[int]
) -> ShownDate | None:
    """Return the date beside the headline; of several dates, the one of publication.

    Args:
        lines: of the page.
        dates: that the lines show.
        headings: indices of the lines that are the headline.
    """
    starts, so_far = [0], [0]
    for line in lines:
        starts.append(starts[-1] + len(line.text) + 1)
        so_far.append(so_far[-1] + paragraph_width(line.text))
    ranked = []
    for shown in dates:
        for heading in headings:
            below = starts[shown.place] - starts[heading + 1]
            above = starts[heading] - starts[shown.place + 1]
            # Below the article are other articles and comments.
            if so_far[shown.place] - so_far[heading + 1] >= MIN_ARTICLE:
                continue
            if 0 <= below <= _MAX_BELOW or 0 <= above <= _MAX_ABOVE:
                order = ("published", "", "updated").index(shown.label)
                is_day = len(shown.iso) == len("2020-11-25")
                ranked.append(((order, is_day, below < 0, max(below, above)), shown))
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def labelled_date(lines: Sequence[ShownLine], dates: Sequence[ShownDate]) -> str | None:
    """Return the date that a page calls its date of publication, wherever it is on the page.

    If there is none, return a date with a time of day that is in elements like no other: the rows
    of lists and comments, which have such dates too, are in elements that are alike. If there is
    none either, return a date of the last change.
    """
    for shown in dates:
        if shown.label == "published":
            return shown.iso
    timed = [shown for shown in dates if not shown.label and len(shown.iso) > len("2020-11-25")]
    paths = Counter(lines[shown.place].path for shown in timed)
    single = (shown.iso for shown in timed if paths[lines[shown.place].path] == 1)
    updated = (shown.iso for shown in dates if shown.label == "updated")
    return next(single, None) or next(updated, None)


def _end(lines: Sequence[ShownLine]) -> int:
    """Return the index of the line from which on there are comments and other articles."""
    so_far = 0
    for place, line in enumerate(lines):
        heading = _HEADING_BELOW.match(line.text) if so_far >= MIN_ARTICLE else None
        if heading and _COUNT.match(line.text, heading.end()):
            return place
        so_far += paragraph_width(line.text)
    return len(lines)


def _label(line: str, stated: StatedDate, above: str) -> str:
    """Return the label of a date: the nearest one before it, or one behind it."""
    before = line[max(0, stated.start - _LABEL_REACH) : stated.start]
    if not before.strip() and above.endswith((":", "：")):
        before = above[-_LABEL_REACH:]
    last = {
        name: max((match.end() for match in form.finditer(before)), default=0)
        for name, form in (("published", _PUBLISHED), ("updated", _UPDATED))
    }
    if any(last.values()):
        return max(last, key=lambda name: last[name])
    behind = _LABEL_BEHIND.match(line, stated.end)
    return "" if behind is None else "updated" if behind[1] else "published"


def _stands_alone(line: str, stated: StatedDate, label: str, beside: int) -> bool:
    """Tell whether a date is neither part of a sentence nor of a span of time."""
    before, behind = line[: stated.start], line[stated.end :]
    if _SPAN_BEHIND.match(behind):
        return False
    if beside > _MAX_BESIDE / 2 and (_SENTENCE.search(before) or _SENTENCE.search(behind)):
        return False
    return bool(label) or not _WITHIN.search(before[-_LABEL_REACH:])


@dataclass(frozen=True)
class _Title:
    """A title that the head of a page states.

    Attributes:
        text: the title.
        longest: the longest of its parts, one of which may be the name of the site.
        width: of that part.
    """

    text: str
    longest: str
    width: int

    @classmethod
    def of(cls, text: str) -> _Title:
        """Return a title by its text."""
        longest = max((part.strip() for part in _PARTS.split(text)), key=width)
        return cls(text, longest, width(longest))


def _is_headline(line: str, titles: Sequence[_Title]) -> bool:
    """Tell whether a line is most of a title, without the name of the site in it."""
    if len(line) > _MAX_LINE or width(line) < _MIN_HEADLINE:
        return False
    line = _normal(line)
    room = width(line)
    for title in titles:
        if line in title.text and 2 * room >= title.width:
            return True
        if title.longest in line and 2 * title.width >= room:
            return True
    return False


def _normal(text: str) -> str:
    return " ".join(text.split()).casefold()
