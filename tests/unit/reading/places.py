"""What must hold of the places that any reader returns."""

from __future__ import annotations

from itertools import combinations, pairwise

from reading import Reading

MARKS = ".,;:!?。，；：！？、…"


def check(text: str, reading: Reading) -> None:
    """Check that places lie in their window, without marks around them, and not in one another."""
    assert 0 <= reading.answerable <= 1
    for span in reading.spans:
        assert 0 <= span.start < span.end <= len(text)
        inside = text[span.start : span.end]
        assert inside == inside.strip()
        assert inside[0] not in MARKS
        assert inside[-1] not in MARKS
        assert 0 <= span.score <= 1
    assert all(one.score >= other.score for one, other in pairwise(reading.spans))
    for one, other in combinations(reading.spans, 2):
        assert one.end <= other.start or other.end <= one.start
    assert sum(span.score for span in reading.spans) <= 1.001
