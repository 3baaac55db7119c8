"""Marks of notes and exponents: small, and above or below the line that they stand in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.readers.pdf.lines import TextRun

# All these numbers were chosen manually, from pages that we looked at; they are not tuned.
_SMALL = 0.85
"""Largest ratio of the size of such a mark to that of its line."""
_LONGEST = 6
"""Characters of a mark."""
_OFF = 0.6
"""Largest distance of its baseline from that of the line, in ems of the line."""
_BESIDE = 0.35
"""Largest gap between them, in ems of the line."""


def with_raised_on_lines(runs: Sequence[TextRun]) -> list[TextRun]:
    """Return runs; a mark that directly follows or precedes its line in the file is put on it.

    Args:
        runs: of a page, in the order of the file.
    """
    placed = list(runs)
    for i, run in enumerate(runs):
        if len(run.text.strip()) > _LONGEST:
            continue
        before = runs[i - 1] if i else None
        after = runs[i + 1] if i + 1 < len(runs) else None
        if before is not None and _belongs(run, before, run.left - before.right):
            placed[i] = replace(run, baseline=before.baseline)
        elif after is not None and _belongs(run, after, after.left - run.right):
            placed[i] = replace(run, baseline=after.baseline)
    return placed


def _belongs(mark: TextRun, line: TextRun, gap: float) -> bool:
    return (
        mark.size <= _SMALL * line.size
        and abs(gap) <= _BESIDE * line.size
        and abs(mark.baseline - line.baseline) <= _OFF * line.size
    )
