"""How Vietnamese, Chinese and English write the amounts and the days that a question names.

Words are matched as they stand: 12 nghìn and 12.000 share no word, and 8月3日 none with August 3.
"""

from __future__ import annotations

from collections.abc import Iterator

from rag.text.dates.months import ENGLISH_MONTHS
from rag.text.dates.named import NamedDate, named_dates, without_dates
from rag.text.numbers.amounts import amounts

_MOST = 8
"""Amounts, and days, of a question that are looked for in other forms. Chosen manually, not tuned:
a question rarely names more than one."""

_LEAST, _LARGEST = 1_000, 10**15
"""Smaller amounts are written in one way, and larger ones are none."""

_SCALES = {
    "vi": ((10**9, "tỷ"), (10**6, "triệu"), (10**3, "nghìn")),
    "zh": ((10**8, "亿"), (10**4, "万")),
    "en": ((10**9, "billion"), (10**6, "million"), (10**3, "thousand")),
}


def number_forms(question: str, its_language: str, language: str) -> list[str]:
    """Return what a language writes for the large amounts and the days of a question.

    Args:
        question: what is asked.
        its_language: of the question.
        language: of the texts that are searched; others than the three have no forms.

    >>> number_forms("12 nghìn người ngày 3/8", "vi", "en")
    ['3 August', 'August 3', '12,000', '12 thousand']
    >>> number_forms("12 nghìn người ngày 3/8", "vi", "zh")
    ['8月3日', '12000', '1.2万']
    """
    if language not in _SCALES:
        return []
    dates = named_dates(question, its_language)
    days = [each for each in dates if each.day is not None][:_MOST]
    forms = [form for day in days for form in _day_forms(day, language)]
    large = sorted(each for each in amounts(without_dates(question, dates)) if _is_large(each))
    forms += [form for each in large[:_MOST] for form in _amount_forms(int(each), language)]
    return [form for form in dict.fromkeys(forms) if form not in question]


def _is_large(amount: float) -> bool:
    return _LEAST <= amount < _LARGEST and amount == int(amount)


def _day_forms(named: NamedDate, language: str) -> Iterator[str]:
    day, month = named.day, named.month or 0
    if language == "vi":
        yield from (f"{day}/{month}", f"{day} tháng {month}")
    elif language == "zh":
        yield f"{month}月{day}日"
    else:
        name = ENGLISH_MONTHS[month - 1]
        yield from (f"{day} {name}", f"{name} {day}")


def _amount_forms(amount: int, language: str) -> Iterator[str]:
    grouped = f"{amount:,}"
    yield {"vi": grouped.replace(",", "."), "zh": str(amount)}.get(language, grouped)
    for scale, name in _SCALES[language]:
        # At most two decimals: nobody writes 0.0125 billion.
        if amount >= scale and amount * 100 % scale == 0:
            number = f"{amount / scale:.2f}".rstrip("0").rstrip(".")
            if language == "vi":
                number = number.replace(".", ",")
            yield f"{number}{name}" if language == "zh" else f"{number} {name}"
            return
