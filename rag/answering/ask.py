"""Asking: a question is searched for, and what answers it is quoted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.answering.abstention import abstains
from rag.answering.llm_answer import OnSentence, write_answer
from rag.answering.phrases import attribution, nearest, no_answer
from rag.answering.quotes import quotes
from rag.collection.collection import Collection
from rag.retrieval.confidence import confidence
from rag.retrieval.search import find
from rag.stages import stage
from tamngu.records.answer import Answer
from tamngu.records.citation import Citation
from tamngu.records.hit import Hit
from tamngu.records.request import AskRequest

if TYPE_CHECKING:
    from rag.answering.chat import Chat


def ask(
    collection: Collection,
    request: AskRequest | str,
    *,
    chat: Chat | None = None,
    on_sentence: OnSentence = lambda _: None,
) -> Answer:
    """Answer a question with verified quotes.

    Args:
        collection: where to search.
        request: the question, or a request that says more.
        chat: a model that writes the answer from the passages. What it writes without proof is left
            out. Where nothing is left, or the model cannot be reached, the answer is the quotes.
            Default: the answer is the quotes.
        on_sentence: called with each proven sentence that the model writes; see
            :func:`rag.answering.llm_answer.write_answer`.

    Raises:
        BadQuestion: the question is empty, or longer than the model reads.
    """
    started = time.perf_counter()
    if isinstance(request, str):
        request = AskRequest(request)
    found = find(collection, request)
    probability = confidence(found.ranked)
    with stage("quotes"):
        citations = quotes(collection, found.hits)
    abstained = abstains(probability, citations, request.abstain_below)
    answer = Answer(
        question=found.question,
        language=found.language,
        answer=_composed(found.language, citations, found.hits, abstained),
        abstained=abstained,
        confidence=probability,
        citations=citations,
        hits=found.hits,
        took_ms=round((time.perf_counter() - started) * 1000, 1),
    )
    return answer if chat is None else write_answer(collection, answer, chat, on_sentence)


def _composed(
    language: str, citations: Sequence[Citation], hits: Sequence[Hit], abstained: bool
) -> str:
    """Return the quotes, each with its source named in the question's language."""
    sources = {hit.passage_id: hit.source for hit in hits}
    lines = [
        f"{attribution(language, citation, sources[citation.passage_id])}"
        f"“{citation.quote}” [{citation.marker}]"
        for citation in citations
    ]
    if not abstained:
        return "\n".join(lines)
    return "\n".join([no_answer(language), *([nearest(language), *lines] if lines else [])])
