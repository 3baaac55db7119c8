"""An answer that a chat model writes from passages; only its proven sentences stay."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from rag.answering.quotable import sentence_of
from rag.answering.quotes import cite_hit
from rag.stages import check, stage
from rag.text.span import Span
from tamngu.records.citation import Citation
from tamngu.records.notice import Notice
from tamngu.records.stream_safe import stream_safe

if TYPE_CHECKING:
    from rag.answering.chat import Chat, ChatError
    from rag.answering.support import Support
    from rag.answering.verification import Sentence
    from rag.collection.collection import Collection
    from tamngu.records.answer import Answer, ShortAnswer
    from tamngu.records.hit import Hit

_READ = 6
"""Passages that a chat model gets."""

_CHECK_EVERY = 20
_CHECK_SHARE = 8
"""Characters that a model writes before the text is checked again for complete sentences: 20, or
an eighth of what it has written. The whole text is read at each check, so with a fixed number the
time would grow with the square of the text. Chosen manually, not tuned."""

_Citations: TypeAlias = "dict[tuple[int, int, int], Citation | None]"
"""Citations by the number of a hit and the quote's offsets in the article; None where the article
has been changed since."""

OnSentence = Callable[[str], object]
"""Called with a proven sentence and its markers."""


def write_answer(
    collection: Collection,
    answer: Answer,
    chat: Chat,
    on_sentence: OnSentence = lambda _: None,
    explain: Callable[[ChatError], str] = str,
) -> Answer:
    """Return an answer in a chat model's words, or the quotes if nothing it writes is proven.

    Args:
        collection: the collection that was asked.
        answer: made of quotes; one that abstained is returned as it is.
        chat: the model.
        on_sentence: called with each sentence as soon as it is proven. The answer usually consists
            of these sentences. It does not if the model revokes what it wrote, or fails.
        explain: returns the notice for an error of the model.
    """
    if answer.abstained:
        return answer
    started = time.perf_counter()
    with stage("chat"):
        written = _written(collection, answer, chat, on_sentence, explain)
    took_ms = (time.perf_counter() - started) * 1000
    return replace(written, took_ms=round(answer.took_ms + took_ms, 1))


def _written(
    collection: Collection,
    answer: Answer,
    chat: Chat,
    on_sentence: OnSentence,
    explain: Callable[[ChatError], str],
) -> Answer:
    from rag.answering.chat import ChatError
    from rag.answering.support import Support
    from rag.answering.verification import NumberedPassage, settled, verify, write

    hits = answer.hits[:_READ]
    sources = [
        NumberedPassage.shown(number, hit.title, hit.published_at, hit.text, hit.language)
        for number, hit in enumerate(hits, start=1)
    ]
    support = Support(collection.encoder, collection.calibration, sources)
    citations: _Citations = {}
    text = ""
    sent = checked = 0
    try:
        for piece in write(chat, answer.searched or answer.question, answer.language, sources):
            check()
            text += piece
            if len(text) - checked >= max(_CHECK_EVERY, checked // _CHECK_SHARE):
                text = stream_safe(text)
                checked = len(text)
                lines = _cited(collection, settled(text, sources), hits, support, citations)
                for line in lines[sent:]:
                    on_sentence(line)
                sent = max(sent, len(lines))
    except ChatError as error:
        values = {"model": chat.model}
        return answer.with_notice(Notice("chat-failed", explain(error), values))
    citations = {}
    lines = _cited(collection, verify(stream_safe(text), sources), hits, support, citations)
    if not lines:
        unproven = f"No sentence that {chat.model} wrote could be proven; these are the quotes."
        return answer.with_notice(Notice("chat-unproven", unproven, {"model": chat.model}))
    for line in lines[sent:]:
        on_sentence(line)
    cited = [each for each in citations.values() if each is not None]
    answers = tuple(_renumbered(each, answer.citations, cited) for each in answer.answers)
    return replace(
        answer,
        answer=" ".join(lines),
        citations=tuple(cited),
        written_by=chat.model,
        answers=answers,
    )


def _renumbered(
    short: ShortAnswer, before: Sequence[Citation], cited: list[Citation]
) -> ShortAnswer:
    """Return a short answer with the markers of the written answer's citations.

    Args:
        short: with the markers of the quotes.
        before: the quotes.
        cited: the written answer's citations; quotes that are not among them are added.
    """
    markers = []
    for quote in before:
        if quote.marker not in short.citations:
            continue
        same = [
            each.marker
            for each in cited
            if each.article_id == quote.article_id
            and each.start <= quote.start
            and quote.end <= each.end
        ]
        if not same:
            same = [str(len(cited) + 1)]
            cited.append(replace(quote, marker=same[0]))
        markers.append(same[0])
    return replace(short, citations=tuple(markers))


def _cited(
    collection: Collection,
    sentences: Sequence[Sentence],
    hits: Sequence[Hit],
    support: Support,
    citations: _Citations,
) -> list[str]:
    """Return the sentences that stand with new markers, numbered in the order of their first use.

    Args:
        collection: to which the hits belong.
        sentences: with right citations and exact parts.
        hits: number n of a sentence's marker is ``hits[n - 1]``.
        support: says which sentences stand, and where in the hits.
        citations: what is cited already; new citations are added.
    """
    lines = []
    for sentence in sentences:
        if not support.stands(sentence):
            continue
        found = []
        for number in sentence.markers:
            span = _quoted(hits[number - 1], support.place(sentence, number))
            key = number, span.start, span.end
            if key not in citations:
                marker = 1 + sum(each is not None for each in citations.values())
                citations[key] = cite_hit(
                    collection, hits[number - 1], marker, span.start, span.end
                )
            if (citation := citations[key]) is not None:
                found.append(citation)
        if found:
            lines.append(f"{sentence.text} {''.join(f'[{each.marker}]' for each in found)}")
    return lines


def _quoted(hit: Hit, place: Span | None) -> Span:
    """Return what is quoted of a hit, as offsets into the article's text.

    Args:
        hit: a passage.
        place: the sentence that says what was written, as offsets into the passage.
    """
    if place is None:
        best = hit.evidence[0]
        return Span(best.start, best.end)
    span = Span(hit.start + place.start, hit.start + place.end)
    return sentence_of(hit, span) or span
