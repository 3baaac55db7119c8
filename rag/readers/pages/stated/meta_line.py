"""Lines that say of an article who published it, who wrote it and when."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from rag.readers.pages.stated.by_line import by_line_authors, is_person
from rag.readers.pages.stated.line_dates import stated_date, update_date, usual_form, without_dates
from rag.readers.pages.stated.publishers import is_place, is_publisher, publisher_name
from rag.text.width import width

_MAX_LINE = 200
"""Characters of a line that is looked at."""

_MAX_OTHER = 20
"""Width of a part of such a line that says something else. Chosen manually, not tuned."""

_SOURCE_LABEL = (
    r"(?:nguồn(?: tin)?|theo nguồn|trích nguồn|dẫn nguồn|theo|đăng trên"
    r"|(?:稿件|文章|新闻|新聞|信息|消息|内容|本文|資訊)?(?:来源|來源)(?:于|自)?|稿源|出处|出處"
    r"|转自|轉自|摘自|转载自|轉載自"
    r"|source|sources|news source|originally published (?:by|in|on)|published by|publisher)"
)
_SOURCE = re.compile(rf"{_SOURCE_LABEL}\s?[:：]\s?(?P<name>.{{0,80}})", re.IGNORECASE)
_SOURCE_ALONE = re.compile(rf"{_SOURCE_LABEL}\s?[:：]", re.IGNORECASE)
_ACCORDING = re.compile(
    r"(?:theo|nguồn|via|转自|轉自|据|據)\s(?P<name>[^,.;:!?。，]{2,40})", re.IGNORECASE
)
_SIGNED = re.compile(
    r"(?P<names>[^()（）/|–—\d]{2,50}?)\s?(?:[(（/–—]|\s-\s|,\s)\s?(?:theo:?\s|nguồn:?\s)?"
    r"(?P<source>[^()（）]{2,40}?)\s?[)）]?",
    re.IGNORECASE,
)

_LABELS = (
    r"(?:来源|來源|稿源|作者|记者|記者|责任编辑|責任編輯|编辑|編輯|时间|時間|发布|發布|發佈|更新"
    r"|nguồn|tác giả|cập nhật|ngày đăng|source|author|published|updated)"
)
_PARTS = re.compile(
    rf"\s*[|｜•\t\u3000]\s*|\s{{2,8}}|\s(?=[^\s:：]{{0,4}}{_LABELS}[^\s:：]{{0,4}}\s?[:：])"
    # 10:58（4/2 11:20 更新）; 07:00更新：…; 07:55农民日报; April 16 by Jane Doe
    r"|\s?(?=[（(][^（()）]{0,30}(?:更新|修改|updated|cập nhật)[^（()）]{0,20}(?:[)）]|\Z))"
    r"|(?<=[\dmt)）])(?=更新|最[後后]更新|updated\b|last (?:updated|modified)\b|cập nhật\b"
    r"|sửa đổi\b)"
    r"|(?<=\d:\d\d)(?=[\u3400-\u9fff]{2,10}(?:报|報|网|網|社|新闻|新聞|台|刊|号|端)\Z)"
    r"|\s(?=听报道|听新闻|聽新聞|听全文)|\s(?=(?:by|bởi|由)\s\S)",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"(?:网友|網友)?(?:阅读|閱讀|浏览|瀏覽|点击|點擊|评论|評論|人气|人氣|阅读量|浏览量|点击数"
    r"|阅读数|views?|lượt xem|comments?|bình luận)"
    r"\s?(?:量|数|數|次数)?\s?[:：]?\s?[（(]?\d[\d.,]{0,9}\s?(?:万|萬|k|m)?(?:次|条|條)?[)）]?"
    r"|\d[\d.,]{0,9}\s?(?:万|萬|k|m)?\+?\s?(?:次|人)?(?:阅读|閱讀|浏览|评论|評論|views?|reads?"
    r"|comments?|lượt xem"
    r"|bình luận|min(?:ute)?s? read|phút đọc|shares?)"
    r"|[\d/:\s-]{3,16}\s?更新|updated\s.{1,20}\sago|听报道|听新闻|聽新聞|听全文"
    r"|\d{1,3}\s?(?:phút|giờ|ngày|hours?|minutes?|days?|hrs?|mins?)(?: ago| trước)?"
    r"|\d{1,3}\s?(?:分钟|分鐘|小时|小時|天)前"
    r"|(?:字号|字體|字体)\s?[:：]?.{0,12}|[T大中小A+-]{1,6}|打印|收藏|分享|(?:北京|台北|當地"
    r"|当地)时间"
    r"|(?:责任编辑|責任編輯|编辑|編輯|责编)\s?[:：]\s?.{0,30}",
    re.IGNORECASE,
)
_BEHIND_NAME = re.compile(
    r"[|｜\t\u3000；;]|\s{2,8}|\s(?=(?:阅读|閱讀|浏览|點擊|点击|评论|評論|字号|分享|记者|記者|作者"
    r"|编辑|責編|责编)|\d)"
)
"""What may stand behind the name of a source on its line."""

_ADDRESS = re.compile(r"(?:https?://)?[\w-]{1,40}(?:\.[\w-]{1,40}){1,4}/?", re.IGNORECASE)
_BEFORE_AUTHOR = re.compile(
    r"\A(?:posted |published |written |đăng |đăng bởi )?(?:by|bởi|由)\s|\s(?:on|at|lúc|vào|ngày)\Z",
    re.IGNORECASE,
)
_LABEL_AND_BAR = re.compile(r"[\u3400-\u9fff]{1,4}\s?[|｜]")
_AROUND = " \t\u3000[]【】()（）〔〕-–—_*"
_SENTENCE_END = re.compile(r"[.。!?！？…][\"'”’»]?\Z")


@dataclass(frozen=True)
class MetaLine:
    """What a line says of an article.

    Attributes:
        reason: what the line is: ``date``, ``by-line`` or ``source``.
        published_at: ISO 8601.
        updated_at: ISO 8601.
        source: who published the article.
        authors: who wrote it.
    """

    reason: str
    published_at: str | None = None
    updated_at: str | None = None
    source: str | None = None
    authors: tuple[str, ...] = ()


def meta_line(line: str, *, below: bool = False, day_first: bool | None = True) -> MetaLine | None:
    """Return what a line says of its article; None if it says something else.

    Args:
        line: of scraped text.
        below: whether it stands below the article: then "theo", which means "according to", may
            stand before a name that is not known.
        day_first: whether days stand before months; None where that is not known. Then a date that
            could be another one is left out.

    >>> said = meta_line("2020年11月25日20:36 | 来源：新华网")
    >>> said.reason, said.published_at, said.source
    ('date', '2020-11-25T20:36:00', '新华网')
    >>> meta_line("Lan Anh (Theo TTXVN)").source, meta_line("Theo TTXVN, hội đồng đã họp.")
    ('TTXVN', None)
    """
    line = usual_form(line) if len(line) <= _MAX_LINE else ""
    said = _meta_line(line, below, day_first is not False)
    if said and day_first is None and said != _meta_line(line, below, day_first=False):
        return replace(said, published_at=None, updated_at=None)
    return said


def _meta_line(line: str, below: bool, day_first: bool) -> MetaLine | None:
    if not line:
        return None
    if (line.endswith("|") or _LABEL_AND_BAR.match(line)) and (authors := by_line_authors(line)):
        return _by_line(authors)
    if published := stated_date(line, day_first=day_first):
        return MetaLine("date", published_at=published)
    whole = line.strip(_AROUND)
    found = [_part(part, below, day_first) for part in _PARTS.split(whole) if part.strip(_AROUND)]
    known = [part for part in found if part]
    if not any(part.reason for part in known):
        return None
    rest = [
        part.strip(_AROUND)
        for part in _PARTS.split(whole)
        if part.strip(_AROUND) and not _part(part, below, day_first)
    ]
    if rest:
        if len(rest) > 1 or width(rest[0]) > _MAX_OTHER or _SENTENCE_END.search(rest[0]):
            return None
        if len(known) == 1 and known[0].reason == "by-line":
            return None
    reasons = {part.reason for part in known}
    authors = tuple(name for part in known for name in part.authors)
    if rest and not authors and "date" in reasons and _is_name(rest[0]):
        authors = (rest[0],)
    return MetaLine(
        next(each for each in ("date", "source", "by-line") if each in reasons),
        next((part.published_at for part in known if part.published_at), None),
        next((part.updated_at for part in known if part.updated_at), None),
        next((part.source for part in known if part.source), None),
        authors,
    )


def is_source_label(line: str) -> bool:
    """Tell whether a line is the label of a source, whose name stands on the next line."""
    return bool(_SOURCE_ALONE.fullmatch(line.strip()))


def _part(text: str, below: bool, day_first: bool) -> MetaLine | None:
    """Return what a part of a line says; without a reason if it only counts readers."""
    text = text.strip(_AROUND)
    if match := _SOURCE.fullmatch(text):
        if not match["name"].strip():
            return None
        _, stated = without_dates(match["name"], day_first=day_first)
        return MetaLine("source", stated, source=_name(match["name"]))
    if updated := update_date(text, day_first=day_first):
        return MetaLine("date", updated_at=updated)
    if stated := stated_date(text, day_first=day_first):
        return MetaLine("date", published_at=stated)
    if _COUNTER.fullmatch(text) or (_ADDRESS.fullmatch(text) and not is_publisher(text)):
        return MetaLine("")
    if _SENTENCE_END.search(text):
        return None
    if match := _ACCORDING.fullmatch(text):
        name = publisher_name(match["name"])
        return MetaLine("source", source=name) if _is_source(match["name"], below=below) else None
    if is_publisher(text):
        return MetaLine("source", source=text)
    if authors := by_line_authors(text):
        return _by_line(authors)
    if found := _named_and_dated(text, day_first):
        return found
    if (match := _SIGNED.fullmatch(text)) and is_publisher(match["source"].strip()):
        names = match["names"].strip(_AROUND)
        people = tuple(
            name.strip() for name in re.split(r"[,、–-]", names) if is_person(name.strip())
        )
        if people:
            return MetaLine("by-line", source=match["source"].strip(), authors=people)
    return None


def _by_line(names: tuple[str, ...]) -> MetaLine:
    """Return a by-line; agencies among its names are sources."""
    sources = [name for name in names if is_publisher(name)]
    people = tuple(name for name in names if not is_publisher(name))
    return MetaLine("by-line", source=sources[0] if sources else None, authors=people)


def _named_and_dated(text: str, day_first: bool) -> MetaLine | None:
    """Return what a part says that has a date beside a name."""
    first, _, last = text.partition(" - ")
    rest, stated = without_dates(text, day_first=day_first)
    if last and (whole := stated_date(last.strip(_AROUND), day_first=day_first)):
        rest, stated = first, whole
    rest = _BEFORE_AUTHOR.sub("", rest.strip(f"{_AROUND},，·:：")).strip(f"{_AROUND},")
    if not stated or not rest:
        return None
    if is_publisher(rest):
        return MetaLine("date", stated, source=rest)
    if is_place(rest):
        return MetaLine("date", stated)
    return MetaLine("date", stated, authors=(rest,)) if _is_name(rest) else None


def _is_name(text: str) -> bool:
    """Tell whether a text beside a date is the name of a person, and no place or single word."""
    return " " in text and is_person(text) and not is_place(text)


def _is_source(name: str, *, below: bool) -> bool:
    """Tell whether what follows "theo" is a publisher."""
    name = name.strip()
    if is_publisher(name):
        return True
    return below and 0 < width(name) <= _MAX_OTHER and name[0].isupper()


def _name(text: str) -> str | None:
    """Return the name behind a label: what follows on the line may be another label."""
    first = _BEHIND_NAME.split(text.strip(_AROUND))[0]
    rest, stated = without_dates(first)
    name = rest.strip(f"{_AROUND},，") if stated else first
    if _SENTENCE_END.search(name) and width(name) > _MAX_OTHER:
        return None
    return publisher_name(name)
