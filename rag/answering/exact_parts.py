"""What a written sentence must have as its passages do: quotations, numbers, addresses, code."""

from __future__ import annotations

import re

from rag.text.addresses import all_stand_in
from rag.text.amounts import amounts, amounts_in_digits
from rag.text.date_grammar import MONTH_NAME, month_number
from rag.text.numerals import numbers
from rag.text.periods import periods_in
from rag.text.quotation import has_stray_mark, quotations, stands_in

_CODE = re.compile(r"(?<!`)`++([^`]++)`")
_MARKUP = re.compile(r"\]\(|!\[|</?[A-Za-z!]")
"""Links and pictures of Markdown, and tags: what shows the answer may load them."""

_MONTH = re.compile(rf"\b{MONTH_NAME}(?![^\W\d_])", re.IGNORECASE)


def has_exact_parts(sentence: str, texts: list[str], titles: list[str]) -> bool:
    """Tell whether passages have the quotations, numbers, addresses and code of a sentence.

    A number may be written in another way: 120万 as 1.2 million, October 24 as 24/10. A sentence
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
    return all_stand_in(sentence, written) and _has_numbers(sentence, written)


def _has_numbers(sentence: str, written: str) -> bool:
    if numbers(sentence) <= numbers(written) and not _has_magnitude(sentence):
        return True
    stated = amounts(written) | {float(each) for each in numbers(written)} | _of_dates(written)
    return amounts_in_digits(sentence) <= stated


def _has_magnitude(sentence: str) -> bool:
    """Tell whether an amount is more than its digits, as in 1.5 million."""
    return not amounts_in_digits(sentence) <= {float(each) for each in numbers(sentence)}


def _of_dates(text: str) -> set[float]:
    """Return the numbers of the days, months and years that a text names in any form."""
    found = {float(month_number(match["name"])) for match in _MONTH.finditer(text)}
    for period in periods_in(text):
        found.add(float(period.first.year))
        if period.unit != "year":
            found.add(float(period.first.month))
        if period.unit == "day":
            found.add(float(period.first.day))
    return found
