"""Spaces between Han characters, as recognition of scanned pages and wide headlines have them.

A line is closed up if nearly all its Han characters stand alone, with equal gaps. Lists of names,
numbers and cells of tables stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter

from rag.text.joining.scripts import HAN

_MIN_ALONE, _ALONE_SHARE = 4, 0.8
"""Han characters that stand alone in a line, and their share of its words with Han characters, from
which on it is closed up. The share holds for equal gaps too. Chosen manually, not tuned."""

_MAX_LINE = 20_000
"""Characters of a line that is looked at. Chosen manually, not tuned."""

_HAS_ALONE = re.compile(r"[\u3400-\u9fff][ \u3000\u00a0]+[\u3400-\u9fff][ \u3000\u00a0]")
_LETTER = re.compile(r"[\u3400-\u9fff]")
_ALONE = re.compile(rf"[“‘「『（《]?[\u3400-\u9fff][{HAN}”’]?")
_GAP = re.compile(r"[ \u3000\u00a0]+")
_INNER = re.compile(rf"(?<=[{HAN}\d“”‘’%])[ \u3000\u00a0]{{1,2}}(?=[{HAN}\d“”‘’%])")
_AROUND_MARK = re.compile(
    r"(?<=[\u3400-\u9fff])[ \u3000]([，。、；：！？）》」』])(?:[ \u3000](?=[\u3400-\u9fff“‘「]))?"
)

_COUNTED = frozenset("〇零一二三四五六七八九十百日月周甲乙丙丁戊己庚辛壬癸东南西北東上中下左右男女")
"""Characters that stand alone in heads and cells of tables."""

_SURNAMES = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖萧蕭田董袁潘"
    "于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范石廖贾賈韦韋付方白邹鄒孟熊秦邱江尹薛阮武裴黎段"
)
"""Family names that half of the Chinese and Vietnamese have."""


def closed_up(text: str) -> str:
    """Return a text without the spaces that part single Han characters.

    >>> closed_up("渡 口 冷 清 ， 船 工 离 去 。"), closed_up("渡口 冷清")
    ('渡口冷清，船工离去。', '渡口 冷清')
    """
    text = _AROUND_MARK.sub(r"\1", text)
    if not _HAS_ALONE.search(text):
        return text
    return "\n".join(_line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    if len(line) > _MAX_LINE or not _HAS_ALONE.search(line) or "|" in line or "\t" in line:
        return line
    words = [word for word in _GAP.split(line.strip()) if _LETTER.search(word)]
    alone = [word for word in words if _ALONE.fullmatch(word)]
    if len(alone) < _MIN_ALONE or len(alone) < _ALONE_SHARE * len(words):
        return line
    gaps = Counter(_GAP.findall(line.strip()))
    if max(gaps.values()) < _ALONE_SHARE * sum(gaps.values()) or _is_list(alone):
        return line
    return _INNER.sub("", line)


def _is_list(alone: list[str]) -> bool:
    """Tell whether single characters are numbers and directions, or names of two characters."""
    letters = [found[0] for word in alone if (found := _LETTER.search(word))]
    if all(letter in _COUNTED for letter in letters):
        return True
    marked = sum(len(word) > 1 for word in alone)
    return not marked and all(letter in _SURNAMES for letter in letters[::2])
