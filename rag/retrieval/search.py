"""From a question to the best passages, whichever language they are in."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.collection.collection import Collection
from rag.errors import BadQuestion
from rag.reading.passages import PassageReading
from rag.retrieval.baselines import rank_by_baseline
from rag.retrieval.conditions import in_words_of
from rag.retrieval.fusion import READ, read_best
from rag.retrieval.hits import as_hits, select
from rag.retrieval.passage_scorer import Candidate
from rag.retrieval.provision_boost import NOWHERE, with_provision_first
from rag.retrieval.question import encode_questions, language_of_question
from rag.retrieval.ranking import rank
from rag.stages import stage
from rag.text.cleaning import clean
from rag.text.follow_ups.completion import complete
from rag.text.follow_ups.parts import has_han
from rag.text.language import chinese_script
from tamngu.records.carried import Carried
from tamngu.records.hit import Hit, SearchResult
from tamngu.records.language import parse_tag
from tamngu.records.notice import Notice, in_one
from tamngu.records.request import MAX_QUESTION_CHARACTERS, SearchRequest

_NEAR_TIE = 0.5
"""Standard deviations that are added to the scores of the question's own language where it is
preferred. Chosen manually, not tuned."""


@dataclass(frozen=True)
class RetrievalResult:
    """What a request retrieves.

    Attributes:
        question: as it was searched for, without needless white space.
        language: the code of the question's language.
        ranked: the candidates that are shown, and others that were read, best first.
        hits: the best of them as they are shown.
        readings: what the reader found in the best passages, by their ids; empty without a reader.
        by_number: whether the best hit has the numbered part of a law that the question asks for.
        in_own: whether any passage in the question's language was among the candidates.
        script: of a Chinese question, else None.
        asked: the question as it was asked.
        carried: what completed it of the questions before it.
        notices: what is said of conditions that nothing meets, and of the index.
    """

    question: str
    language: str
    ranked: Sequence[Candidate]
    hits: tuple[Hit, ...]
    readings: Mapping[str, PassageReading]
    by_number: bool = False
    in_own: bool = False
    script: str | None = None
    asked: str = ""
    carried: tuple[Carried, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def searched(self) -> str | None:
        """The question that was searched for, if it is not the one that was asked."""
        return self.question if self.carried else None


def search(collection: Collection, request: SearchRequest | str) -> SearchResult:
    """Return the best passages for a question.

    Args:
        collection: where to search.
        request: the question, or a request that says more.

    Raises:
        BadQuestion: the question is empty, or longer than the model reads.
    """
    started = time.perf_counter()
    found = find(collection, SearchRequest(request) if isinstance(request, str) else request)
    took_ms = round((time.perf_counter() - started) * 1000, 1)
    return SearchResult(
        found.asked,
        found.language,
        took_ms,
        found.hits,
        in_one(found.notices),
        found.script,
        found.searched,
        found.carried,
        found.notices,
    )


def find(collection: Collection, request: SearchRequest) -> RetrievalResult:
    """Search as :func:`search` does, and return the ranking beside the hits.

    Raises:
        BadQuestion: the question is empty, or longer than the model reads.
    """
    with stage("question"):
        asked = check_question(collection, request.question)
        question, carried = _completed(collection, asked, request)
        if request.language:
            language = parse_tag(request.language).code
        else:
            with collection.reading() as snapshot:
                held = snapshot.languages()
            # A question in Han characters is answered in Chinese, whatever it was completed with.
            mixed = has_han(asked) != has_han(question)
            language = language_of_question(asked if mixed else question, held)
        (encoded,) = encode_questions(
            collection.encoder, [(question, language)], as_typed=request.ranking != "hybrid"
        )
    top_k = request.top_k
    reader = collection.reader if request.read else None
    with collection.reading() as snapshot:
        conditions = in_words_of(
            snapshot, collection.catalog.articles, request.filters, request.languages
        )
        filters = conditions.filters
        places = NOWHERE
        with stage("ranking"):
            if request.ranking == "hybrid":
                ranked = rank(snapshot, encoded, collection.calibration, filters, top_k)
                ranked, places = with_provision_first(collection.catalog, ranked, encoded)
            else:
                ranked = rank_by_baseline(snapshot, encoded, request.ranking, filters, top_k)
        in_own = any(each.language == language for each in ranked)
        if request.prefer == "own":
            ranked.sort(key=lambda c: -_preferred(c, language))
        with stage("hits"):
            selection = select(
                collection.catalog,
                ranked,
                top_k if reader is None else max(top_k, READ),
                include_duplicates=request.include_duplicates,
                places=places,
            )
        readings: Mapping[str, PassageReading] = {}
        if reader is not None:
            with stage("reading"):
                selection, readings = read_best(reader, question, selection)
            if request.prefer == "own":
                found = sorted(selection.found, key=lambda f: -_preferred(f.candidate, language))
                selection = replace(selection, found=found)
        ranked = [each.candidate for each in selection.found]
        with stage("hits"):
            selection = replace(selection, found=selection.found[:top_k])
            hits = as_hits(collection.catalog, selection, readings)
        notices = (*conditions.notices, *snapshot.notices)
    place = selection.found[0].place if selection.found else None
    return RetrievalResult(
        question,
        language,
        ranked,
        hits,
        readings,
        place is not None and place.is_quoted,
        in_own,
        chinese_script(asked) if language == "zh" else None,
        asked,
        carried,
        notices,
    )


def _completed(
    collection: Collection, asked: str, request: SearchRequest
) -> tuple[str, tuple[Carried, ...]]:
    """Return a question with what it leaves out, and what of earlier questions that is."""
    found = complete(asked, request.context, request.without)
    limit = collection.encoder.max_question_tokens
    if not found.carried or collection.encoder.count_tokens([found.question])[0] > limit:
        return asked, ()
    return found.question, found.carried


def _preferred(candidate: Candidate, language: str) -> float:
    """Return a candidate's score where the question's own language is preferred."""
    return candidate.score + (_NEAR_TIE if candidate.language == language else 0)


def check_question(collection: Collection, question: str) -> str:
    """Return the question with its white space put in order.

    Raises:
        BadQuestion: it is empty, or longer than the model reads.
    """
    if len(question) > MAX_QUESTION_CHARACTERS:
        raise BadQuestion(
            f"The question has {len(question):,} characters; at most {MAX_QUESTION_CHARACTERS:,} "
            "can be asked."
        )
    question = " ".join(clean(question).split())
    if not any(character.isalnum() for character in question):
        raise BadQuestion("The question is empty: ask something in words.")
    tokens = collection.encoder.count_tokens([question])[0]
    limit = collection.encoder.max_question_tokens
    if tokens > limit:
        raise BadQuestion(
            f"The question has {tokens} tokens; the model reads at most {limit}. Shorten it."
        )
    return question
