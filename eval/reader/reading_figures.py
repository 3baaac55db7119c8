"""How well a reader answers: overlap of spans, and telling windows with an answer from others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import torch
from scipy.stats import rankdata

from eval.metrics.answer_text import token_f1
from eval.reader.features import Features, collate, sorted_batches
from eval.reader.pairs import ReadingPair
from eval.reader.reader_model import ReaderModel

_MAX_ANSWER = 32
"""Tokens of an answer."""


@torch.no_grad()
def read_pairs(
    model: ReaderModel, pairs: Sequence[ReadingPair], features: Sequence[Features]
) -> tuple[list[str], list[float]]:
    """Return for each pair the best answer, and the logit that the window holds one."""
    model.eval()
    answers = [""] * len(pairs)
    logits = [0.0] * len(pairs)
    for numbers in sorted_batches(features):
        batch = collate(pairs, features, numbers)
        starts, ends, answerable = model(batch.ids, batch.mask, batch.window)
        for row, number in enumerate(numbers):
            each = features[number]
            inside = slice(each.first, each.first + len(each.offsets))
            first, last = _best_span(starts[row, inside], ends[row, inside])
            start, end = each.offsets[first][0], each.offsets[last][1]
            answers[number] = pairs[number].window[start:end].strip()
            logits[number] = float(answerable[row])
    model.train()
    return answers, logits


def _best_span(starts: torch.Tensor, ends: torch.Tensor) -> tuple[int, int]:
    """Return the first and last token of the likeliest answer, shape (tokens,) each."""
    scores = starts[:, None] + ends[None, :]
    allowed = torch.ones_like(scores, dtype=torch.bool).triu().tril(_MAX_ANSWER - 1)
    best = int(scores.masked_fill(~allowed, float("-inf")).argmax())
    return divmod(best, scores.shape[1])


def reading_figures(
    pairs: Sequence[ReadingPair], answers: Sequence[str], logits: Sequence[float]
) -> dict[str, dict[str, float]]:
    """Return figures by pair of languages, and over pairs of the same and of two languages.

    ``auroc`` is the probability that a window with an answer has a higher logit than one without;
    ``f1`` is the mean overlap of the best answer with the annotated one, where its place is known.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for number, pair in enumerate(pairs):
        asked, read = pair.languages.split("-")
        groups[pair.languages].append(number)
        groups["mono" if asked == read else "cross"].append(number)
    return {
        name: _figures(
            [pairs[n] for n in some], [answers[n] for n in some], [logits[n] for n in some]
        )
        for name, some in sorted(groups.items())
    }


def _figures(
    pairs: Sequence[ReadingPair], answers: Sequence[str], logits: Sequence[float]
) -> dict[str, float]:
    answerable = np.array([pair.answerable for pair in pairs])
    overlaps = [
        token_f1(answer, [pair.window[start:end] for start, end in pair.answers])
        for pair, answer in zip(pairs, answers, strict=True)
        if pair.answers
    ]
    return {
        "pairs": len(pairs),
        "auroc": round(_auroc(answerable, np.array(logits)), 3),
        "f1": round(float(np.mean(overlaps)), 3) if overlaps else 0.0,
    }


def _auroc(positive: np.ndarray, scores: np.ndarray) -> float:
    yes = int(positive.sum())
    no = len(positive) - yes
    if not yes or not no:
        return 0.5
    ranks = float(rankdata(scores)[positive].sum())
    return (ranks - yes * (yes + 1) / 2) / (yes * no)
