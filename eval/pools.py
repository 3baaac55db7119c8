"""Ready-made passages of a parallel set in a real collection: figures that compare with others'.

Every paragraph is one passage, so that figures compare with published ones; apart from cutting
articles into passages all is done as for users, index, candidates and ranking.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Collection as Collection_
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from embeddings import Encoder
from embeddings.calibration import Calibration
from eval.calibration_error import calibration_error
from eval.metrics import MIXED, SINGLE, means, measure
from eval.ready_made import ReadyMade, collect
from eval.xquad import LANGUAGES, Parallel
from rag import Collection
from rag.baselines import rank_by_baseline
from rag.confidence import confidence
from rag.filter import NO_FILTER
from rag.hit import ABSTAIN_BELOW
from rag.question import EncodedQuestion, encode_questions
from rag.ranking import DEFAULT_WEIGHTS, Candidate, Weights, rank
from rag.snapshot import Snapshot

_DEPTH = 10
_CANDIDATES = 100
_AT_ONCE = 256

Progress = Callable[[int], object]


@dataclass(frozen=True)
class Ranker:
    """A way to rank.

    Attributes:
        rank: from a question to candidates, best first.
        as_typed: see :func:`rag.question.encode_questions`.
    """

    rank: Callable[[Snapshot, EncodedQuestion, Calibration], list[Candidate]]
    as_typed: bool = False


def _plain(snapshot: Snapshot, question: EncodedQuestion, _: Calibration) -> list[Candidate]:
    everything = max(snapshot.languages().values())
    return rank_by_baseline(snapshot, question, "plain", NO_FILTER, min(everything, 1000))


def _words(snapshot: Snapshot, question: EncodedQuestion, _: Calibration) -> list[Candidate]:
    return rank_by_baseline(snapshot, question, "words", NO_FILTER, _CANDIDATES)


def _by(weights: Weights, *, centred: bool = True) -> Ranker:
    def ranked(
        snapshot: Snapshot, question: EncodedQuestion, calibration: Calibration
    ) -> list[Candidate]:
        if not centred:
            calibration = _without_means(calibration)
        return rank(snapshot, question, calibration, NO_FILTER, _CANDIDATES, weights)

    return Ranker(ranked)


RANKERS: Mapping[str, Ranker] = {
    "plain": Ranker(_plain, as_typed=True),
    "words": Ranker(_words, as_typed=True),
    "passages": _by(Weights(sentence=0, late=0, lexical=0)),
    "passages, sentences": _by(Weights(late=0, lexical=0)),
    "passages, sentences, late": _by(Weights(lexical=0)),
    "fair": _by(DEFAULT_WEIGHTS),
    "fair without late": _by(Weights(late=0)),
    "fair without means": _by(DEFAULT_WEIGHTS, centred=False),
}
"""What an ablation compares, by name: ``plain`` is the baseline, ``fair`` the default."""


@dataclass(frozen=True)
class Pool:
    """A collection of a parallel set's paragraphs, and of others among them.

    Attributes:
        collection: open.
        halves: the set, by language.
        places: of the set's passages in its contexts, by key.
    """

    collection: Collection
    halves: Mapping[str, Parallel]
    places: Mapping[int, int]


def build(
    home: Path,
    encoder: Encoder,
    halves: Mapping[str, Parallel],
    distractors: Mapping[str, Sequence[str]],
    progress: Progress,
    *,
    left_out: Collection_[int] = (),
) -> Pool:
    """Make a collection in which each context, and each distractor, is one passage.

    Args:
        home: an empty folder.
        encoder: the model.
        halves: the set, by language.
        distractors: passages that answer no question, by language.
        progress: called with the number of passages stored since the last call.
        left_out: places of contexts that do not go into the collection.
    """
    texts = [
        ReadyMade(f"{language}-{place}", text, language)
        for language, half in halves.items()
        for place, text in enumerate(half.contexts)
        if place not in left_out
    ]
    texts += [
        ReadyMade(f"other-{language}-{number}", text, language)
        for language, some in distractors.items()
        for number, text in enumerate(some)
    ]
    collection = collect(home, encoder, texts, progress)
    places = {
        int(collection.catalog.keys_of([f"{language}-{place}"])[0]): place
        for language, half in halves.items()
        for place in range(len(half.contexts))
        if place not in left_out
    }
    return Pool(collection, halves, places)


def run(pool: Pool, ranker: Ranker, progress: Progress) -> dict[str, Any]:
    """Rank all questions; return ``single``, ``mixed`` and ``mean`` as the command prints them."""
    ranked = {
        asked: list(_ranked(pool, asked, ranker, progress))
        for asked in LANGUAGES
        if asked in pool.halves
    }
    single = {
        f"{asked}->{answered}": _single(pool, answered, candidates)
        for asked, candidates in ranked.items()
        for answered in ranked
    }
    mixed = {asked: _mixed(pool, asked, candidates) for asked, candidates in ranked.items()}
    found = means(single, mixed)
    found["candidate_recall@100"] = round(mean(row["r@100"] for row in single.values()), 4)
    return {"single": single, "mixed": mixed, "mean": found}


def judge(pool: Pool, progress: Progress) -> dict[str, float]:
    """Measure how confidence tells questions whose paragraphs are in the pool from all others."""
    from sklearn.metrics import roc_auc_score

    held = set(pool.places.values())
    found, labels = [], []
    for asked, half in pool.halves.items():
        for candidates, place in zip(
            _ranked(pool, asked, RANKERS["fair"], progress), half.answered_by, strict=True
        ):
            found.append(confidence(candidates))
            labels.append(place in held)
    sure, answered = np.array(found), np.array(labels)
    abstained = sure < ABSTAIN_BELOW
    return {
        "answered": int(answered.sum()),
        "unanswered": int((~answered).sum()),
        "auroc": round(float(roc_auc_score(answered, sure)), 4),
        "ece": round(calibration_error(sure, answered), 4),
        "abstained_answered": round(float(abstained[answered].mean()), 4),
        "abstained_unanswered": round(float(abstained[~answered].mean()), 4),
    }


def _ranked(
    pool: Pool, asked: str, ranker: Ranker, progress: Progress
) -> Iterator[list[Candidate]]:
    """Yield the candidates of each question of one language."""
    texts = pool.halves[asked].questions
    encoder = pool.collection.encoder
    with pool.collection.reading() as snapshot:
        for start in range(0, len(texts), _AT_ONCE):
            some = texts[start : start + _AT_ONCE]
            questions = encode_questions(
                encoder, [(text, asked) for text in some], as_typed=ranker.as_typed
            )
            for question in questions:
                yield ranker.rank(snapshot, question, pool.collection.calibration)
                progress(1)


def _single(pool: Pool, answered: str, ranked: Sequence[list[Candidate]]) -> dict[str, float]:
    """Measure questions of one language against the passages of one language."""
    found = {
        str(i): {
            _name(pool, candidate): -float(rank)
            for rank, candidate in enumerate(c for c in candidates if c.language == answered)
        }
        for i, candidates in enumerate(ranked)
    }
    relevant = {
        str(i): [f"{answered}:{place}"] for i, place in enumerate(pool.halves[answered].answered_by)
    }
    return measure(SINGLE | {"r@100": "R@100"}, relevant, found)


def _mixed(pool: Pool, asked: str, ranked: Sequence[list[Candidate]]) -> dict[str, float]:
    """Measure questions of one language against the passages of all languages in one pool."""
    found = {
        str(i): {_name(pool, candidate): -float(rank) for rank, candidate in enumerate(candidates)}
        for i, candidates in enumerate(ranked)
    }
    relevant = {
        str(i): [f"{language}:{place}" for language in pool.halves]
        for i, place in enumerate(pool.halves[asked].answered_by)
    }
    # Words may find nothing at all.
    same = [
        np.mean([candidate.language == asked for candidate in candidates[:_DEPTH]])
        for candidates in ranked
        if candidates
    ]
    share = round(float(np.mean(same)), 4) if same else 0.0
    return measure(MIXED, relevant, found) | {"same_language_share@10": share}


def _name(pool: Pool, candidate: Candidate) -> str:
    place = pool.places.get(candidate.key)
    return f"other:{candidate.key}" if place is None else f"{candidate.language}:{place}"


def _without_means(calibration: Calibration) -> Calibration:
    """Return a calibration that takes nothing away from vectors; tokens keep theirs."""
    zero = np.zeros_like(next(iter(calibration.questions.values())))
    return Calibration({"en": zero}, {"en": zero}, {"en": zero}, calibration.tokens)
