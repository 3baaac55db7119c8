"""What a question leaves out that only an earlier one says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.text.follow_ups.parts import Part, parts_of

EllipsisKind = Literal["other", "more", "pronoun"]
"""``other``: it names only what is to take the place of something in the earlier question: "and in
2019?". ``more``: it asks something of its own about what the earlier question names: "còn Lào gia
nhập khi nào?". ``pronoun``: it points back: "when did he resign?"."""

_END = r"\s*[?？.。!！]*\s*\Z"

_FRAMES = [
    re.compile(form + _END, re.IGNORECASE)
    for form in (
        r"(?:(?:thế|vậy|và|rồi)[\s,]+)?còn\s+(?P<rest>.+?)(?:\s+(?:thì\s+)?(?:sao|ra\s+sao|thế\s+nào))?",
        r"(?:(?:thế|vậy|và|rồi|nếu)[\s,]+)(?:là\s+)?(?P<rest>.+?)\s+thì\s+(?:sao|thế\s+nào)",
        r"(?P<rest>.+?)\s+thì\s+(?:sao|thế\s+nào)",
        r"(?:the\s+|vay\s+|va\s+)?con\s+(?P<rest>[\x00-\x7f]+?)(?:\s+(?:thi\s+)?(?:sao|the\s+nao))?",
        r"(?:và|va|rồi|hay|thế|vậy)\s+(?P<rest>.+)",
        r"(?:and\s+|but\s+|so\s+)?(?:what|how)\s+about\s+(?P<rest>.+)",
        r"(?:and|but|or)\s+(?P<rest>.+)",
        r"(?:那么|那麼|那|至于|至於|还有|還有|而|换成|換成|如果是|要是)[,，\s]*(?P<rest>.+?)"
        r"(?:呢|怎么样|怎麼樣|如何)?",
        r"(?P<rest>.+?)呢",
    )
]

_ASKS = re.compile(
    r"\b(?:nào|gì|ai|đâu|mấy|bao\s+nhiêu|bao\s+giờ|vì\s+sao|tại\s+sao|thế\s+nào|ra\s+sao|không)\b"
    r"|\b(?:nao|gi|dau|may|bao\s+nhieu|bao\s+gio|vi\s+sao)\b"
    r"|\b(?:what|who|whom|whose|when|where|which|how|why|did|does|do|is|are|was|were|has|have|had|can"
    r"|could|will|would)\b"
    r"|什[么麼]|[谁誰哪几幾嗎吗]|何[时時地人处處]|多少|怎|如何|为何|為何",
    re.IGNORECASE,
)

_ASKS_WHEN = re.compile(
    r"\b(?:khi\s+nào|lúc\s+nào|bao\s+giờ|năm\s+nào|ngày\s+nào|tháng\s+nào|khi\s+nao|nam\s+nao)\b"
    r"|\bwhen\b|\b(?:what|which)\s+(?:year|month|day|date)\b"
    r"|什[么麼]时候|什[么麼]時候|何[时時]|哪[一]?[年天月日]|几[月号年]|幾[月號年]",
    re.IGNORECASE,
)

_PRONOUN = re.compile(
    r"\b(?:ông|bà|anh|chị|cô|nước|tổ\s+chức|công\s+ty|người|nơi|việc|sự\s+kiện|hiệp\s+định|công\s+ước)"
    r"\s+(?:ấy|này|đó|kia)\b|\b(?:ở|tại)\s+(?:đó|đây)\b|\b(?:lúc|khi|năm)\s+(?:đó|ấy)\b|\b(?:họ|nó)\b"
    r"|\b(?:he|she|him|his|her|hers|they|them|their|theirs|its|it|there|then)\b"
    r"|\b(?:that|this|the\s+same)\s+(?:country|year|organi[sz]ation|company|person|event|agreement)\b"
    r"|[他她它牠](?:们|們)?|[该該此](?:国|國|组织|組織|公司|人|事|协定|協定)"
    r"|[那这這][个個](?:国家|國家|组织|組織|公司|人)|那里|那裡|那儿|当时|當時|[那当當同]年",
    re.IGNORECASE,
)

_LINKS = re.compile(
    r"\b(?:ở|tại|của|với|sang|cho|trong|vào|từ|đến|về|thì|là|nước|thành\s+phố|o|tai|cua|voi|vao)\b"
    r"|\b(?:in|at|for|to|of|with|from|on|by|during|about|the|its)\b|[在的对對与與跟向从從和给給]"
    r"|[\s,，、?？.。!！'’]+",
    re.IGNORECASE,
)
"""Words that only link a name or a period with the rest of a question."""

_SHORT = 6
"""Words, or three times as many Han characters, up to which a question without any name is taken to
be about what the earlier one names. Chosen manually, not tuned."""

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


@dataclass(frozen=True)
class Elliptical:
    """A question that leaves something out.

    Attributes:
        kind: what it leaves out.
        rest: what it says, without the words that only point to the earlier question.
        parts: the names and periods in ``rest``.
    """

    kind: EllipsisKind
    rest: str
    parts: tuple[Part, ...]

    @property
    def asks_when(self) -> bool:
        """Whether it asks for a time, so that it can take none from the earlier question."""
        return _ASKS_WHEN.search(self.rest) is not None


def ellipsis_of(question: str) -> Elliptical | None:
    """Return what a question leaves out; None if it stands for itself.

    Args:
        question: in NFKC.

    >>> ellipsis_of("còn năm 2019?").rest, ellipsis_of("那印尼呢?").rest
    ('năm 2019', '印尼')
    >>> ellipsis_of("and in 2019?").kind, ellipsis_of("Khi nào ông ấy từ chức?").kind
    ('other', 'pronoun')
    >>> ellipsis_of("Việt Nam gia nhập ASEAN năm nào?")
    """
    rest = _framed(question)
    framed = rest is not None
    rest = question.strip() if rest is None else rest
    parts = tuple(parts_of(rest))
    if _is_only(rest, parts):
        return Elliptical("other", rest, parts)
    if _PRONOUN.search(rest):
        return Elliptical("pronoun", rest, parts)
    if framed:
        return Elliptical("more" if _ASKS.search(rest) else "other", rest, parts)
    if not parts and _length(rest) <= _SHORT:
        return Elliptical("more", rest, parts)
    return None


def points_back(text: str) -> bool:
    """Tell whether a text points back to something that was said before it.

    >>> points_back("Ông ấy từ chức năm 2023."), points_back("Lào gia nhập ASEAN năm 1997.")
    (True, False)
    """
    return _PRONOUN.search(text) is not None


def _framed(question: str) -> str | None:
    """Return what stands within words such as "and ...?" and "còn ... thì sao?"."""
    for frame in _FRAMES:
        if match := frame.fullmatch(question):
            return match["rest"].strip()
    return None


def _is_only(rest: str, parts: tuple[Part, ...]) -> bool:
    """Tell whether a text holds nothing but names, periods and words that link them."""
    left = list(rest)
    for part in parts:
        left[part.start : part.end] = " " * (part.end - part.start)
    return bool(parts) and not _LINKS.sub("", "".join(left))


def _length(text: str) -> float:
    han = len(_HAN.findall(text))
    return han / 3 + len(_HAN.sub(" ", text).split())
