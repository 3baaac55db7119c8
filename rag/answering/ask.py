"""Asking: a question is searched for, and what answers it is quoted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.answering.llm_answer import OnSentence, write_up
from rag.answering.phrases import attribution, nearest, no_answer
from rag.answering.quotes import quotes
from rag.collection.collection import Collection
from rag.retrieval.confidence import confidence
from rag.retrieval.search import find
from rag.stages import stage
from tamngu.records.answer import Answer
from tamngu.records.citation import Citation
from tamngu.records.filter import NO_FILTER, Filter
from tamngu.records.hit import Hit
from tamngu.records.request import ABSTAIN_BELOW, DEFAULT_K, Prefer

if TYPE_CHECKING:
    from rag.answering.chat import Chat


def ask(
    collection: Collection,
    question: str,
    *,
    k: int = DEFAULT_K,
    language: str | None = None,
    languages: Sequence[str] | None = None,
    prefer: Prefer | None = None,
    chosen: Filter = NO_FILTER,
    abstain_below: float = ABSTAIN_BELOW,
    chat: Chat | None = None,
    on_sentence: OnSentence = lambda _: None,
) -> Answer:
    """Answer a question with verified quotes.

    Args:
        collection: see :func:`rag.retrieval.search.search`, as for the others that it has too.
        question: likewise.
        k: likewise.
        language: likewise.
        languages: likewise.
        prefer: likewise.
        chosen: likewise.
        abstain_below: confidence under which the answer is that there is none; 0: always answer.
        chat: writes the answer from the passages; what it says without proof is left out, and
            where nothing is left, or it cannot be reached, the quotes stand. Default: quotes.
        on_sentence: see :func:`rag.answering.llm_answer.write_up`.

    Raises:
        BadQuestion: the question cannot be asked.
        ValueError: k or a language is none.
    """
    started = time.perf_counter()
    found = find(
        collection,
        question,
        k=k,
        language=language,
        languages=languages,
        prefer=prefer,
        chosen=chosen,
    )
    sure = confidence(found.ranked)
    with stage("quotes"):
        citations = quotes(collection, found.hits)
    abstained = not citations or sure < abstain_below
    answer = Answer(
        question=found.question,
        language=found.language,
        answer=_composed(found.language, citations, found.hits, abstained),
        abstained=abstained,
        confidence=sure,
        citations=citations,
        hits=found.hits,
        took_ms=round((time.perf_counter() - started) * 1000, 1),
    )
    return answer if chat is None else write_up(collection, answer, chat, on_sentence)


def _composed(
    language: str, citations: Sequence[Citation], hits: Sequence[Hit], abstained: bool
) -> str:
    """Say in the question's language who says what."""
    sources = {hit.passage_id: hit.source for hit in hits}
    lines = [
        f"{attribution(language, citation, sources[citation.passage_id])}"
        f"“{citation.quote}” [{citation.marker}]"
        for citation in citations
    ]
    if not abstained:
        return "\n".join(lines)
    return "\n".join([no_answer(language), *([nearest(language), *lines] if lines else [])])
