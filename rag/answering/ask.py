"""Asking: a question is searched for, and what answers it is quoted."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.answering.abstention import abstains
from rag.answering.llm_answer import OnSentence, write_answer
from rag.answering.phrases import attribution, disagreement, nearest, no_answer
from rag.answering.question_kind import kind_of
from rag.answering.quotes import Quotes, best_sentence, fill, prove, timeline
from rag.answering.short_answers import short_answers
from rag.collection.collection import Collection
from rag.retrieval.confidence import BY_NUMBER, confidence
from rag.retrieval.search import RetrievalResult, find
from rag.stages import stage
from tamngu.records.answer import Answer, ShortAnswer
from tamngu.records.citation import Citation
from tamngu.records.notice import in_one
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
    """Answer a question with a short answer and verified quotes.

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
    probability = confidence(found.ranked, found.language, in_own=found.in_own)
    if found.by_number:
        probability = max(probability, BY_NUMBER)
    with stage("quotes"):
        citations, answers = _quoted(collection, found)
    abstained = abstains(probability, citations, request.abstain_below, read=bool(found.readings))
    answers = () if abstained else answers
    answer = Answer(
        question=found.asked,
        language=found.language,
        answer=_composed(found, answers, citations, abstained),
        abstained=abstained,
        confidence=probability,
        citations=citations,
        hits=found.hits,
        took_ms=round((time.perf_counter() - started) * 1000, 1),
        answers=answers,
        notice=in_one(found.notices),
        script=found.script,
        searched=found.searched,
        carried=found.carried,
        notices=found.notices,
    )
    return answer if chat is None else write_answer(collection, answer, chat, on_sentence)


def _quoted(
    collection: Collection, found: RetrievalResult
) -> tuple[tuple[Citation, ...], tuple[ShortAnswer, ...]]:
    """Return the quotes, and the short answers that they prove."""
    kind = kind_of(found.question)
    if kind == "timeline" and (dated := timeline(collection, found.hits)):
        return tuple(dated), ()
    quotes = Quotes(collection)
    best = best_sentence(found.hits)
    proposed = short_answers(found.question, found.hits, found.readings, kind, best)
    answers = prove(quotes, proposed)
    fill(quotes, found.hits, found.question, kind)
    return tuple(quotes.citations), answers


def _composed(
    found: RetrievalResult,
    answers: Sequence[ShortAnswer],
    citations: Sequence[Citation],
    abstained: bool,
) -> str:
    """Return the short answers, then the quotes, each with its source named."""
    language = found.language
    sources = {hit.passage_id: hit.source for hit in found.hits}
    lines = [
        f"{attribution(language, citation, sources[citation.passage_id])}"
        f"“{citation.quote}” [{citation.marker}]"
        for citation in citations
    ]
    if abstained:
        if not found.hits and (notice := in_one(found.notices)) is not None:
            # A chat shows nothing but this text.
            lines = [notice]
        elif lines:
            lines = [nearest(language), *lines]
        return "\n".join([no_answer(language), *lines])
    return "\n".join([*_stated(language, answers, citations), *lines])


def _stated(
    language: str, answers: Sequence[ShortAnswer], citations: Sequence[Citation]
) -> list[str]:
    """Return the short answer as a line; answers that contradict each other, the newest first."""
    if len(answers) < 2:
        return [_line(each) for each in answers]
    dates = {each.marker: (each.published_at or "")[:10] for each in citations}
    dated = [(dates[each.citations[0]], each) for each in answers]
    dated.sort(key=lambda pair: pair[0], reverse=True)
    lines = [f"- {_line(each)}{f' ({day})' if day else ''}" for day, each in dated]
    return [disagreement(language), *lines]


def _line(answer: ShortAnswer) -> str:
    # A span may go over the end of a line.
    text = " ".join(answer.text.split())
    return f"{text} {''.join(f'[{marker}]' for marker in answer.citations)}"
