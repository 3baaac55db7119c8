"""What a written sentence must have as its passages do: quotations, numbers, addresses, code."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text.addresses import all_stand_in
from rag.text.dates.named import NamedDate, named_dates, without_dates
from rag.text.dates.order import is_chinese, is_vietnamese
from rag.text.numbers.amounts import amounts, amounts_in_digits, large_amounts_in_words
from rag.text.numbers.numerals import numbers
from rag.text.quotation import has_stray_mark, quotations, stands_in

_CODE = re.compile(r"(?<!`)`++([^`]++)`")
_MARKUP = re.compile(r"\]\(|!\[|</?[A-Za-z!]")
"""Links and pictures of Markdown, and tags: what shows the answer may load them."""


def has_exact_parts(sentence: str, texts: list[str], titles: list[str]) -> bool:
    """Tell whether passages have the quotations, numbers, addresses and code of a sentence.

    A number may be written in another way: 120万 as 1.2 million, October 24 as 24/10. A day is
    compared as such: a text with 8 March has the numbers of 3 August, and not that day. A sentence
    with markup has none of the form of an answer, and is refused.

    Args:
        sentence: as a chat model wrote it, without markers.
        texts: of the passages that it cites.
        titles: of these passages; numbers and addresses may stand in them, quotations may not.
    """
    if has_stray_mark(sentence) or _MARKUP.search(sentence):
        return False
    exact = {*quotations(sentence), *_CODE.findall(sentence)}
    if not all(any(stands_in(each, text) for text in texts) for each in exact):
        return False
    written = "\n".join([*titles, *texts])
    return all_stand_in(sentence, written) and _has_numbers(sentence, [*titles, *texts], written)


def _has_numbers(sentence: str, parts: Sequence[str], written: str) -> bool:
    """Tell whether texts have the dates and the amounts of a sentence.

    Args:
        sentence: in any language.
        parts: the texts.
        written: all of them together.
    """
    days = [each for each in named_dates(sentence, _language(sentence)) if each.day is not None]
    known = [each for part in parts for each in named_dates(part, _language(part))]
    if not all(_is_named(each, sentence, known, written) for each in days):
        return False
    rest = without_dates(sentence, days)
    stated = amounts(written) | {float(each) for each in numbers(written)} | _of_dates(known)
    if not large_amounts_in_words(rest) <= stated:
        return False
    if numbers(rest) <= numbers(written) and not _has_magnitude(rest):
        return True
    return amounts_in_digits(rest) <= stated


def _is_named(day: NamedDate, sentence: str, known: Sequence[NamedDate], written: str) -> bool:
    """Tell whether texts name a day, or have the characters by which a sentence names it."""
    said = sentence[day.start : day.end]
    if re.search(rf"(?<!\d){re.escape(said)}(?!\d)", written):
        return True
    same = [each for each in known if each.day is not None and day.agrees(each)]
    if any(each.year is not None or day.year is None for each in same):
        return True
    # The text may name the year elsewhere, and of a span of days only the month.
    years = {each.year for each in known} | {float(each) for each in numbers(written)}
    if same and day.year in years:
        return True
    has_month = any(each.day is None and each.month == day.month for each in known)
    has_days = any(each.day is not None and each.month == day.month for each in known)
    if has_month and not has_days and str(day.day) in numbers(written):
        return day.year is None or day.year in years
    # Two numbers alone may be something else than a day.
    return not day.is_sure and numbers(said) <= numbers(written)


def _language(text: str) -> str | None:
    """Return the language of a text as far as it tells the order of 3/8."""
    return "vi" if is_vietnamese(text) else "zh" if is_chinese(text) else "en"


def _has_magnitude(sentence: str) -> bool:
    """Tell whether an amount is more than its digits, as in 1.5 million."""
    return not amounts_in_digits(sentence) <= {float(each) for each in numbers(sentence)}


def _of_dates(known: Sequence[NamedDate]) -> set[float]:
    """Return the numbers of the days, months and years that texts name in any form."""
    parts = (part for each in known for part in (each.year, each.month, each.day))
    return {float(part) for part in parts if part is not None}
