"""Having a chat model write an answer from the passages that were found, proven as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.answering.quotes import cite_hit
from rag.stages import check, stage
from tamngu.records.citation import Citation

if TYPE_CHECKING:
    from rag.answering.chat import Chat, ChatError
    from rag.answering.verification import Sentence
    from rag.collection.collection import Collection
    from tamngu.records.answer import Answer
    from tamngu.records.hit import Hit

_READ = 6
"""Passages that a chat model is given."""

_LOOK = 20
"""Characters that a model writes between two looks for a sentence that has ended."""

OnSentence = Callable[[str], object]
"""Is told of a sentence that was proven, with its markers."""


def write_up(
    collection: Collection,
    answer: Answer,
    chat: Chat,
    on_sentence: OnSentence = lambda _: None,
    explain: Callable[[ChatError], str] = str,
) -> Answer:
    """Return an answer in a chat model's words; where nothing of it is proven the quotes stand.

    Args:
        collection: that was asked.
        answer: in quotes; one that abstained is returned as it is.
        chat: the model.
        on_sentence: told of each sentence as soon as it is proven. The answer is usually those
            sentences; where the model takes back what it wrote, or fails, it is another.
        explain: says, in the answer's notice, why the model failed.
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
    from rag.answering.verification import Source, settled, verify, write

    hits = answer.hits[:_READ]
    sources = [
        Source(number, hit.title, hit.published_at, hit.text)
        for number, hit in enumerate(hits, start=1)
    ]
    citations: dict[int, Citation | None] = {}
    text = ""
    told = looked = 0
    try:
        for piece in write(chat, answer.question, answer.language, sources):
            check()
            text += piece
            if len(text) - looked >= _LOOK:
                looked = len(text)
                lines = _cited(collection, settled(text, sources), hits, citations)
                for line in lines[told:]:
                    on_sentence(line)
                told = max(told, len(lines))
    except ChatError as error:
        return replace(answer, notice=explain(error))
    citations = {}
    lines = _cited(collection, verify(text, sources), hits, citations)
    if not lines:
        return replace(answer, notice=f"Nothing that {chat.model} wrote could be proven.")
    for line in lines[told:]:
        on_sentence(line)
    return replace(
        answer,
        answer=" ".join(lines),
        citations=tuple(each for each in citations.values() if each is not None),
        written_by=chat.model,
    )


def _cited(
    collection: Collection,
    sentences: Sequence[Sentence],
    hits: Sequence[Hit],
    citations: dict[int, Citation | None],
) -> list[str]:
    """Return the sentences with markers, numbered as they first come.

    Args:
        collection: where the hits are from.
        sentences: that were proven.
        hits: by the sentences' own markers.
        citations: what was cited already, by those markers; what is cited anew is put there.
    """
    lines = []
    for sentence in sentences:
        for number in sentence.markers:
            if number not in citations:
                hit = hits[number - 1]
                best = hit.evidence[0]
                marker = 1 + sum(each is not None for each in citations.values())
                citations[number] = cite_hit(collection, hit, marker, best.start, best.end)
        found = [citation for n in sentence.markers if (citation := citations[n]) is not None]
        if found:
            lines.append(f"{sentence.text} {''.join(f'[{each.marker}]' for each in found)}")
    return lines
