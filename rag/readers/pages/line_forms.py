"""The forms of lines that pages put around an article, from the word lists beside this module."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from rag.text.data_files import toml_data
from rag.text.width import width

MAX_LINE = 300
"""Characters of a line that can be a control or part of a page's foot, and of a longer line that
are looked at. Chosen manually, not tuned: each pattern for them ends after this many."""

_MAX_HEADING = 48
"""Characters of a heading with its count."""

_MAX_TEASER = 220
"""Characters of a line that names another article. Chosen manually, not tuned."""

_MAX_CONTROL = 40
"""Width of a control that ends like a sentence. Chosen manually, not tuned."""

_PLAYER_TIME = r"\d{1,2}:\d\d(?::\d\d)?(?:\s*/\s*\d{1,2}:\d\d(?::\d\d)?)?"
_TYPE_SIZE = r"a\s?a|a\s?[+-](?:\s*a\s?[+-])?|字号\s*[:：]?.{0,12}|[大中小]{2,3}"
_COUNT = re.compile(r"\s*[(（]?\d*[)）]?\s*[:：>»›.…+]*$")
_BEFORE_HEADING = re.compile(r"\A[\s>»›▶►■●◆•·|*※#【\[-]{1,4}")
_AFTER_HEADING = re.compile(r"[】\]|]\Z")
_BULLETS = r"[\s>»›▶►■●◆•·▼👉☞*#【\[（(-]{0,6}"
_OPENING = r"[\s（(【\[*|]{0,2}"
_CLOSING = r"\s?[)）】\]|]?(?:\s?[(（]\d{0,8}[)）])?\s?[:：>»›.…！!]{0,4}"
_ARROWS = re.compile(r"(?:>{2,3}|»|▶|►|👉|☞)\s?[^\W\d_].{15,200}")
_SENTENCE_END = re.compile(r"(?:(?<![.…])[.]|[。！!])[\"'”’»）)]{0,2}\Z")
_SPEECH = re.compile(
    r"(?<!小)[说說](?!明|法|服)|表示|指出|[认認][为為]|告[诉訴]|[称稱][，,:：]|\b(?:nói|cho biết"
    r"|cho hay|khẳng định"
    r"|phát biểu|nhấn mạnh)\b"
    r"|\btheo (?:ông|bà|anh|chị)\b|\b(?:said|says|told|according to)\b",
    re.IGNORECASE,
)
"""Words of sentences that tell what somebody said: such a sentence is part of a story."""

_HASHTAGS = r"(?:#\s?[^\s#][^#]{0,40}){1,20}"


@dataclass(frozen=True)
class LineForms:
    """The forms of lines; ``boilerplate_words.toml`` and ``line_forms.toml`` describe them.

    Attributes:
        headings: of other articles, tags and sharing: whole lines, without marks and counts at
            their ends.
        headings_of_comments: the same, of comments.
        widget: matches a control of the page.
        not_author: found in a line under an article that names no author.
        foot: matches a line of the page's foot.
        notice: matches the beginning of a notice about rights and responsibility.
        editors: matches a line that names who edited.
        promotion: matches an invitation that is about the site.
        teaser: matches a label and the title of another article behind it.
        tags: matches a label and tags behind it.
        below: matches a control or a credit below an article.
        section: matches the name of a section of a site, or a label, above a headline.
    """

    headings: frozenset[str]
    headings_of_comments: frozenset[str]
    widget: re.Pattern[str]
    not_author: re.Pattern[str]
    foot: re.Pattern[str]
    notice: re.Pattern[str]
    editors: re.Pattern[str]
    promotion: re.Pattern[str]
    teaser: re.Pattern[str]
    tags: re.Pattern[str]
    below: re.Pattern[str]
    section: re.Pattern[str]


@cache
def line_forms() -> LineForms:
    """Return the forms of lines; they are compiled once."""
    words = toml_data("rag.readers.pages", "boilerplate_words.toml")
    forms = toml_data("rag.readers.pages", "line_forms.toml")
    foot, widgets = words["foot"], words["widgets"]
    path_starts, front_page = any_of(widgets["path_starts"]), any_of(widgets["front_page"])
    foot_lines = [rf"{any_of(foot['telephone_labels'])}\s*[:：].{{0,60}}"]
    foot_lines += [
        # Beginnings may be notes on a form, which have an asterisk.
        rf"(?:\*\s*)?{re.escape(beginning)}.{{0,{most}}}"
        for beginning, most in foot["beginnings"].items()
    ]
    not_in_path = rf"{any_of(widgets['not_in_path'])}|\("
    sharing = any_of(sorted(forms["sharing"], key=len, reverse=True))
    controls = [
        *forms["controls"],
        _PLAYER_TIME,
        _TYPE_SIZE,
        rf"{path_starts}\s*[>›»/|]\s*.{{0,60}}|{front_page}(?:\s+(?!{not_in_path}).{{0,60}})?",
        rf"{any_of(widgets['buttons'])}(?:\s*+(?:[|/]\s*+)?\d*+)",
        rf"{sharing}(?:\s?[:：|/,，、·•]\s?|\s){sharing}(?:(?:\s?[|/,，、·•]\s?"
        rf"|\s){sharing}){{0,12}}",
    ]
    return LineForms(
        headings=_headings(words["headings_below"]) | _headings(words["headings_of_controls"]),
        headings_of_comments=_headings(words["headings_of_comments"]),
        widget=_compiled(controls),
        not_author=_compiled([rf"[:：\d@/]|^{any_of(words['credits']['words'])}\b"]),
        foot=_compiled([*foot_lines, *forms["foot"]]),
        notice=_compiled(rf"[*※(（\s]{{0,2}}(?:{form})" for form in forms["notices"]),
        editors=_compiled(
            rf"(?:【?(?:我要)?纠错】\s?)?[\s（(【\[]{{0,2}}(?:{form})[\s）)】\]]{{0,2}}\d{{0,8}}"
            for form in forms["editors"]
        ),
        promotion=_compiled(rf"{_BULLETS}(?:{form})" for form in forms["promotions"]),
        teaser=_compiled(
            [rf"{_BULLETS}{any_of(forms['read_more'])}\s?(?:[】\]]\s?[:：]?|[:：|>»]).{{2,200}}"]
        ),
        tags=_compiled(
            [rf"{_BULLETS}{any_of(forms['tags'])}\s?[】\]]?\s?[:：].{{0,200}}", _HASHTAGS]
        ),
        section=_compiled(forms["sections"]),
        below=_compiled(rf"{_OPENING}(?:{form}){_CLOSING}" for form in forms["below"]),
    )


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of some words."""
    return f"(?:{'|'.join(map(re.escape, words))})"


