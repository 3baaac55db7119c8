"""Whether two short answers say the same, also in two languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rag.text.chinese import simplified
from rag.text.dates.named import NamedDate, named_dates, without_dates
from rag.text.names.matching import names_in
from rag.text.numbers.amounts import amounts
from rag.text.terms import terms

_WORDS = re.compile(r"\w+")

_ADDRESS = re.compile(
    r"^(?:(?:ông|bà|ngài|mrs?|ms|dr)\.?\s+(?=[^\W_])|(?:the|an?)\s+)", re.IGNORECASE
)
"""How a person is addressed, or an article: another report leaves it out."""

_MOST_BESIDE = 4
"""Words beside a number or a name with which two answers are still the same. Chosen manually, not
tuned."""


def same_answer(one: str, other: str, languages: tuple[str, str]) -> bool:
    """Return whether two short answers say the same.

    Dates, amounts and known names are compared as such; other answers by their words. The shorter
    answer's names or words have to be in the longer one.

    Args:
        one: an answer.
        other: another one.
        languages: of the two.

    >>> same_answer("110 nước", "110个国家", ("vi", "zh"))
    True
    >>> same_answer("24/10/1945", "October 24, 1945", ("vi", "en"))
    True
    >>> same_answer("Hà Nội", "河内", ("vi", "zh")), same_answer("Huế", "Hà Nội", ("vi", "vi"))
    (True, False)
    >>> same_answer("72 nước", "110 nước", ("vi", "vi"))
    False
    """
    if one == other or _plain(one) == _plain(other) != "":
        return True
    found = _same_numbers(one, other, languages)
    if found is not None:
        # A number that is only a part of a long answer does not make two answers the same.
        return found and (
            languages[0] != languages[1] or _few_words(one, other) or _within(one, other)
        )
    these_names, those_names = names_in(one), names_in(other)
    if these_names and those_names and languages[0] != languages[1]:
        these_ids, those_ids = ({id(each) for each in some} for some in (these_names, those_names))
        return these_ids <= those_ids or those_ids <= these_ids
    return languages[0] == languages[1] and _within(one, other, languages[0])


def _plain(text: str) -> str:
    """Return the letters and digits of a text, its case, script and compatibility forms folded."""
    even = simplified(unicodedata.normalize("NFKC", text)).casefold()
    return " ".join(_WORDS.findall(_ADDRESS.sub("", even)))


def _same_numbers(one: str, other: str, languages: tuple[str, str]) -> bool | None:
    """Return whether two answers have the same days and amounts; None if neither has any.

    A day agrees with its year: 24/10/1945 does not contradict 1945. What may be a date, as 2000 and
    3/8 may, is an amount if the other answer names no date.
    """
    these, those = named_dates(one, languages[0]), named_dates(other, languages[1])
    if not (these and those) and not any(each.is_sure for each in (*these, *those)):
        these, those = [], []
    if (these or those) and not (_all_agree(these, those) and _all_agree(those, these)):
        return False
    # The amounts beside the dates.
    mine, its = amounts(without_dates(one, these)), amounts(without_dates(other, those))
    if these:
        return not (mine and its) or mine == its
    return mine == its if mine or its else None


def _all_agree(some: Sequence[NamedDate], others: Sequence[NamedDate]) -> bool:
    """Return whether each date agrees with one of the others."""
    return all(any(each.agrees(other) for other in others) for each in some)


def _few_words(one: str, other: str) -> bool:
    return all(len(_WORDS.findall(text)) <= _MOST_BESIDE for text in (one, other))


def _within(one: str, other: str, language: str = "en") -> bool:
    these, those = (set(terms(_ADDRESS.sub("", text), language).words) for text in (one, other))
    return bool(these and those) and (these <= those or those <= these)
