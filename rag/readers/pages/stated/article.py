"""What scraped text states of its article: who published it, who wrote it and when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.readers.pages.line_forms import MAX_LINE
from rag.readers.pages.stated.by_line import reporters
from rag.readers.pages.stated.dateline import Dateline, dateline
from rag.readers.pages.stated.meta_line import MetaLine
from rag.readers.pages.stated.publishers import is_publisher, publisher_name
from rag.readers.pages.stated.site_in_title import split_title
from rag.readers.paragraphs import paragraph_width

_MAX_PARAGRAPHS = 6
"""Paragraphs at the beginning in which a dateline is looked for: title, lead and captions may stand
before the one that has it. Chosen manually, not tuned."""

_OF_SITE = [
    re.compile(form, re.IGNORECASE)
    for form in (
        r"báo lỗi cho (?P<sure>[^,.:;]{2,40})",
        r".{0,40}(?:theo dõi|đọc|xem) (?:thông tin |tin tức |kênh "
        r"|báo )?(?P<name>[^,.:;]{2,40}?) trên (?:google news|google tin tức|facebook|zalo|youtube"
        r"|tiktok).{0,80}",
        r"(?:follow|find|like|join) (?P<name>[^,.:;]{2,40}?) on (?:google news|facebook|x|twitter"
        r"|instagram|youtube|telegram|whatsapp)\b.{0,60}",
        r".{0,12}(?:关注|關注|追蹤|订阅|訂閱)(?P<name>.{2,20}?)(?:官方)?(?:微信|公众号|公眾號|微博"
        r"|粉絲|頻道|频道|LINE|YouTube).{0,20}",
        r"(?P<sure>[\u3400-\u9fff\w]{2,20})\s?(?:版权|版權|著作權)所有.{0,80}",
        r"(?:版权|版權)所有\s?[:：©]?\s?(?P<sure>[\u3400-\u9fff]{2,20})(?:[\s,，。].{0,80})?",
        r"(?:copyright\s)?(?:©|\(c\)|copyright)\s?(?:(?:19|20)\d\d\s?(?:[-–]\s?(?:19"
        r"|20)\d\d)?)?\s?(?:by |the )?(?P<sure>[^,.:;|©]{2,40}?)[.,|]?\s?(?:all rights? reserved"
        r"|bản quyền).{0,80}",
        r"(?:copyright\s)?(?:©|\(c\)|copyright)\s?(?:(?:19|20)\d\d\s?(?:[-–]\s?(?:19"
        r"|20)\d\d)?)?\s?(?:by )?(?P<name>[^,.:;|©]{2,40}).{0,80}",
        r"bản quyền (?:thuộc về |của )(?P<sure>[^,.:;]{2,40}).?",
        r"(?:®\s?)?.{0,24}ghi rõ nguồn ['\"“]?(?P<sure>[^'\"”,.]{2,40}?)['\"”]? khi .{0,80}",
    )
]
"""Lines of a page that name its site: a name that is ``sure`` need not be known."""

_ABOUT_SITE = frozenset({"page foot", "promotion", "notice"})
"""Reasons for which lines about the site were cut."""


@dataclass(frozen=True)
class Stated:
    """What the lines of a text state of its article.

    Attributes:
        source: who published it; None if no line says so.
        published_at: ISO 8601; None if no line says so.
        authors: who wrote it.
    """

    source: str | None = None
    published_at: str | None = None
    authors: tuple[str, ...] = ()


def stated(
    lines: Sequence[str], cut: Mapping[int, str], said: Sequence[MetaLine], end: int
) -> Stated:
    """Return what a text states of its article.

    The source is the first that is stated by: a line about the article, a dateline, the end of the
    title, and lines of the page about its own site. A sentence that mentions an agency states none.

    Args:
        lines: of the text.
        cut: indices of the lines that are no part of the article, with the reasons.
        said: what lines say of the article, in order.
        end: index of the line at which the article ends.
    """
    kept = (line.strip() for i, line in enumerate(lines[:end]) if i not in cut)
    text = [line for line in kept if line]
    begun = _dateline(text)
    begun_source = begun.source if begun else None
    begun_date = begun.published_at if begun else None
    sources = (
        next((each.source for each in said if each.source), None),
        begun_source,
        _of_title([*text[:1], *(line.strip() for line in lines if line.strip())][:2]),
        _of_site(line.strip() for i, line in enumerate(lines) if cut.get(i) in _ABOUT_SITE),
    )
    dates = (
        next((each.published_at for each in said if each.published_at), None),
        begun_date,
        next((each.updated_at for each in said if each.updated_at), None),
    )
    return Stated(
        next(filter(None, sources), None),
        next(filter(None, dates), None),
        next((each.authors for each in said if each.authors), ())
        or next(filter(None, map(reporters, _first_paragraphs(text))), ()),
    )


def _dateline(text: Sequence[str]) -> Dateline | None:
    return next(filter(None, map(dateline, _first_paragraphs(text))), None)


def _first_paragraphs(text: Sequence[str]) -> list[str]:
    return [line for line in text[:12] if paragraph_width(line)][:_MAX_PARAGRAPHS]


def _of_title(titles: Sequence[str]) -> str | None:
    """Return the site that the first line of the article, or of the page, ends with."""
    return next(filter(None, (split_title(title).site for title in titles)), None)


def _of_site(lines: Iterable[str]) -> str | None:
    """Return the site that lines of the page name, by the form that is the surest."""
    some = [line[:MAX_LINE] for line in lines]
    for form in _OF_SITE:
        for match in filter(None, map(form.fullmatch, some)):
            groups = match.groupdict()
            name = publisher_name(groups.get("sure") or groups.get("name") or "")
            if name and (groups.get("sure") or is_publisher(name)):
                return name
    return None
