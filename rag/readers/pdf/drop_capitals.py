"""Large first letters that reach down over several lines: they belong to the first of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from rag.readers.pdf.lines import TextRun

# All these numbers were chosen manually, from pages that we looked at; they are not tuned.
_LARGE = 1.7
"""Least ratio of the size of a large letter to that of the text beside it."""
_MOST = 2
"""Characters of a large letter: a quotation mark may stand before it."""
_BESIDE = 1.5
"""Largest gap between the letter and its line, in ems of the line."""
_PER_PAGE = 20
"""Large letters of a page that are looked at."""


def with_drop_capitals(runs: Sequence[TextRun]) -> list[TextRun]:
    """Return the runs of a page; each large first letter begins the run beside its top."""
    if not runs:
        return []
    usual = median(run.size for run in runs)
    large = [run for run in runs if _is_large(run, usual)][:_PER_PAGE]
    joined = list(runs)
    for letter in large:
        # Two lines beside it are what tells it from a letter of a formula or of a heading.
        lines = sorted((run for run in joined if _is_beside(run, letter)), key=_baseline)
        if len({round(run.baseline) for run in lines}) < 2:
            continue
        first = lines[-1]
        begun = replace(first, text=letter.text + first.text, parts=letter.parts + first.parts)
        beside = {id(run): begun if run is first else run for run in lines}
        # The lines beside the letter begin where the others do, so that none looks indented.
        joined = [
            replace(beside[id(run)], left=letter.left) if id(run) in beside else run
            for run in joined
            if run is not letter
        ]
    return joined


def _baseline(run: TextRun) -> float:
    return run.baseline


def _is_large(run: TextRun, usual: float) -> bool:
    text = run.text.strip()
    return run.size >= _LARGE * usual and 0 < len(text) <= _MOST and text[-1].isalpha()


def _is_beside(run: TextRun, letter: TextRun) -> bool:
    if letter.size < _LARGE * run.size:
        return False
    is_right = -0.2 * run.size <= run.left - letter.right <= _BESIDE * run.size
    # The room of the letter may reach to a line below its foot.
    return is_right and -1.5 * run.size <= run.baseline - letter.baseline < letter.size
