from __future__ import annotations

import pytest

from eval.reader.pairs import Kind, ReadingPair
from eval.reader.reading_figures import reading_figures


def pair(languages: str, answer: str | None) -> ReadingPair:
    window = "Họ họp ở Huế hôm thứ hai."
    places: tuple[tuple[int, int], ...] = ()
    if answer is not None:
        start = window.index(answer)
        places = ((start, start + len(answer)),)
    kind: Kind = "near miss" if answer is None else "answer"
    return ReadingPair("?", window, languages, places, answer is not None, kind)


@pytest.mark.parametrize(
    ("logits", "auroc"),
    [([3, 2, 1, 0], 1.0), ([0, 1, 2, 3], 0.0), ([1, 1, 1, 1], 0.5), ([3, 1, 2, 0], 0.75)],
)
def test_auroc_is_the_probability_of_the_right_order(logits: list[float], auroc: float) -> None:
    pairs = [pair("vi-vi", "Huế"), pair("vi-vi", "Huế"), pair("vi-vi", None), pair("vi-vi", None)]
    figures = reading_figures(pairs, ["Huế", "x", "", ""], logits)
    assert figures == {key: {"pairs": 4, "auroc": auroc, "f1": 0.5} for key in ("mono", "vi-vi")}


def test_pairs_of_two_languages_are_apart() -> None:
    pairs = [pair("en-vi", "Huế"), pair("zh-vi", None), pair("vi-vi", "Huế")]
    figures = reading_figures(pairs, ["Huế", "", "Huế"], [1.0, 0.0, 2.0])
    assert {name: each["pairs"] for name, each in figures.items()} == {
        "cross": 2,
        "en-vi": 1,
        "mono": 1,
        "vi-vi": 1,
        "zh-vi": 1,
    }
    assert figures["cross"]["auroc"] == 1.0
    # Of one kind alone, nothing is to be told.
    assert figures["mono"] == {"pairs": 1, "auroc": 0.5, "f1": 1.0}
    assert figures["zh-vi"]["f1"] == 0.0
