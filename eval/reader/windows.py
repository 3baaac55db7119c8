"""Windows of a passage: whole sentences around a place, of lengths as the reader meets them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from rag.text.sentences import sentences
from rag.text.span import Span

LONG_WINDOWS = (48, 72, 104, 152)
"""Tokens of windows, up to a whole passage. Chosen manually, not tuned."""

SHORT_WINDOWS = (32, 48, 72, 104)
"""Tokens of windows as the reader meets them in a search: a few sentences around the best one."""

MIXED_WINDOWS = (40, 64, 96, 128)
"""Tokens of windows up to the longest that a search cuts. Chosen manually, not tuned."""

_OVER = 1.25
"""Share of its budget that a window may reach."""


class WindowCutter:
    """Cuts windows; the same calls in the same order give the same windows."""

    def __init__(
        self, count_tokens: Callable[[str], int], seed: int, budgets: Sequence[int] = LONG_WINDOWS
    ) -> None:
        """Remember how tokens are counted.

        Args:
            count_tokens: of the reader's tokenizer.
            seed: of what is drawn at random.
            budgets: tokens of windows, from which each window's is drawn.
        """
        self._budgets = budgets
        self._count_tokens = count_tokens
        self._drawn = random.Random(seed)
        self._known: dict[str, tuple[list[Span], list[int]]] = {}

    def around(self, text: str, answer: tuple[int, int]) -> tuple[int, int]:
        """Return a window, in characters, that holds the sentences of an answer."""
        spans, _ = self._sentences(text)
        held = [
            n for n, each in enumerate(spans) if each.start < answer[1] and answer[0] < each.end
        ]
        return self._grown(text, held[0], held[-1]) if held else (0, len(text))

    def anywhere(self, text: str) -> tuple[int, int]:
        """Return a window, in characters, around a sentence that is drawn at random."""
        sentence = self._drawn.randrange(len(self._sentences(text)[0]))
        return self._grown(text, sentence, sentence)

    def without(self, text: str, window: tuple[int, int], answers: Sequence[str]) -> str:
        """Return the text of a window without the sentences that have an answer's words."""
        kept = [
            text[each.start : each.end]
            for each in self._sentences(text)[0]
            if window[0] <= each.start and each.end <= window[1]
        ]
        kept = [each for each in kept if not any(answer in each for answer in answers)]
        return _joined(kept)

    def _grown(self, text: str, first: int, last: int) -> tuple[int, int]:
        """Add neighbours of sentences, on sides drawn at random, until the budget is used."""
        spans, tokens = self._sentences(text)
        budget = self._drawn.choice(self._budgets)
        used = sum(tokens[first : last + 1])
        while used < budget:
            beside = [n for n in (first - 1, last + 1) if 0 <= n < len(spans)]
            if not beside:
                break
            chosen = self._drawn.choice(beside)
            if used + tokens[chosen] > budget * _OVER:
                break
            used += tokens[chosen]
            first, last = min(first, chosen), max(last, chosen)
        return spans[first].start, spans[last].end

    def _sentences(self, text: str) -> tuple[list[Span], list[int]]:
        if text not in self._known:
            spans = sentences(text) or [Span(0, len(text))]
            counts = [self._count_tokens(each.of(text)) for each in spans]
            self._known[text] = (list(spans), counts)
        return self._known[text]


def _joined(parts: Sequence[str]) -> str:
    """Join sentences as their language does: Chinese has no space between them."""
    parts = [part.strip() for part in parts]
    is_chinese = any("\u4e00" <= character <= "\u9fff" for part in parts for character in part)
    return ("" if is_chinese else " ").join(parts)
