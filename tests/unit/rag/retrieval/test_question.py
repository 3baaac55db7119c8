from __future__ import annotations

import pytest

from rag.retrieval.question import language_of_question


@pytest.mark.parametrize(
    ("question", "held", "code"),
    [
        ("ASEAN", {"en": 10, "vi": 90}, "vi"),
        ("ASEAN", {"vi": 10, "en": 90}, "en"),
        ("ASEAN", {"zh": 90, "vi": 10}, "vi"),
        ("ASEAN", {"zh": 100}, "zh"),
        ("ASEAN", {}, "en"),
        ("2024", {"zh": 90, "vi": 10}, "zh"),
        ("terremoto", {"it": 50, "en": 50}, "it"),
        # A few passages in a language are not enough to expect it.
        ("terremoto", {"it": 1, "en": 999}, "en"),
        # What the question says comes before what the collection has.
        ("giá điện", {"en": 100}, "vi"),
        ("electricity prices", {"vi": 100}, "en"),
        ("电价", {"vi": 50, "ja": 50}, "ja"),
        ("电价是多少", {"zh": 50, "ja": 50}, "zh"),
        ("2024", {"und": 100}, "und"),
    ],
)
def test_languages_of_the_collection_come_first(
    question: str, held: dict[str, int], code: str
) -> None:
    assert language_of_question(question, held) == code
