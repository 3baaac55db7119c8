"""The provision of a law that a question names, and whether it asks what that provision says."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rag.text.numbers.han import han_number
from rag.text.provisions.named import (
    CHINESE,
    HAN,
    LATIN,
    LEVELS,
    Provision,
    even_text,
    provision_of,
)

_NAMED = re.compile(rf"(?<![^\W_]){LATIN}|{CHINESE}")

_CLAUSE = re.compile(
    r"(?:khoản|clause|paragraph|para\.)\s(?P<number>\d{1,3})(?!\w)"
    r"|(?:article|art\.)\s?\d{1,4}\s?\((?P<bracket>\d{1,3})\)"
    rf"|第(?P<han>[{HAN}]{{1,5}}|\d{{1,3}})款|第?[（(](?P<item>[{HAN}]{{1,5}})[)）]项",
)

_ASKS_FOR_TEXT = re.compile(
    r"quy định|nói|nêu|ghi|viết|nội dung|thế nào|ra sao|gồm|theo|căn cứ|là gì|cho phép|cấm|yêu cầu"
    r"|định nghĩa|về (?:việc |cái )?gì|đọc|trích|toàn văn|tóm tắt|giải thích"
    r"|规定|说|写|内容|讲|根据|依|按|是什么|原文|全文|条文|要求|禁止|允许|定义|解释|关于"
    r"|\b(?:says?|said|state|provides?|requires?|text|contents?|about|under|means?|defines?"
    r"|prohibits?|read|covers?|summar\w{2,5}|stipulates?|contains?|quote|according to|what is)\b"
)
_ASKS_ELSE = re.compile(
    r"\b(?:who|whom|which|when|where|why|how|did|has|have|was|were|ai|sao|đâu|bao|nào|chưa)\b"
    r"|谁|哪|何|多少|几|为什么|吗"
)
_FORM_WORDS = re.compile(
    r"\b(?:what|does|do|is|the|of|in|by|to|a|me|please|law|act|and|it|does|show|tell|according)\b"
    r"|(?<!\w)(?:gì|của|luật|này|có|như|là|cho|biết|hãy|những|các|nào|trong|tại|và|thì|được)(?!\w)"
    r"|什么|哪些|请问|请|了|的|吗|呢|是|有|在|中|法律|该法|本法|怎么"
)


@dataclass(frozen=True)
class AskedProvision:
    """A provision that a question names.

    Attributes:
        provision: which.
        clause: number of the clause in it; None where all of it is meant.
        for_text: whether the question asks for what the provision says; others may ask who broke
            it, or when it was changed.
        rest: what else the question says, in lower case; empty where it asks for the number alone.
    """

    provision: Provision
    clause: int | None
    for_text: bool
    rest: str


def asked_provision(question: str) -> AskedProvision | None:
    """Return the provision that a question names, the narrowest one; None where it names none.

    >>> asked_provision("Khoản 2 Điều 3 quy định gì?").clause
    2
    >>> asked_provision("第三条说什么？").provision == asked_provision("Article III").provision
    True
    >>> asked_provision("Which states invoked Article 5?").for_text
    False
    """
    even = even_text(unicodedata.normalize("NFC", question))
    named = [each for each in _NAMED.finditer(even) if not _is_pronoun(each, question)]
    if not named:
        return None
    match = max(named, key=lambda each: LEVELS.index(provision_of(each).kind))
    clause = _CLAUSE.search(even)
    rest = _NAMED.sub(" ", _CLAUSE.sub(" ", even))
    without_cues = _FORM_WORDS.sub(" ", _ASKS_FOR_TEXT.sub(" ", rest))
    left = " ".join("".join(c if c.isalnum() else " " for c in without_cues).split())
    return AskedProvision(
        provision_of(match),
        _clause_number(clause) if clause else None,
        for_text=bool(_ASKS_FOR_TEXT.search(rest)) or not _ASKS_ELSE.search(rest),
        rest=left,
    )


def _is_pronoun(match: re.Match[str], question: str) -> bool:
    """Tell whether a question has no number: the part I played."""
    written = question[match.start() : match.end()]
    return (match["number"] or "") == "i" and not (written[0].isupper() and written[-1] == "I")


def _clause_number(match: re.Match[str]) -> int | None:
    digits = match["number"] or match["bracket"]
    if digits:
        return int(digits)
    written = match["han"] or match["item"]
    return int(written) if written.isdigit() else han_number(written)
