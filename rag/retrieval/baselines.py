"""Rankings to compare with: a plain dense search, and BM25 alone."""

from __future__ import annotations

from typing import Literal

import numpy as np

from embeddings.inner_products import inner_products
from rag.index.seam import Snapshot
from rag.retrieval.passage_scorer import Candidate
from rag.retrieval.question import EncodedQuestion
from tamngu.records.filter import Filter

_NEAREST = 50
"""Passages of each language."""


def rank_by_baseline(
    snapshot: Snapshot,
    question: EncodedQuestion,
    ranking: Literal["dense", "bm25"],
    filters: Filter,
    top_k: int,
) -> list[Candidate]:
    """Return candidates of all languages, best first.

    Args:
        snapshot: where to look.
        question: what is asked.
        ranking: ``dense``: the cosine of the passage alone; ``bm25``: its words, which only
            passages in the question's own language share.
        filters: conditions on the passages' articles.
        top_k: at least this many candidates of each language.
    """
    candidates: list[Candidate] = []
    for language, view in sorted(snapshot.views.items()):
        if ranking == "bm25":
            found = snapshot.match_words(question.text, max(_NEAREST, top_k), language, filters)
        else:
            found = snapshot.search(question.vector[None], max(_NEAREST, top_k), language, filters)
        if not found.keys.size:
            continue
        asked = question.vector[None]
        cosines = inner_products(view.vectors(found.keys[0]), asked)[:, 0]
        vectors, starts = view.sentences(found.keys[0])
        of_sentences = inner_products(vectors, asked)[:, 0]
        best = np.maximum.reduceat(of_sentences, starts[:-1])
        for i, key in enumerate(found.keys[0].tolist()):
            score = float(found.scores[0, i])
            parts = {"dense": float(cosines[i]), "sentence": float(best[i])}
            if ranking == "bm25":
                parts["lexical"] = score
            own = slice(int(starts[i]), int(starts[i + 1]))
            # The best sentence has the passage's score. Each other one has less, by as much as its
            # cosine is smaller.
            sentences = score + of_sentences[own] - best[i]
            candidates.append(Candidate(key, language, score, parts, sentences))
    return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.key))
