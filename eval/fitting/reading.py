"""Fit what reading counts: in the ranking, and in the confidence of an answer.

    python -m eval.fitting.reading --data DATA --home FOLDER

Its data are our own questions that the reader did not learn from
(:mod:`eval.reader.own_questions`), which stand in all nine pairs of languages. Their passages,
those that the reader learnt from, and unrelated passages make a collection, which ``FOLDER`` keeps
for the next run. Each question is asked of the whole collection, and of the passages in the
language of the one that answers it. An answerable question is also asked without the passage that
answers it. Near misses are asked as they are.

The held-out passages also make small collections. There, each question is asked of the collection
with its passage, and of one without it: confidence must mean the same in a collection of a dozen
articles.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

import click
import numpy as np

from embeddings import Encoder, load_encoder
from eval.evaluation.corpora import draw_passages, find_corpora
from eval.evaluation.passage_collection import COLLECTION, collect_passages
from eval.fitting.observed_readings import Observation, observe_all
from eval.gold.gold_set import CorpusText
from eval.metrics.calibration_error import calibration_error
from eval.reader.annotated_passages import AnnotatedPassage
from eval.reader.own_questions import own_passages
from rag import Collection
from rag.retrieval.confidence import ConfidenceFeatures
from reading import load_reader

_DISTRACTORS = 700
"""Unrelated passages of each language."""

_SMALL = 14
"""Passages of a small collection."""

_WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)


def print_weights(observations: Sequence[Observation]) -> None:
    """Print how often the right passage is first, by what reading counts."""
    for alone in (True, False):
        for name, is_mono in (("same language", True), ("two languages", False)):
            some = [
                each
                for each in observations
                if each.kind == "answer"
                and each.alone == alone
                and (each.pair[:2] == each.pair[3:]) == is_mono
            ]
            shares = [
                np.mean([each.ranked(weight)[0].key == each.key for each in some])
                for weight in _WEIGHTS
            ]
            line = "  ".join(f"{w:g}: {s:.3f}" for w, s in zip(_WEIGHTS, shares, strict=True))
            among = "one language" if alone else "all languages"
            click.echo(f"R@1 among {among}, {name} ({len(some)}): {line}")


def fit_and_print(observations: Sequence[Observation]) -> None:
    """Fit the curve of confidence and print its constants, with its quality on unseen passages."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.preprocessing import StandardScaler

    rows = np.array([astuple(each.features) for each in observations])
    labels = np.array([each.kind == "answer" for each in observations])
    # Each kind and pair of languages counts the same, answered as much as unanswered.
    weights = _even_weights(observations)
    fitted = np.array([each.passage % 2 == 0 for each in observations])
    scaler = StandardScaler().fit(rows)
    scaled = scaler.transform(rows)
    curve = LogisticRegression(C=10)
    curve.fit(scaled[fitted], labels[fitted], sample_weight=weights[fitted])
    found = curve.predict_proba(scaled)[:, 1]
    for alone in (True, False):
        for name, is_mono in (("same language", True), ("two languages", False)):
            chosen = ~fitted & np.array(
                [e.alone == alone and (e.pair[:2] == e.pair[3:]) == is_mono for e in observations]
            )
            near = chosen & np.array([each.kind != "removed" for each in observations])
            far = chosen & np.array([each.kind != "near miss" for each in observations])
            click.echo(
                f"{'one language' if alone else 'all languages'}, {name}: "
                f"AUROC {roc_auc_score(labels[chosen], found[chosen]):.3f}, "
                f"of near misses {roc_auc_score(labels[near], found[near]):.3f}, "
                f"without the passage {roc_auc_score(labels[far], found[far]):.3f}; "
                f"ECE {calibration_error(found[far], labels[far]):.3f}"
            )
    curve.fit(scaled, labels, sample_weight=weights)
    coefficients = curve.coef_[0] / scaler.scale_
    intercept = float(curve.intercept_[0] - (coefficients * scaler.mean_).sum())
    click.echo(f"intercept {intercept:.3f}")
    for field, coefficient in zip(fields(ConfidenceFeatures), coefficients, strict=True):
        click.echo(f"    {field.name}={coefficient:.3f},")
    _print_thresholds(
        found[~fitted], [e for e, f in zip(observations, fitted, strict=True) if not f]
    )


def _even_weights(observations: Sequence[Observation]) -> np.ndarray:
    groups = [(each.pair, each.kind) for each in observations]
    counts = {group: groups.count(group) for group in set(groups)}
    share = {"answer": 1.0, "removed": 0.6, "near miss": 0.4}
    return np.array([share[kind] / counts[pair, kind] for pair, kind in groups]) * len(groups) / 18


def _print_thresholds(found: np.ndarray, observations: Sequence[Observation]) -> None:
    kinds = np.array([each.kind for each in observations])
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6):
        shares = [
            f"{kind} {np.mean(found[kinds == kind] < threshold):.3f}"
            for kind in ("removed", "near miss", "answer")
        ]
        click.echo(f"below {threshold:g}: " + "  ".join(shares))


def _collection(
    encoder: Encoder, corpora: Path, home: Path, passages: Sequence[AnnotatedPassage]
) -> Collection:
    if home.is_dir():
        return Collection.open(home, COLLECTION, encoder, "none")
    texts = [
        CorpusText(f"own-{number}", each.text, each.language)
        for number, each in enumerate(passages)
    ]
    texts += [
        CorpusText(f"other-{language}-{number}", text, language)
        for language, paths in find_corpora(corpora).items()
        for number, text in enumerate(
            draw_passages(paths, language, _DISTRACTORS, encoder.count_tokens)
        )
    ]
    return collect_passages(home, encoder, texts, lambda _: None, "none")


@click.command()
@click.option(
    "--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True
)
@click.option("--home", type=click.Path(path_type=Path), required=True)
@click.option("--every", default=1, show_default=True, help="Use every n-th question.")
def main(data: Path, home: Path, every: int) -> None:
    """Ask the held-out questions; print what reading should count, and fit confidence."""
    corpora = data / "corpus"
    held_out = [each for each in own_passages(corpora, held_out=True) if each.questions]
    learnt = [each for each in own_passages(corpora, held_out=False) if each.questions]
    encoder, reader = load_encoder(), load_reader()
    assert reader is not None
    numbered = list(enumerate(held_out))
    big = _collection(encoder, corpora, home, [*held_out, *learnt])
    observations = observe_all(big, reader, numbered, numbered, every)
    big.close()
    print_weights(observations)
    # Every so many, so that a small collection has passages in all languages.
    count = len(numbered) // _SMALL
    groups = [numbered[start::count] for start in range(count)]
    for number, group in enumerate(groups):
        with tempfile.TemporaryDirectory() as folder:
            texts = [CorpusText(f"own-{n}", each.text, each.language) for n, each in group]
            small = collect_passages(Path(folder), encoder, texts, lambda _: None, "none")
            other = groups[number - 1]
            observations += observe_all(small, reader, group, [*group, *other], 2 * every)
            small.close()
    fit_and_print(observations)


if __name__ == "__main__":
    main()
