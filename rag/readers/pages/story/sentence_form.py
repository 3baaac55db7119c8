"""Which lines beside a headline are sentences that say something, and which are of the page."""

from __future__ import annotations

import re
from functools import cache

from rag.readers.pages.stated.by_line import by_line_authors
from rag.text.data_files import toml_data
from rag.text.dates.grammar import dates_in
from rag.text.dates.stated import line_date
from rag.text.width import width

_FULL_STOP = re.compile(r"(?:[。！？!?…]|(?<!\s)\.)[\"'”’」』»)）\]]{0,3}\Z")

_MIN_SENTENCE = 16
"""Width from which on a line with a full stop is a sentence. Chosen manually, not tuned."""

_MIN_OPEN = 40
"""Width from which on a line without a full stop is a sentence. Chosen manually, not tuned."""

_MAX_BESIDE_DATE = 60
"""Width of the words beside a date on a line that is not a sentence. Chosen manually, not
tuned."""

_MAX_NAMES = 90
"""Width of a line that names people and sources."""

_MAX_NOTICE = 400
"""Width of a line by which a page speaks of itself; longer ones are of the story."""

_PATH = re.compile(r"[»›]|\s[>/|｜]\s|->|>>")
_MIN_PATH = 2
"""Marks between the parts of a path of sections."""

_PUBLISHED = re.compile(
    r"\b(?:published|posted|updated)\b|[发發][布佈表]|更新|cập nhật|đăng (?:lúc|ngày)",
    re.IGNORECASE,
)
_BY = re.compile(r"[Bb][Yy]:? [^\W\d_a-z]")
_STOP_WITHIN = re.compile(r"[。！？]|[^\W\d_][.!?…](?:\s|\Z)")
_MAX_CAPTION = 1000
_LETTER = re.compile(r"[^\W\d_]")


def has_full_stop(text: str) -> bool:
    """Tell whether a text ends as a sentence does."""
    return bool(_FULL_STOP.search(text.rstrip()[-8:]))


def is_sentence(text: str, least: int = _MIN_OPEN) -> bool:
    """Tell whether a text is a sentence: it has a full stop, or is long.

    Args:
        text: the text.
        least: width from which on it needs no full stop.

    >>> is_sentence("Ba xã được sơ tán."), is_sentence("Thời sự")
    (True, False)
    """
    room = width(text[:300])
    return room >= least or (room >= _MIN_SENTENCE and has_full_stop(text))


def tells(caption: str) -> bool:
    """Tell whether a caption has a whole sentence, and not only what a picture shows.

    >>> tells("Đội cứu hộ hạ rọ đá để giữ chân đập trong đêm. Ảnh: An"), tells("Cầu Rồng. Ảnh: An")
    (True, False)
    """
    found = _STOP_WITHIN.search(caption[:_MAX_CAPTION])
    return found is not None and width(caption[: found.end()]) >= _MIN_OPEN


def is_of_page(text: str, *, notices: bool = True) -> bool:
    """Tell whether a line beside a headline is a date, a by-line, or speaks of the page.

    Args:
        text: the line.
        notices: whether lines by which a page speaks of itself count.

    >>> is_of_page("Thứ Hai, 3/8/2026, 10:20 (GMT+7)"), is_of_page("By Ann Lee and Tom Fox in Hue")
    (True, True)
    """
    line = " ".join(text.split())
    if len(_LETTER.findall(line[:300])) * 2 < len(line[:300]) or line_date(line):
        return True
    if width(line) > _MAX_NOTICE:
        return False
    low = line.casefold()
    if notices and any(words in low for words in _words()["notices"]["words"]):
        return True
    if by_line_authors(line):
        return True
    dates = dates_in(line, day_first=True)
    beside = width(line) - sum(width(line[date.start : date.end]) for date in dates)
    if dates and beside <= _MAX_BESIDE_DATE and _PUBLISHED.search(line):
        return True
    if has_full_stop(line):
        return False
    names = tuple(_words()["names"]["beginnings"])
    if width(line) <= _MAX_NAMES and (low.startswith(names) or _BY.match(line)):
        return True
    if len(_PATH.findall(line)) >= _MIN_PATH:
        return True
    return bool(dates) and beside <= _MAX_BESIDE_DATE


def is_caption(text: str) -> bool:
    """Tell whether a line says that it belongs to a picture.

    >>> is_caption("Nước ngập phố cổ chiều 3/8. Ảnh: Lê An"), is_caption("Nước ngập phố cổ.")
    (True, False)
    """
    low = " ".join(text.split()).casefold()
    words = _words()["captions"]
    return low.startswith(tuple(words["beginnings"])) or any(
        credit in low[-60:] for credit in words["credits"]
    )


@cache
def _words() -> dict[str, dict[str, list[str]]]:
    return toml_data("rag.readers.pages.story", "notices.toml")
