from __future__ import annotations

import pytest

from rag.answering.abstention import ABSTAIN_BELOW, ABSTAIN_BELOW_UNREAD, abstains
from tamngu.records.citation import Citation

CITATION = Citation("1", "a", "a:0-5", "Title", None, None, "en", 0, 5, "Quote")


@pytest.mark.parametrize(
    ("confidence", "threshold", "expected"),
    [
        (ABSTAIN_BELOW, None, False),
        (ABSTAIN_BELOW / 2, None, True),
        (0.4, 0.5, True),
        (0.5, 0.5, False),
        (0.0, 0.0, False),
    ],
)
def test_an_answer_abstains_below_the_threshold(
    confidence: float, threshold: float | None, expected: bool
) -> None:
    assert abstains(confidence, [CITATION], threshold) is expected


def test_the_threshold_is_lower_where_nothing_was_read() -> None:
    between = (ABSTAIN_BELOW + ABSTAIN_BELOW_UNREAD) / 2
    assert abstains(between, [CITATION])
    assert not abstains(between, [CITATION], read=False)


def test_an_answer_without_quotes_abstains() -> None:
    assert abstains(1.0, [], 0.0)
