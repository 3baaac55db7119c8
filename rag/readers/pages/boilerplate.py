"""What pages put around a story, cut from text that was scraped with all of it.

Rules for lines that stand by themselves: headings of blocks that follow a story (other stories,
comments, what is most read), players, dates, by-lines; and what no story does: a line said twice, a
teaser that repeats its own title. A heading counts only after a story, so that text without clutter
stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from rag.readers.pages.repetition import line_key
from tamngu.records.cut import Cut

_STORY = 200
"""Characters of paragraphs that come before a heading that ends a story."""

_PARAGRAPH = 60
"""Characters from which on a line is taken to be a paragraph; a Han character counts as two."""

_HEAD = 12
"""Lines in which a date and a by-line are looked for."""

_SIGNED = 24
"""Characters of a line under a story that is a name or an agency."""

_TAIL_HEADINGS = """
tin cùng chuyên mục; cùng chuyên mục; tin liên quan; bài liên quan; tin bài liên quan;
bài viết liên quan; các tin bài khác; các tin khác; tin khác; tin mới; tin mới nhất; tin nổi bật;
tin đọc nhiều; đọc nhiều; đọc nhiều nhất; xem nhiều; xem nhiều nhất; đọc thêm; xem thêm;
có thể bạn quan tâm; bạn có thể quan tâm; bình luận; bình luận bài viết; ý kiến bạn đọc;
gửi bình luận; từ khóa; chia sẻ bài viết; tin tài trợ; video nổi bật;
更多; 更多新闻; 更多阅读; 相关新闻; 相关报道; 相关阅读; 相关文章; 延伸阅读; 推荐阅读;
为您推荐; 猜你喜欢; 热门新闻; 热门文章; 热点新闻; 热门推荐; 最新新闻; 最热文章; 点击排行;
排行榜; 评论; 网友评论; 发表评论; 我来说两句; 分享到; 返回首页; 相關新聞; 相關報導;
相關文章; 延伸閱讀; 推薦閱讀; 熱門新聞; 熱門文章; 發表評論;
related articles; related stories; related news; related topics; more on this story; read more;
more from; more news; most read; most popular; most viewed; trending; trending now; recommended;
recommended for you; you may also like; you might also like; comments; leave a comment;
leave a reply; post a comment; share this; share this article; sign up for our newsletter; tags
"""
"""Whole lines, without marks and counts at their ends."""

_TAIL_LINES = re.compile(
    r"(?:đường dây nóng|hotline|报料热线|新闻热线|客服热线|举报电话)\s*[:：].{0,60}"
    r"|\*?\s*vui lòng nhập .{0,80}|báo lỗi cho .{0,30}|xin chờ trong giây lát.{0,5}"
    r"|phiên bản di động|đăng nhập để bình luận.{0,30}"
    r"|all rights reserved.{0,60}|copyright ©.{0,80}|©.{0,80}|版权所有.{0,60}",
    re.IGNORECASE,
)

_WIDGETS = re.compile(
    r"\d{1,2}:\d\d(?::\d\d)?(?:\s*/\s*\d{1,2}:\d\d(?::\d\d)?)?"  # a player
    r"|a\s?a|a\s?[+-](?:\s*a\s?[+-])?|字号\s*[:：]?.{0,12}|[大中小]{2,3}"  # size of type
    r"|(?:trang chủ|首页|首頁|home)(?:\s*[>›»/|]\s*|\s+).{0,60}|trang chủ|首页|首頁"
    r"|(?:chia sẻ|share|分享|facebook|twitter|zalo|linkedin|email|in bài|print|copy link|sao chép"
    r"|lưu bài|nghe|listen|play|advertisement|quảng cáo|广告|廣告)(?:\s*[|/]?\s*\d*)",
    re.IGNORECASE,
)

_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::\d\d)?"
_DATE = (
    r"(?:(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"
    r"|(?P<year_>\d{4})(?:年|[/.-])(?P<month_>\d{1,2})(?:月|[/.-])(?P<day_>\d{1,2})日?)"
)
_ZONE = r"(?:\s*\(?(?:GMT|UTC)\s*(?P<zone>[+-]\d{1,2})\)?)?"
_DAY_NAME = r"(?:(?:thứ\s+\w+|chủ nhật|星期.|周.)\s*,?\s*)?(?:ngày\s+)?"
_DATE_LINE = re.compile(
    rf"{_DAY_NAME}(?:{_TIME}\s*[|,–-]?\s*)?{_DAY_NAME}{_DATE}"
    rf"(?:\s*[|,–-]?\s*(?P<hour_>\d{{1,2}}):(?P<minute_>\d\d)(?::\d\d)?)?{_ZONE}",
    re.IGNORECASE,
)
_BY_LINE = re.compile(r"(?P<name>[^\W\d_][^\n|]{1,40}?)\s*\|")
_NO_NAME = re.compile(
    r"[:：\d@/]|^(?:theo|nguồn|ảnh|source|photo|from|来源|來源|图片?|圖)\b", re.IGNORECASE
)
"""What stands in a line under a story that names a source, a photograph or a section."""

_COUNT = re.compile(r"\s*[(（]?\d*[)）]?\s*[:：>»›.…]*$")


@dataclass(frozen=True)
class Story:
    """The story of a page.

    Attributes:
        text: its lines.
        cut: all others that were not empty, in order.
        published_at: ISO 8601, with the zone where it is stated; None where no line says.
        authors: of a by-line at the top, else who signed below: a person or an agency.
    """

    text: str
    cut: tuple[Cut, ...] = ()
    published_at: str | None = None
    authors: tuple[str, ...] = ()


def story_of(text: str, repeated: Set[str] = frozenset()) -> Story:
    r"""Return the story in scraped text; text without clutter comes back as it is.

    Args:
        text: what was scraped.
        repeated: lines that other pages of its source have too, as
            :func:`rag.readers.pages.repetition.line_key` makes them.

    >>> story = story_of("20:36 | 25/11/2020 GMT+7\nTitle\n\naa\nThe council met.\n0:00 / 0:00")
    >>> story.text, story.published_at
    ('Title\n\nThe council met.', '2020-11-25T20:36:00+07:00')
    """
    lines = text.split("\n")
    end, reason = _end(lines)
    reasons: dict[int, str] = dict.fromkeys(range(end, len(lines)), reason)
    published_at, authors = None, []
    for i, line in enumerate(lines[:end]):
        words = line.strip()
        if not words:
            continue
        if i < _HEAD and (stated := _stated_date(words)):
            published_at = published_at or stated
            reasons[i] = "date"
        elif i < _HEAD and (by_line := _BY_LINE.fullmatch(words)):
            authors.append(by_line["name"].strip())
            reasons[i] = "by-line"
        elif _WIDGETS.fullmatch(words):
            reasons[i] = "widget"
    reasons |= _teasers(lines, end) | _said_again(lines, end, reasons)
    reasons |= _repeated(lines, end, repeated)
    if end < len(lines):
        signed = _signed(lines, end, reasons)
        reasons |= signed
        names = [lines[i].strip() for i in sorted(signed)]
        authors = authors or [name for name in names if not _NO_NAME.search(name)]
    cut = tuple(
        Cut(line.strip(), reasons[i])
        for i, line in enumerate(lines)
        if i in reasons and line.strip()
    )
    kept = "\n".join(line for i, line in enumerate(lines) if i not in reasons)
    if not cut or not kept.strip():
        return Story(text, (), published_at, tuple(authors))
    return Story(re.sub(r"\n{3,}", "\n\n", kept).strip("\n"), cut, published_at, tuple(authors))


def _end(lines: Sequence[str]) -> tuple[int, str]:
    """Return the line at which a story ends, and what of: what comes after, or the text's end."""
    told = 0
    for i, line in enumerate(lines):
        words = line.strip()
        if told >= _STORY:
            if _TAIL_LINES.fullmatch(words):
                return i, "page foot"
            if _heading(words) in _HEADINGS:
                return i, "other stories"
        if _length(words) >= _PARAGRAPH:
            told += _length(words)
    return len(lines), ""


