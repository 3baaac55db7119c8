"""Fit what reading counts in the ranking, and confidence with reading and between languages.

    python -m eval.fitting.reading --data DATA --home FOLDER

Its data are our own questions that the reader did not learn from
(:mod:`eval.reader.own_questions`), which stand in all nine pairs of languages, and within a
language also one question about each of 400 paragraphs of CMRC 2018's development set and of
SQuADShifts' new Wikipedia, from which it did not learn either. All their passages, the text around
our own ones and unrelated passages make a collection, which ``FOLDER`` keeps for the next run. Each
of our questions is asked of the whole collection, and each question of the passages in the language
of the one that answers it. An answerable question is also asked without the passage that answers
it. Near misses are asked as they are. What is asked of the whole collection and finds a passage of
another language than the question's makes the curves beside passages of its own language.

The held-out passages also make smaller collections: confidence must mean the same in a collection
of a dozen articles.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from embeddings import Encoder, load_encoder
from eval.evaluation.corpora import draw_passages, find_corpora
from eval.evaluation.passage_collection import collect_passages, kept_collection
from eval.fitting.curve_fit import constants, fit
from eval.fitting.observed_readings import Observation, observe_all
from eval.gold.gold_set import CorpusText
from eval.metrics.abstention import separation
from eval.reader.annotated_passages import AnnotatedPassage, read_squad_spans
from eval.reader.own_questions import own_passages
from rag import Collection
from rag.retrieval.confidence import ConfidenceFeatures
from rag.retrieval.fusion import WEIGHT
from reading import Reader, load_reader

_DISTRACTORS = 200
"""Unrelated passages of each language."""

_SMALLER = {14: 2, 48: 4, 119: 4}
"""Passages of a smaller collection, and how many times fewer of our questions it is asked."""

_PUBLIC = {"cmrc2018.dev.zh-hans.json": "zh", "squadshifts.new_wiki.en.json": "en"}
"""Files in ``qa/`` and their languages."""

_PARAGRAPHS = 400
"""Paragraphs of each of these files, the first ones."""

_NEAR_MISSES = 0.1
"""What near misses count among the unanswered questions of our own, the others being those whose
passage was removed. Chosen by the mean calibration error on passages that a curve has not seen:
.070 within a language (.073 with 0, .082 with .2) and .076 across languages (.071 and .082). With
.2, near misses are told apart better (AUROC .767 in place of .758 within a language), and other
questions worse."""

_THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)

_Rated = tuple[Observation, float]
"""An observation with its confidence."""

_Group = tuple[str, bool, str, str]
"""Observations that count the same: set, whether of one language alone, pair of languages, kind."""

_Features = Callable[[Observation], ConfidenceFeatures]

_WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)


def print_weights(observations: Sequence[Observation]) -> None:
    """Print how often the right passage is first, by what reading counts."""
    for alone in (True, False):
        for is_mono in (True, False):
            some = [
                each
                for each in observations
                if each.kind == "answer" and each.alone == alone and _is_mono(each) == is_mono
            ]
            shares = [
                np.mean([each.ranked(weight)[0].key == each.key for each in some])
                for weight in _WEIGHTS
            ]
            line = "  ".join(f"{w:g}: {s:.3f}" for w, s in zip(_WEIGHTS, shares, strict=True))
            among = "one language" if alone else "all languages"
            name = "same language" if is_mono else "two languages"
            click.echo(f"R@1 among {among}, {name} ({len(some)}): {line}")


def _is_mono(observation: Observation) -> bool:
    return observation.pair[:2] == observation.pair[3:]


def print_curves(sets: Mapping[str, Sequence[Observation]]) -> None:
    """Fit the curves of confidence; print their constants, and their quality on unseen passages.

    Args:
        sets: observations by the name of their set.
    """
    counts = Counter(_group(name, each) for name, some in sets.items() for each in some)
    for name, is_read in (
        ("within", True),
        ("across", True),
        ("beside", True),
        ("across", False),
        ("beside", False),
    ):
        chosen = {
            key: [
                each
                for each in some
                if _curve_of(each, is_read) == name and (is_read or each.kind != "near miss")
            ]
            for key, some in sets.items()
        }
        features: _Features = _read_features if is_read else _unread_features
        click.echo(f"{'with' if is_read else 'without'} reading, {name}:")
        rated = _rated({key: some for key, some in chosen.items() if some}, features, counts)
        _print_quality(rated)
        _print_thresholds(rated)
        curve = fit(*_examples(chosen, features, counts))
        click.echo(f"  {constants(curve)}")


def _curve_of(observation: Observation, is_read: bool) -> str:
    """Return the name of the curve that an observation is for, "" if it is for none.

    Within a language and across languages, curves are fitted on passages of one language.
    """
    best = observation.ranked(WEIGHT)[0] if is_read else observation.base[0]
    if observation.alone:
        return "within" if _is_mono(observation) else "across"
    crosses = best.language != observation.pair[:2]
    return "beside" if crosses and observation.in_own else ""


def _read_features(observation: Observation) -> ConfidenceFeatures:
    return observation.features


def _unread_features(observation: Observation) -> ConfidenceFeatures:
    return observation.unread_features


def _group(name: str, observation: Observation) -> _Group:
    return name, observation.alone, observation.pair, observation.kind


def _examples(
    sets: Mapping[str, Sequence[Observation]], features: _Features, counts: Mapping[_Group, int]
) -> tuple[list[ConfidenceFeatures], NDArray[np.bool_], NDArray[np.float64]]:
    """Return features, answers and weights: each set and pair counts the same, answered or not.

    Of a group that several curves share, each of them has the part that it will see. Six of the
    nine pairs are of two languages. Where all languages are asked, those of one language count
    twice, so that as many answers are in the question's language as in others.
    """
    keyed = [(_group(name, each), each) for name, some in sets.items() for each in some]
    shares = {"answer": 1.0, "removed": 1 - _NEAR_MISSES, "near miss": _NEAR_MISSES}
    weights = [
        (1 if each.alone or not _is_mono(each) else 2) * shares[group[3]] / counts[group]
        for group, each in keyed
    ]
    answered = np.array([group[3] == "answer" for group, _ in keyed])
    return [features(each) for _, each in keyed], answered, len(keyed) * np.array(weights)


def _rated(
    sets: Mapping[str, Sequence[Observation]], features: _Features, counts: Mapping[_Group, int]
) -> dict[str, list[_Rated]]:
    """Return observations with the confidence of a curve of the other half of the passages."""
    curves = [
        fit(
            *_examples(
                {k: [e for e in v if e.passage % 2 == n] for k, v in sets.items()}, features, counts
            )
        )
        for n in (0, 1)
    ]
    return {
        name: [(each, curves[1 - each.passage % 2].probability(features(each))) for each in some]
        for name, some in sets.items()
    }


def _print_quality(rated: Mapping[str, Sequence[_Rated]]) -> None:
    for name, some in rated.items():
        far = list(_as_many([each for each in some if each[0].kind != "near miss"]))
        near = [each for each in some if each[0].kind != "removed"]
        line = f"  {name}: {len(far)} asked, {_separation(far)}"
        if any(each.kind == "near miss" for each, _ in near):
            line += f"; near misses: AUROC {_separation(near)['auroc']}"
        click.echo(line)


def _print_thresholds(rated: Mapping[str, Sequence[_Rated]]) -> None:
    for threshold in _THRESHOLDS:
        shares = [
            f"{kind} {np.mean([p < threshold for p in some]):.3f}"
            for kind in ("removed", "near miss", "answer")
            if (some := [p for each in rated.values() for e, p in each if e.kind == kind])
        ]
        click.echo(f"  below {threshold:g}: {'  '.join(shares)}")


def _as_many(rated: Sequence[_Rated]) -> Iterator[_Rated]:
    """Yield as many unanswered questions as answered ones: a calibration error needs a share."""
    answered = [each for each in rated if each[0].kind == "answer"]
    removed = [each for each in rated if each[0].kind == "removed"]
    yield from answered
    yield from removed[:: max(1, round(len(removed) / max(1, len(answered))))]


def _separation(rated: Sequence[_Rated]) -> dict[str, float]:
    return separation([p for _, p in rated], [e.kind == "answer" for e, _ in rated])


def _public_passages(data: Path) -> Iterator[AnnotatedPassage]:
    """Yield paragraphs with the first of their questions."""
    for file, language in _PUBLIC.items():
        for each in islice(read_squad_spans(data / "qa" / file, language, language), _PARAGRAPHS):
            yield replace(each, questions=each.questions[:1])


def _collection(
    encoder: Encoder, corpora: Path, home: Path, passages: Sequence[AnnotatedPassage]
) -> Collection:
    def texts() -> Iterator[CorpusText]:
        for number, each in enumerate(passages):
            yield CorpusText(f"own-{number}", each.text, each.language)
        for language, paths in find_corpora(corpora).items():
            drawn = draw_passages(paths, language, _DISTRACTORS, encoder.count_tokens)
            for number, text in enumerate(drawn):
                yield CorpusText(f"other-{language}-{number}", text, language)

    return kept_collection(home, encoder, texts)


def _among(
    size: int,
    passages: Sequence[tuple[int, AnnotatedPassage]],
    encoder: Encoder,
    reader: Reader,
    every: int,
) -> list[Observation]:
    """Return observations in collections of so many passages.

    Each question is asked of the collection with its passage, and of one without it.
    """
    # Every so many, so that a small collection has passages in all languages.
    count = len(passages) // size
    groups = [passages[start::count] for start in range(count)]
    observations: list[Observation] = []
    for number, group in enumerate(groups):
        with tempfile.TemporaryDirectory() as folder:
            texts = [CorpusText(f"own-{n}", each.text, each.language) for n, each in group]
            small = collect_passages(Path(folder), encoder, texts, lambda _: None, "none")
            about = [*group, *groups[number - 1]]
            observations += observe_all(small, reader, group, about, every)
            small.close()
    return observations


@click.command()
@click.option(
    "--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True
)
@click.option("--home", type=click.Path(path_type=Path), required=True)
@click.option("--every", default=1, show_default=True, help="Use every n-th of our questions.")
def main(data: Path, home: Path, every: int) -> None:
    """Ask the held-out questions; print what reading should count, and fit confidence."""
    encoder, reader = load_encoder(), load_reader()
    assert reader is not None
    own = list(own_passages(data / "corpus", held_out=True))
    public = list(_public_passages(data))
    numbered = list(enumerate([*own, *public]))
    asked = [(number, each) for number, each in numbered[: len(own)] if each.questions]
    big = _collection(encoder, data / "corpus", home, [*own, *public])
    observations = observe_all(big, reader, numbered, asked, every)
    print_weights(observations)
    sets = {"own": observations}
    for file in _PUBLIC:
        about = [(n, each) for n, each in numbered[len(own) :] if each.source == file]
        sets[file] = observe_all(big, reader, numbered, about, 1)
    big.close()
    for size, fewer in _SMALLER.items():
        sets[f"own among {size}"] = _among(size, asked, encoder, reader, fewer * every)
    print_curves(sets)


if __name__ == "__main__":
    main()
