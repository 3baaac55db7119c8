"""Rankings to compare with: what a plain dense search does, and what words alone do."""

from __future__ import annotations

from typing import Literal

import numpy as np

from rag.index.snapshot import Snapshot
from rag.retrieval.question import EncodedQuestion
from rag.retrieval.ranking import Candidate
from tamngu.records.filter import Filter

_NEAREST = 50
"""Passages of each language."""


def rank_by_baseline(
    snapshot: Snapshot,
    question: EncodedQuestion,
    ranking: Literal["plain", "words"],
    chosen: Filter,
    k: int,
) -> list[Candidate]:
    """Return candidates of all languages, best first.

    Args:
        snapshot: where to look.
        question: what is asked.
        ranking: ``plain``, by the cosine of the passage alone; ``words``, by BM25, which finds a
            question's own language.
        chosen: which passages.
        k: so many of each language, or more.
    """
    candidates: list[Candidate] = []
    for language, view in sorted(snapshot.views.items()):
        if ranking == "words":
            found = snapshot.match_words(question.text, max(_NEAREST, k), language, chosen)
        else:
            found = snapshot.search(question.vector[None], max(_NEAREST, k), language, chosen)
        if not found.keys.size:
            continue
        cosines = view.vectors(found.keys[0]) @ question.vector
        vectors, starts = view.sentences(found.keys[0])
        of_sentences = vectors @ question.vector
        best = np.maximum.reduceat(of_sentences, starts[:-1])
        for i, key in enumerate(found.keys[0].tolist()):
            score = float(found.scores[0, i])
            parts = {"dense": float(cosines[i]), "sentence": float(best[i])}
            if ranking == "words":
                parts["lexical"] = score
            own = slice(int(starts[i]), int(starts[i + 1]))
            # Its best sentence is worth what it is, and the others by how much less near they are.
            sentences = score + of_sentences[own] - best[i]
            candidates.append(Candidate(key, language, score, parts, sentences))
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.key))
