"""A question of a sentence: a date or a number in it gives way to the words that ask for it.

In Vietnamese and Chinese the words that ask stand where the answer stands. In English they may
stand there, too: "Laos joined ASEAN in which year?".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from rag.text.follow_ups.ellipsis import points_back
from rag.text.follow_ups.parts import parts_of

_LENGTHS = {"vi": (25, 120), "zh": (10, 45), "en": (25, 120)}
"""Characters of a sentence that makes a question, at least and at most. Chosen manually, not
tuned."""

_ENDS = ".。!！"

_YEAR = re.compile(
    r"(?P<before>in\s|since\s)?(?:năm\s|nam\s|year\s)?(?:1[89]|20)\d\d\s?年?", re.IGNORECASE
)
_ORDINAL_BEFORE = re.compile(
    r"(?:\bthứ|\blần|\bsố|第|\bno\.?|\bphase|\bkhóa|\bđiều|\barticle)\s?\Z", re.IGNORECASE
)

_NUMBER = re.compile(
    r"(?<![A-Za-zÀ-ỹ\d.,/%-])\d{1,3}(?:[.,]\d{3})*(?![\d.,/%:-]\d|\s?[%％年月日号號时時])"
    r"(?=\s(?!triệu|tỷ|tỉ|nghìn|ngàn|vạn|million|billion|thousand|trillion|per\s?cent)[^\W\d_]{2}"
    r"|(?![万萬亿億])[\u3400-\u9fff])"
)

_VIETNAMESE = re.compile(r"[À-ỹ]")
"""Letters of Vietnamese pages around Chinese sentences: captions (ảnh), and names of sections."""

_COMMA = re.compile(r"(?<!\d),|,(?!\d)")
"""A comma that groups no digits; normalised, those of Chinese sentences are as narrow as others."""

_WORDS = {
    "vi": ("năm nào", "ngày nào", "bao nhiêu"),
    "zh": ("哪一年", "哪一天", "多少"),
    "en": ("which year", "which day", "how many"),
}
"""What asks for a year, for a day, and for a number."""

_BEGINNING = re.compile(
    r"(?:tuy nhiên|ngoài ra|bên cạnh|theo đó|trong khi|sau đó|trước đó|đồng thời|vì vậy|do đó|nhưng"
    r"|và|đây|đó|however|meanwhile|but|and|also|this|these|those|that|it|in addition|moreover"
    r"|after that"
    r"|但|而|并|並|此外|同时|同時|因此|其中|这|這|该|該|对此|對此|另外|其|据|據)",
    re.IGNORECASE,
)
"""Words with which a sentence begins that continues another one."""

_UNFIT = re.compile(r"[\"“”„«»「」『』《》()\[\]{}<>|:：;；?？\n]|https?:|www\.")


def questions_of(sentence: str, language: str) -> Iterator[str]:
    """Yield questions that a sentence answers.

    A sentence that does not stand for itself makes none: one that points back, names nothing, or
    continues another one.

    Args:
        sentence: of an article.
        language: its code.

    >>> list(questions_of("Lào gia nhập ASEAN năm 1997.", "vi"))
    ['Lào gia nhập ASEAN năm nào?']
    >>> list(questions_of("Viet Nam received 192 votes in the General Assembly.", "en"))
    ['Viet Nam received how many votes in the General Assembly?']
    >>> list(questions_of("越南在联合国大会的选举中,得到192票。", "zh"))
    ['越南在联合国大会的选举中，得到多少票？']
    """
    sentence = " ".join(unicodedata.normalize("NFKC", sentence).split())
    if language == "zh":
        sentence = _COMMA.sub("，", sentence)
    if language not in _WORDS or not _stands_alone(sentence, language):
        return
    body = sentence.rstrip(_ENDS)
    year, day, number = _WORDS[language]
    mark = "？" if language == "zh" else "?"
    parts = parts_of(body)
    periods = [part for part in parts if part.kind == "period"]
    if len(periods) == 1:
        part = periods[0]
        asks = _asks_for(body[part.start : part.end], year, day)
        if asks is not None:
            yield _begun(f"{body[: part.start]}{asks}{body[part.end :]}{mark}")
    taken = [(part.start, part.end) for part in parts]
    for match in _NUMBER.finditer(body):
        inside = any(start < match.end() and match.start() < end for start, end in taken)
        if not inside and not _ORDINAL_BEFORE.search(body[: match.start()]):
            yield _begun(f"{body[: match.start()]}{number}{body[match.end() :]}{mark}")
            return


def _asks_for(period: str, year: str, day: str) -> str | None:
    """Return the words that ask for a year or a day; None for other periods."""
    if match := _YEAR.fullmatch(period):
        return f"{match['before'] or ''}{year}"
    return day if re.search(r"\d\D+\d", period) else None


def _begun(question: str) -> str:
    """Return a question that begins with a capital."""
    return question[:1].upper() + question[1:]


def _stands_alone(sentence: str, language: str) -> bool:
    shortest, longest = _LENGTHS[language]
    if not shortest <= len(sentence) <= longest or sentence[-1] not in _ENDS:
        return False
    if language == "zh" and _VIETNAMESE.search(sentence):
        return False
    if _UNFIT.search(sentence) or _BEGINNING.match(sentence) or points_back(sentence):
        return False
    return any(part.kind != "period" for part in parts_of(sentence))