def heading_key(line: str) -> str:
    """Return a heading without the marks and the count at its ends, in lower case.

    >>> heading_key("Bình luận (12)"), heading_key("【相关阅读】")
    ('bình luận', '相关阅读')
    """
    if len(line) > _MAX_HEADING:
        return ""
    key = _AFTER_HEADING.sub("", _COUNT.sub("", _BEFORE_HEADING.sub("", line)))
    return key.strip().casefold()


def ends_sentence(line: str) -> bool:
    """Tell whether a line ends like a sentence of a story; questions may be headlines.

    >>> ends_sentence("The council met.”"), ends_sentence("Will it meet?")
    (True, False)
    """
    return bool(_SENTENCE_END.search(line[-8:]))


def is_teaser(line: str) -> bool:
    """Tell whether a line points to another article, by its label or by an arrow before it.

    >>> is_teaser("Xem thêm: Cầu mới thông xe"), is_teaser("Related: how the council works.")
    (True, False)
    """
    if len(line) > _MAX_TEASER or ends_sentence(line):
        return False
    if line_forms().teaser.fullmatch(line):
        return True
    return bool(_ARROWS.fullmatch(line)) and not line.isascii()


def is_promotion(line: str) -> bool:
    """Tell whether a line is an invitation of the site, and not a sentence of the story.

    >>> is_promotion("Theo dõi A trên Google News"), is_promotion("扫描二维码关注我们")
    (True, True)
    """
    return len(line) <= MAX_LINE and _is(line, line_forms().promotion)


def kind_of_end_line(line: str) -> str | None:
    """Return what a line under an article is; None if it may be part of the article.

    >>> kind_of_end_line("责任编辑：李明"), kind_of_end_line("版权所有 某某网")
    ('editors', 'page foot')
    >>> kind_of_end_line("Biên tập viên của báo đã xin lỗi bạn đọc.")
    """
    forms = line_forms()
    if is_foot(line):
        return "page foot"
    if len(line) <= MAX_LINE and _is(line, forms.editors):
        return "editors"
    if is_notice(line):
        return "notice"
    if is_promotion(line):
        return "promotion"
    if is_teaser(line):
        return "other stories"
    if len(line) <= _MAX_TEASER and not ends_sentence(line) and forms.tags.fullmatch(line):
        return "tags"
    key = heading_key(line)
    if key in forms.headings_of_comments:
        return "comments"
    if key in forms.headings:
        return "other stories"
    if forms.widget.fullmatch(key or line[:MAX_LINE]):
        return "widget"
    is_short = len(line) <= MAX_LINE and not (ends_sentence(line) and width(line) > _MAX_CONTROL)
    return "widget" if is_short and _is(line, forms.below) else None


def is_foot(line: str) -> bool:
    """Tell whether a line is part of a page's foot.

    >>> is_foot("Hotline: 0900 000 000"), is_foot("Hotline của sở hoạt động 24/7.")
    (True, False)
    """
    return len(line) <= MAX_LINE and _is(line, line_forms().foot)


def is_notice(line: str) -> bool:
    """Tell whether a line, which may be long, is a notice about rights and responsibility.

    >>> is_notice("版权声明：未经授权不得转载。"), is_notice("未经授权不得转载，法院说。")
    (True, False)
    """
    return _is(line[:MAX_LINE], line_forms().notice)


def _is(line: str, form: re.Pattern[str]) -> bool:
    return bool(form.fullmatch(line)) and not _SPEECH.search(line)


def _headings(lists: dict[str, list[str]]) -> frozenset[str]:
    return frozenset(heading for some in lists.values() for heading in some)


def _compiled(forms: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(forms), re.IGNORECASE)