def _teasers(lines: Sequence[str], end: int) -> dict[int, str]:
    """Return lines that say one thing twice, and the broken-off summaries under them."""
    found: dict[int, str] = {}
    for i, line in enumerate(lines[:end]):
        if not _is_doubled(line.strip()):
            continue
        found[i] = "teaser"
        below = _next(lines, i, end)
        if below is not None and lines[below].rstrip().endswith(("...", "…")):
            found[below] = "teaser"
    return found


def _said_again(lines: Sequence[str], end: int, cut: dict[int, str]) -> dict[int, str]:
    """Return lines that repeat the line before them, or the first line of all."""
    found: dict[int, str] = {}
    first = before = ""
    for i, line in enumerate(lines[:end]):
        words = " ".join(line.split())
        if not words or i in cut:
            continue
        if words in (before, first) and _length(words) > _SIGNED:
            found[i] = "said twice"
        first, before = first or words, words
    return found


def _repeated(lines: Sequence[str], end: int, repeated: Set[str]) -> dict[int, str]:
    """Return lines that other pages of the source have too, where they are none of the story.

    Before its first paragraph and after its last one any line is, between them only a paragraph:
    articles of one kind have headings in common. Where no paragraph would be left all is kept.
    """
    if not repeated:
        return {}
    common = {i for i in range(end) if line_key(lines[i]) in repeated}
    paragraphs = {i for i in range(end) if _length(lines[i].strip()) >= _PARAGRAPH}
    own = paragraphs - common
    if not own:
        return {}
    found = {i for i in common if i in paragraphs or not min(own) < i < max(own)}
    return dict.fromkeys(found, "on other pages too")


