"""Lines at which an older message begins in the text of a mail: rules, headers, who wrote when."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from rag.text.data_files import toml_data

_MAX_LINE = 300
"""Characters of a line that is looked at. Chosen manually, not tuned."""

_MOST_HEADERS, _LEAST_HEADERS = 14, 3
"""Lines in which headers are looked for, and how many there have to be. Chosen manually, not tuned:
single lines of that form are in many texts."""

_RULED = re.compile(
    r"(?<![-_=—─*])[-_=—─*]{2,}+\s*+(?P<words>[^\s\-_=—─*][^\-_=—─*]{1,80}+)[-_=—─*]{2,}+\s*+"
)
RULE = re.compile(r"(?<!\s)\s*+(?:[-_=─*]\s?+){5,}+\s*+")
"""A line that only parts what is above from what is below."""
_HEADER = re.compile(r"[\s*_]{0,6}(?P<name>[^\s:：*_][^:：\n]{0,30}?)[\s*_]{0,6}[:：]")
_HAN = "写道|寫道|撰写|撰寫|来信说|來信說"
_WROTE = re.compile(
    r"(?:On|At|Am|Le|El)\s.{5,250}\b(?:wrote|writes|said|a écrit|escribió|schrieb\b.{1,80}?)"
    r"\s?[:：]"
    r"|(?:Vào|Ngày|Lúc|Trên|Hôm)\s.{5,250}\bviết\s?[:：]"
    rf"|.{{2,200}}[<(\[]\S{{1,80}}@\S{{1,80}}[>)\]].{{0,80}}(?:wrote|writes|viết|{_HAN})\s?[:：]"
    rf"|.{{0,120}}\d{{4}}.{{0,120}}(?:{_HAN})\s?[:：]",
    re.IGNORECASE,
)
_BEGINS_WROTE = re.compile(
    r"(?:On|At|Am|Le|El|Vào|Ngày|Lúc|Trên|Hôm)\s|.{1,120}?(?:@|\d{4})|[在於于]\s?\d|\d{4}",
    re.IGNORECASE,
)
_TIME = re.compile(r"@|\d{1,2}\s?[:：hH時时点點]\s?\d{2}")
_HAN_SPACE = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


@dataclass(frozen=True)
class OlderMessage:
    """Where an older message begins.

    Attributes:
        start: the number of the first line of its head.
        end: the number of the line behind its head.
        is_sure: whether all behind it is older, also if its lines are not marked as quoted.
        is_forwarded: whether it is said to be handed on.
    """

    start: int
    end: int
    is_sure: bool
    is_forwarded: bool = False


@dataclass(frozen=True)
class _Words:
    separators: frozenset[str]
    senders: frozenset[str]
    subjects: frozenset[str]
    headers: frozenset[str]
    forwarded: tuple[str, ...]


@cache
def _words() -> _Words:
    data = toml_data("rag.readers.mail", "words.toml")
    headers = data["headers"]
    return _Words(
        frozenset(data["separators"]["words"]),
        frozenset(headers["from"]),
        frozenset(headers["subject"]),
        frozenset((*headers["from"], *headers["subject"], *headers["others"])),
        tuple(data["forwarded"]["words"]),
    )


def is_forwarded(subject: str) -> bool:
    """Tell whether a subject says that the mail is handed on.

    >>> is_forwarded("Fwd: minutes"), is_forwarded("转发：纪要"), is_forwarded("Re: minutes")
    (True, True, False)
    """
    name, colon, _ = subject.replace("：", ":").strip("[] ").partition(":")
    return bool(colon) and name.strip().casefold() in _words().forwarded


def older_message(lines: Sequence[str], number: int) -> OlderMessage | None:
    """Return the head of an older message that begins in a line, if one does.

    Args:
        lines: of a mail.
        number: of the line.
    """
    line = lines[number][:_MAX_LINE].replace("&nbsp;", " ")
    if not line.strip():
        return None
    ruled = _RULED.fullmatch(line.strip())
    words = " ".join((ruled["words"] if ruled else line).strip(" :：").casefold().split())
    bare = words in _words().separators
    headers = _headers(lines, number + 1)
    if (ruled and (bare or headers)) or (bare and headers):
        forwarded = any(
            word in words for word in ("forward", "chuyển tiếp", "转发", "轉寄", "轉發")
        )
        return OlderMessage(number, headers or number + 1, True, forwarded)
    if RULE.fullmatch(line):
        return OlderMessage(number, headers, True) if headers else None
    if own := _headers(lines, number):
        return OlderMessage(number, own, True)
    return _written(lines, number)


def _headers(lines: Sequence[str], start: int) -> int:
    """Return the number of the line behind the headers of a message; 0 if there are none."""
    names: list[str] = []
    end = start
    has_address = False
    for i in range(start, min(start + _MOST_HEADERS, len(lines))):
        line = lines[i][:_MAX_LINE]
        name = _header_name(line)
        if name:
            names.append(name)
            end = i + 1
            has_address = has_address or "@" in line
        elif not line.strip():
            # Some programs put a blank line before the headers, and between them.
            if i > end:
                break
        elif not names or not ("@" in line or ";" in line or line[0].isspace()):
            break
        elif i == end:
            end = i + 1
    known = _words()
    enough = len(set(names)) >= _LEAST_HEADERS and any(name in known.senders for name in names)
    told = has_address or any(name in known.subjects for name in names)
    return end if enough and told else 0


def _header_name(line: str) -> str:
    """Return the name of a header that a line has; empty if it has none."""
    match = _HEADER.match(line)
    if match is None:
        return ""
    name = _HAN_SPACE.sub("", " ".join(match["name"].casefold().split()))
    return name if name in _words().headers else ""


def _written(lines: Sequence[str], number: int) -> OlderMessage | None:
    """Return the head that is a sentence of one to three lines, such as On Monday Ann wrote."""
    if not _BEGINS_WROTE.match(lines[number][:_MAX_LINE].strip()):
        return None
    said = ""
    for end in range(number + 1, min(number + 3, len(lines)) + 1):
        line = lines[end - 1][:_MAX_LINE].strip()
        if not line:
            return None
        said = f"{said} {line}".strip()
        if said.endswith((":", "：")):
            return (
                OlderMessage(number, end, bool(_TIME.search(said)))
                if _WROTE.fullmatch(said)
                else None
            )
    return None
