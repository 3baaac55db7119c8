"""Who publishes: names of agencies, newspapers and sites, and what states none."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

from rag.text.data_files import toml_data
from rag.text.width import width

_MAX_NAME = 60
"""Width of a publisher's name. Chosen manually, not tuned: "Education Data Initiative - U.S.
Education Research" has 50."""

_MAX_STATED = 300
"""Characters of what a page states that are looked at."""

_BEFORE_NAME = re.compile(r"\A(?:theo|nguồn|báo(?: điện tử)?|tờ|tạp chí|the)\s", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"\s?(?:[/,、+＋&]|và|and)\s?", re.IGNORECASE)
_AROUND_NAME = " \t\u3000[]【】()（）《》<>“”\"'‘’:：|｜,，;；-–—_*"

_RIGHTS = re.compile(
    r"(?:版权|版權|著作权|著作權)(?:归|歸|属|屬)?(?:于|於)?|所有|保留一切权利"
    r"|bản quyền(?: thuộc về| của)?"
    r"|\bcopyright(?: by| of)?\b|\(c\)|©|®|\ball rights? reserved\b\.?"
    r"|\b(?:19|20)\d\d(?:\s?[-–—]\s?(?:(?:19|20)\d\d)?)?|\bbản quyền\b",
    re.IGNORECASE,
)
"""Words of copyright lines, which some sites state as their name."""

_NO_NAME = re.compile(
    r"(?:本站|本网|本網|本报|本刊|网络|網路|網絡|互联网|互聯網|转载|轉載|综合|綜合|整理|原创|原創"
    r"|未知|首页|首頁"
    r"|(?:网络|互联网|本站|本网)?(?:综合|整理|转载|原创)"
    r"|internet|web|sưu tầm|tổng hợp|trang chủ|home|home ?page|unknown|admin|staff|n/?a|none|index"
    r"|ảnh|photo|video|image|图|图片)\.?",
    re.IGNORECASE,
)
"""What stands where a publisher is named, and names none."""

_HOST = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?([\w-]{1,60}(?:\.[\w-]{1,60}){1,5})(?:/\S{0,200})?", re.IGNORECASE
)


@cache
def _names() -> frozenset[str]:
    data = toml_data("rag.readers.pages.stated", "publishers.toml")
    return frozenset(name.casefold() for name in (*data["agencies"], *data["sites"]))


@cache
def agency_names() -> str:
    """Return a pattern for the names of agencies; longer names come first."""
    data = toml_data("rag.readers.pages.stated", "publishers.toml")
    names = sorted(data["agencies"], key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, names))})"


def is_publisher(name: str) -> bool:
    """Tell whether a text is the name of a known publisher, or several such names.

    >>> is_publisher("Báo Dân trí"), is_publisher("AFP, Reuters"), is_publisher("Hội đồng")
    (True, True, False)
    """
    if width(name) > _MAX_NAME:
        return False
    name = " ".join(name.split()).casefold()
    if _is_known(name):
        return True
    parts = [part.strip() for part in _BETWEEN_NAMES.split(name)]
    return len(parts) > 1 and all(map(_is_known, parts))


@cache
def _places() -> frozenset[str]:
    data = toml_data("rag.readers.pages.stated", "publishers.toml")
    return frozenset(name.casefold() for name in data["places"])


def is_place(name: str) -> bool:
    """Tell whether a text is a place that stands before dates, which has the form of a name.

    >>> is_place("Hà Nội"), is_place("Nguyễn Văn An")
    (True, False)
    """
    return " ".join(name.split()).casefold() in _places()


def _is_known(name: str) -> bool:
    return name in _names() or _BEFORE_NAME.sub("", name) in _names()


def publisher_name(stated: str) -> str | None:
    """Return the name in what a page states as its source or its site; None if it is no name.

    >>> publisher_name("人民网版权所有"), publisher_name("Copyright © 2020 The Star")
    ('人民网', 'The Star')
    >>> [publisher_name(stated) for stated in ("[ 新华网 ]", "https://www.a.example/x", "网络")]
    ['新华网', 'a.example', None]
    """
    stated = stated[:_MAX_STATED].strip()
    if host := _HOST.fullmatch(stated):
        return host[1].lower() if "/" in stated else stated
    name = " ".join(_RIGHTS.sub(" ", stated).split()).strip(_AROUND_NAME)
    name = name.removesuffix(".") if not name.endswith((" Inc.", " Ltd.", " Co.")) else name
    if not name or width(name) > _MAX_NAME or _NO_NAME.fullmatch(name):
        return None
    return name if any(character.isalpha() for character in name) else None


def host_name(url: str | None) -> str | None:
    """Return the host of a URL without ``www.``; None without a URL."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
