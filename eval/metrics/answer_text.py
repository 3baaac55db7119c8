"""Compare a text with gold answers word by word, in any of the three languages."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from rag.text.chinese import simplified

_HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKENS = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+")
_ARTICLES = frozenset({"a", "an", "the"})


def answer_tokens(text: str) -> list[str]:
    """Return the words of a text in the form in which answers are compared.

    Each Han character is one word. Case, punctuation, compatibility forms, the script of Chinese
    and English articles make no difference, as in the scripts of SQuAD, MLQA and CMRC.

    >>> answer_tokens("The Hanoi Convention; 《河內公約》, Công ước")
    ['hanoi', 'convention', '河', '内', '公', '约', 'công', 'ước']
    """
    normalised = unicodedata.normalize(
        "NFKC", simplified(unicodedata.normalize("NFKC", text)).casefold()
    )
    return [token for token in _TOKENS.findall(normalised) if token not in _ARTICLES]


def contains(text: str, answers: Sequence[str]) -> bool:
    """Return whether a text contains one of the answers, as whole words.

    >>> contains("Signed by 72 states.", ["72"]), contains("In 1972.", ["72"])
    (True, False)
    """
    words = answer_tokens(text)
    for answer in answers:
        wanted = answer_tokens(answer)
        places = range(len(words) - len(wanted) + 1)
        if wanted and any(words[place : place + len(wanted)] == wanted for place in places):
            return True
    return False


def is_answer(text: str, answers: Sequence[str]) -> bool:
    """Return whether a text has just the words of one of the answers.

    >>> is_answer("The 72 states.", ["72 states"]), is_answer("72", ["72 states"])
    (True, False)
    """
    words = answer_tokens(text)
    return bool(words) and any(words == answer_tokens(answer) for answer in answers)


def token_f1(text: str, answers: Sequence[str]) -> float:
    """Return the best F1 of a text's words against an answer's, 0 to 1 (Rajpurkar et al., 2016).

    >>> round(token_f1("six months", ["about six months"]), 2)
    0.8
    """
    words = Counter(answer_tokens(text))
    best = 0.0
    for answer in answers:
        wanted = Counter(answer_tokens(answer))
        shared = (words & wanted).total()
        if shared:
            best = max(best, 2 * shared / (words.total() + wanted.total()))
    return best
