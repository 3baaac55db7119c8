"""From candidates to hits: what a reader sees of a passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from rag.catalog.catalog import Catalog
from rag.reading.passages import PassageReading
from rag.records.passage import Passage
from rag.retrieval.passage_scorer import Candidate
from rag.retrieval.provision_boost import NOWHERE, Places, ProvisionPlace, sentences_of
from rag.retrieval.sentence_scores import scores_with_reading, with_title_behind
from rag.text.span import Span
from tamngu.records.article import Article
from tamngu.records.hit import Evidence, Hit, OtherPlace

_EVIDENCE = 2
"""Sentences shown with a hit, at most. Chosen on 1,000 questions of ViQuAD 2, CMRC 2018, DRCD and
SQuADShifts: with two sentences to choose from, .82 of the questions have the answer among their
quotes, with one sentence .75."""

_OTHER_PLACES = 20
"""Other places of a story that are named with a hit, at most; a story may have any number. Chosen
manually, not tuned."""


_LONGEST_QUOTE = 600
"""Characters of a provision that is quoted whole; of a longer one, its first sentences are. Chosen
manually, not tuned."""


@dataclass(frozen=True)
class FoundPassage:
    """A candidate with what the catalog holds of it.

    Attributes:
        candidate: the candidate.
        passage: the passage.
        article: its article.
        place: where it has the provision that is asked for; None where none is, or elsewhere.
    """

    candidate: Candidate
    passage: Passage
    article: Article
    place: ProvisionPlace | None = None


@dataclass(frozen=True)
class Selection:
    """The candidates that are shown.

    Attributes:
        found: they, best first.
        stories: of articles that tell the same story as others, by article; empty where every copy
            is shown.
    """

    found: Sequence[FoundPassage]
    stories: Mapping[str, int]


def select(
    catalog: Catalog,
    ranked: Sequence[Candidate],
    count: int,
    *,
    include_duplicates: bool,
    places: Places = NOWHERE,
) -> Selection:
    """Return the best candidates, with their passages and articles.

    Args:
        catalog: where passages and articles are read.
        ranked: candidates, best first.
        count: passages wanted.
        include_duplicates: keep every article of a story that several articles tell; else the
            best-placed one stays.
        places: where passages have the provision that is asked for, by their keys.
    """
    passages: dict[int, Passage] = {}
    kept: list[Candidate] = []
    best_article: dict[int, str] = {}
    stories: dict[str, int] = {}
    for start in range(0, len(ranked), count):
        if len(kept) == count:
            break
        some = ranked[start : start + count]
        passages |= catalog.passages.get_many([candidate.key for candidate in some])
        stories |= catalog.stories.of_articles(sorted({passages[c.key].article_id for c in some}))
        for candidate in some:
            article_id = passages[candidate.key].article_id
            story = stories.get(article_id)
            best = article_id if story is None else best_article.setdefault(story, article_id)
            if (include_duplicates or best == article_id) and len(kept) < count:
                kept.append(candidate)
    ids = sorted({passages[candidate.key].article_id for candidate in kept})
    articles = {article.id: article for article in catalog.articles.get_many(ids)}
    return Selection(
        [
            FoundPassage(
                candidate, passages[candidate.key], articles[article_id], places.get(candidate.key)
            )
            for candidate in kept
            for article_id in (passages[candidate.key].article_id,)
        ],
        {} if include_duplicates else stories,
    )


def as_hits(
    catalog: Catalog, selection: Selection, readings: Mapping[str, PassageReading]
) -> tuple[Hit, ...]:
    """Return what was selected as hits; each names the other articles that tell its story.

    Args:
        catalog: where the other articles are read.
        selection: what is shown.
        readings: of passages that were read, by their ids. The best sentences are those that are
            most like the question, and in which likely answers begin; not the title once more.
    """
    ids = {found.article.id for found in selection.found}
    stories = {article_id: s for article_id, s in selection.stories.items() if article_id in ids}
    others = _other_places(catalog, stories)
    return tuple(
        _hit(place, found, readings.get(found.passage.id), others)
        for place, found in enumerate(selection.found, start=1)
    )


def _other_places(catalog: Catalog, stories: dict[str, int]) -> dict[str, tuple[OtherPlace, ...]]:
    """Return, for articles that have a story, the other articles that tell it."""
    # One more than is shown, because the article itself is among them.
    same_story = catalog.stories.places(sorted(set(stories.values())), _OTHER_PLACES + 1)
    return {
        article_id: tuple(place for place in same_story[story] if place.article_id != article_id)[
            :_OTHER_PLACES
        ]
        for article_id, story in stories.items()
    }


def _hit(
    rank: int,
    found: FoundPassage,
    reading: PassageReading | None,
    others: dict[str, tuple[OtherPlace, ...]],
) -> Hit:
    candidate, passage, article = found.candidate, found.passage, found.article
    scores = scores_with_reading(passage.sentences, candidate.sentence_scores, reading)
    scores = with_title_behind(passage.sentences, scores, reading, article)
    evidence = []
    if found.place is not None and found.place.is_quoted:
        whole = _whole(found.place, passage)
        score = round(float(scores.max()), 4)
        evidence.append(Evidence(whole.start, whole.end, whole.of(article.text), score))
    for position in np.argsort(-scores, kind="stable")[: _EVIDENCE - len(evidence)].tolist():
        span = passage.sentences[position]
        score = round(float(scores[position]), 4)
        evidence.append(Evidence(span.start, span.end, span.of(article.text), score))
    return Hit(
        rank=rank,
        score=round(candidate.score, 4),
        parts={name: round(part, 4) for name, part in candidate.parts.items()},
        passage_id=passage.id,
        article_id=article.id,
        title=article.title,
        url=article.url,
        source=article.source,
        published_at=article.published_at,
        language=article.language,
        start=passage.start,
        end=passage.end,
        text=article.text[passage.start : passage.end],
        evidence=tuple(evidence),
        also_at=others.get(article.id, ()),
        page=article.page_of(passage.start),
        script=article.script,
    )


def _whole(place: ProvisionPlace, passage: Passage) -> Span:
    """Return the sentences of a provision in a passage, as many as are quoted."""
    sentences = [passage.sentences[n] for n in sentences_of(place, passage.sentences)]
    start = sentences[0].start
    fitting = [each for each in sentences if each.end <= start + _LONGEST_QUOTE]
    return Span(start, (fitting or sentences[:1])[-1].end)
