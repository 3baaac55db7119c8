"""Titles that end with the name of the site: the headline and the site.

What stands behind a separator is cut only where something says that it is no part of the headline:
it is the site's name or its host, a known publisher, or the page has the headline by itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.readers.pages.stated.publishers import is_publisher, publisher_name
from rag.text.width import width

_MAX_TITLE = 500
"""Characters of a title that is looked at."""

_MAX_SITE = 60
"""Width of the name of a site with its section. Chosen manually, not tuned."""

_MIN_HEADLINE = 8
"""Width of a headline that may be left. Chosen manually, not tuned."""

_SEPARATOR = re.compile(
    r"\s?[|｜»]\s?|\s[-–—·•]\s|\s?(?:--|__|::|——)\s?|_"
    r"|(?<=[\u3400-\u9fff”」》！？）])[-–—](?=[\u3400-\u9fffA-Z])"
)
_OF_SITE = re.compile(
    r"[\u3400-\u9fff]{2,12}(?:新闻网|新聞網|中文网|中文網|日报|日報|晚报|晚報|时报|時報|电子报"
    r"|電子報"
    r"|通讯社|通訊社|新聞雲|政府网)(?:\s?[\w.]{2,12})?"
    r"|(?i:(?:cổng thông tin|cổng ttđt|trang thông tin|trang tin|cổng)(?: điện tử)? (?:của )?)"
    r"(?P<office>[A-ZĐ].{2,50})"
    r"|[\u3400-\u9fff]{2,16}(?:官方网站|门户网站|官网|人民政府|政府網|全球資訊網)"
    r"|(?i:báo|tạp chí|đài) (?:điện tử )?(?P<name>[^\W\d_].{2,40})"
    r"|(?i:[\w-]{2,30}\.(?:com|vn|cn|net|org|tw|hk|com\.vn|com\.cn|gov\.vn|com\.tw|gov\.cn))"
)
_LOOSE_NAME = re.compile(r"[\u3400-\u9fff]{1,7}(?:网|網|在线|在線)")
"""Forms of the names of newspapers and sites. Our own list, chosen manually; not tuned. The second
form counts only where its separator is one that no sentence has: 网 is a word too."""

_DATE = re.compile(r"\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}")

_SECTION = re.compile(
    r"[\u3400-\u9fff]{2,6}(?:频道|頻道|新闻|新聞|中心|要闻)?|(?:thời sự|thế giới|kinh doanh"
    r"|kinh tế|giải trí"
    r"|thể thao|pháp luật|giáo dục|sức khỏe|đời sống|du lịch|khoa học|công nghệ|số hóa|xe|online"
    r"|ý kiến|chính trị"
    r"|xã hội|văn hóa|quốc tế|bất động sản|news|world|politics|business|sports?|technology|opinion"
    r"|lifestyle|science|health|culture|entertainment|asia|china|markets|economy|environment)",
    re.IGNORECASE,
)
_NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class SplitTitle:
    """A title without the name of its site.

    Attributes:
        headline: without the name.
        site: the name as the title has it; None if there is none.
    """

    headline: str
    site: str | None = None


def split_title(
    title: str, site: str | None = None, host: str | None = None, headings: Sequence[str] = ()
) -> SplitTitle:
    """Return the headline of a title, and the site that its end names.

    Args:
        title: as the head of a page or the first line of a text states it.
        site: the name of the site, if it is known.
        host: of the page's URL, if it is known.
        headings: that the page shows; a headline among them needs no other evidence.

    >>> split_title("Cầu mới thông xe - VnExpress").headline
    'Cầu mới thông xe'
    >>> split_title("市议会通过植树计划--时政--人民网")
    SplitTitle(headline='市议会通过植树计划', site='人民网')
    >>> split_title("Việt Nam - Lào: hợp tác | Báo cáo").site
    """
    title = " ".join(title[:_MAX_TITLE].split())
    places = list(_SEPARATOR.finditer(title))
    if not places:
        return SplitTitle(title)
    shown = {_key(heading) for heading in headings} - {""}
    for place in places:
        start = place.start()
        if _key(title[:start]) in shown and width(title[:start]) >= _MIN_HEADLINE:
            ends = (title[place.end() :], title[places[-1].end() :])
            sites = (_site(each, site, host) for each in ends)
            return SplitTitle(title[:start].strip(), next(filter(None, sites), None))
    for place in places:
        # The first of them leaves the longest end: a name may have a separator too.
        tail = title[place.end() :]
        named = _site(tail, site, host)
        if not named and place[0] not in ("-", "–", "—") and _LOOSE_NAME.fullmatch(tail):
            named = tail
        if named and width(title[: place.start()]) >= _MIN_HEADLINE:
            end = _before_sections(title, place.start())
            return SplitTitle(title[:end].strip(" |｜-–—_·»"), named)
    return SplitTitle(title)


def _site(end: str, site: str | None, host: str | None) -> str | None:
    """Return the site that the end of a title names; None if it names none."""
    end = end.strip()
    if not end or width(end) > _MAX_SITE:
        return None
    if known := _known(end):
        return known
    form = _OF_SITE.fullmatch(end)
    if form and (form["name"] is None or form["name"][0].isupper()):
        return publisher_name(end)
    key = _key(end)
    if site and len(key) >= 2 and key == _key(site):
        return publisher_name(site)
    labels = (host or "").removeprefix("www.").split(".")
    return publisher_name(end) if len(key) >= 3 and key in (*labels, _key(host or "")) else None


def _known(name: str) -> str | None:
    """Return the known publisher that a text names; a section or a date may stand behind it."""
    if is_publisher(name):
        return name
    parts = [part for part in _SEPARATOR.split(name) if part]
    if len(parts) == 2 and is_publisher(parts[0]) and _DATE.fullmatch(parts[1]):
        return parts[0]
    words = name.split(" ")
    for count in range(1, min(len(words), 5)):
        first = " ".join(words[:count])
        if is_publisher(first) and _SECTION.fullmatch(" ".join(words[count:])):
            return first
    return None


def _before_sections(title: str, end: int) -> int:
    """Return where the sections end, and the headline, that stand before the name of a site."""
    while places := list(_SEPARATOR.finditer(title[:end])):
        last = places[-1]
        section = title[last.end() : end].strip()
        tight = last[0].strip() in ("--", "_", "|", "｜", "-") or section.isascii()
        if not (tight and _SECTION.fullmatch(section)):
            break
        if width(title[: last.start()]) < _MIN_HEADLINE:
            break
        end = last.start()
    return end


def _key(text: str) -> str:
    return _NOT_LETTERS.sub("", text).casefold()
