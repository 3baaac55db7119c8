"""By-lines: lines beside an article that name who wrote it."""

from __future__ import annotations

import re

from rag.readers.pages.stated.publishers import is_publisher

_BY_LINE = re.compile(r"(?P<name>[^\W\d_][^\n|]{1,40}?)\s*\|")

_LABELLED = re.compile(
    r"(?:tác giả|bài viết|bài,? ảnh|bài và ảnh|bài|tin,? ảnh|tin và ảnh|tin bài|phóng viên|pv"
    r"|người viết"
    r"|thực hiện|作者|记者|記者|文|撰文|撰稿|采写|採訪|文字|本报记者|本報記者|特约记者|通讯员"
    r"|实习记者|实习生"
    r"|author|authors|reporter|reporters|written by|words by|story by|reported by)"
    r"\s?[:：/／|｜丨]\s?(?P<names>[^。！？!?\n]{2,80})",
    re.IGNORECASE,
)
_BY = re.compile(r"by:?\s+(?P<names>[^\n.!?:;|]{3,80})", re.IGNORECASE)
_REPORTER = re.compile(
    r"[〔【\[（(]?\s?(?:本报|本報)?(?:特约|實習|实习)?(?:记者|記者)\s?(?P<name>[\u3400-\u9fff]{2,4}"
    r"(?:、[\u3400-\u9fff]{2,4}){0,3})\s?(?:[/／╱][^〕】\]）)，。\n]{0,20}|[\u3400-\u9fff]{2,4})?"
    r"(?:报导|報導|报道|報道|电|電|訊|讯)\s?[〕】\]）)]?"
)
"""The form of newspapers in Taiwan: the reporter, and the place from which she reports."""

_WITH_ROLE = re.compile(
    r"(?:tác giả|作者|authors?)[,，]\s(?P<names>[^\n.!?:;|，。]{2,80})"
    r"|(?P<writer>[^\n.!?:;|,]{3,40}), [^\n.!?:;|,]{0,40}\b(?:staff writer|correspondent|reporter)",
    re.IGNORECASE,
)
"""The author's label and a comma, or the author and her role."""

_HAN_NAMES = r"[\u3400-\u9fff]{2,4}(?:[、\s]{1,2}[\u3400-\u9fff]{2,4}){0,3}"
_OF_AGENCY = re.compile(
    rf"(?P<agency>[\u3400-\u9fff]{{0,8}}?)(?:记者|記者)\s(?P<names>{_HAN_NAMES})"
    r"|(?P<reporting>[\u3400-\u9fff]{2,4}(?:、[\u3400-\u9fff]{2,4}){0,3})\s(?:报道|報道|報導)"
)
_IN_DATELINE = re.compile(
    r"[（(〔【\[]\s?(?:本报|本報)?(?:记者|記者)\s?"
    r"(?P<names>[\u3400-\u9fff]{2,4}(?:[、\s][\u3400-\u9fff]{2,4}){0,3})"
    r"\s?(?:[／/╱][^〕】\]）)。]{2,10}(?:报导|報導|报道|報道))?[〕】\]）)]"
)
_MAX_DATELINE = 80
"""Characters of a paragraph in which the reporters of its dateline are looked for."""

_BETWEEN = re.compile(r"\s?(?:[,，、;；&＆/／]|\bvà\b|\band\b|\s{2,}|\u3000)\s?")
_LATIN_NAME = re.compile(r"[^\W\d_][\w.'’-]{0,20}(?:\s[^\W\d_][\w.'’-]{0,20}){1,4}")
_HAN_NAME = re.compile(r"[\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}·[\u3400-\u9fff]{1,8}")
_SENTENCE_END = re.compile(r"[.。!?！？…][\"'”’»]?\Z")


def by_line_authors(line: str) -> tuple[str, ...]:
    """Return the authors whom a line names; none if the line is not a by-line.

    >>> by_line_authors("Nguyễn An |"), by_line_authors("The council met.")
    (('Nguyễn An',), ())
    >>> by_line_authors("By Jane Doe and John Roe"), by_line_authors("By the numbers")
    (('Jane Doe', 'John Roe'), ())
    >>> by_line_authors("作者：李明、王华"), by_line_authors("〔記者林大同／台北報導〕")
    (('李明', '王华'), ('林大同',))
    """
    if match := _BY_LINE.fullmatch(line):
        return (match["name"].strip(),)
    if match := _REPORTER.fullmatch(line):
        return tuple(match["name"].split("、"))
    if (match := _LABELLED.fullmatch(line)) and not _SENTENCE_END.search(line):
        return names_in(match["names"], labelled=True)
    if match := _WITH_ROLE.fullmatch(line):
        return names_in(match["names"] or match["writer"])
    if (match := _OF_AGENCY.fullmatch(line)) and (
        not match["agency"] or is_publisher(match["agency"]) or match["agency"] in ("本报", "本報")
    ):
        return tuple(re.split(r"[、\s]+", match["names"] or match["reporting"]))
    if match := _BY.fullmatch(line):
        return names_in(_apart(match["names"]))
    return ()


def reporters(paragraph: str) -> tuple[str, ...]:
    """Return the reporters whom the dateline of a paragraph names in brackets.

    >>> reporters("新华社济南3月28日电（记者李明、王华）市议会开会。")
    ('李明', '王华')
    >>> reporters("〔記者林大同／台北報導〕市議會開會。"), reporters("市议会（记者节）开会。")
    (('林大同',), ())
    """
    match = _IN_DATELINE.search(paragraph[:_MAX_DATELINE])
    if not match or re.search("[，。！？；]", paragraph[: match.start()]):
        return ()
    return tuple(re.split(r"[、\s]", match["names"]))


def names_in(text: str, *, labelled: bool = False) -> tuple[str, ...]:
    """Return the names in a list of persons and agencies; none if something in it is no name.

    Args:
        text: the list.
        labelled: whether it is said to be one: then a name may have any form.
    """
    names = [name.strip(" ()（）") for name in _BETWEEN.split(text)]
    names = [name for name in names if name]
    if labelled:
        return tuple(name for name in names if len(name) <= 40 and not name.isdigit())
    known = all(is_person(name) or is_publisher(name) for name in names)
    return tuple(names) if known and any(map(is_person, names)) else ()


def _apart(names: str) -> str:
    """Return names with a comma before the agency that stands behind a person.

    >>> _apart("JANE DOE Associated Press")
    'JANE DOE, Associated Press'
    """
    words = names.split()
    for count in range(2, min(len(words), 8)):
        if is_publisher(" ".join(words[count:])):
            return f"{' '.join(words[:count])}, {' '.join(words[count:])}"
    return names


def is_person(name: str) -> bool:
    """Tell whether a text has the form of the name of a person.

    >>> is_person("Nguyễn Văn An"), is_person("李明"), is_person("the numbers")
    (True, True, False)
    """
    if _HAN_NAME.fullmatch(name):
        return True
    return bool(_LATIN_NAME.fullmatch(name)) and all(word[0].isupper() for word in name.split())