def _signed(lines: Sequence[str], end: int, cut: dict[int, str]) -> dict[int, str]:
    """Return the short lines between a story and what follows it: names, agencies, sources."""
    found: dict[int, str] = {}
    for i in range(end - 1, -1, -1):
        words = lines[i].strip()
        if not words or i in cut:
            continue
        if _length(words) > _SIGNED or words.endswith((".", "。", "!", "?", "”", '"')):
            break
        found[i] = "signature"
    return found


def _stated_date(line: str) -> str | None:
    """Return the date that a line says and nothing else, as ISO 8601."""
    match = _DATE_LINE.fullmatch(line)
    if match is None:
        return None
    read = {name.rstrip("_"): value for name, value in match.groupdict().items() if value}
    try:
        day = datetime(
            int(read["year"]),
            int(read["month"]),
            int(read["day"]),
            int(read.get("hour", 0)),
            int(read.get("minute", 0)),
        )
    except ValueError:
        return None
    if "hour" not in read:
        return day.date().isoformat()
    if "zone" not in read:
        return day.isoformat()
    hours = int(read["zone"])
    return f"{day.isoformat()}{'-' if hours < 0 else '+'}{abs(hours):02}:00"


def _is_doubled(line: str) -> bool:
    """Tell whether a line is one text twice, as a picture's and a link's of one teaser are."""
    half = len(line) // 2
    if _length(line) < 2 * _SIGNED:
        return False
    return line[:half].rstrip() == line[-half:].lstrip() and not line[half:-half].strip()


def _next(lines: Sequence[str], place: int, end: int) -> int | None:
    return next((i for i in range(place + 1, end) if lines[i].strip()), None)


def _heading(line: str) -> str:
    return _COUNT.sub("", line).casefold() if len(line) <= 48 else ""


def _length(line: str) -> int:
    return len(line) + sum("\u3400" <= character <= "\u9fff" for character in line)


_HEADINGS = frozenset(heading.strip() for heading in _TAIL_HEADINGS.split(";"))
