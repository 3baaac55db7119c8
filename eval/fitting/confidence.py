"""Fit confidence within a language where nothing is read, on question sets in SQuAD's format.

    python -m eval.fitting.confidence --others CORPORA --home FOLDER vi=viquad2.dev.vi.json ...

Paragraphs drawn from the files make two collections: all of them among unrelated passages, and some
of them alone. ``FOLDER`` keeps both for the next run and for ``eval.fitting.tuning``. Each
answerable question is ranked twice: in the whole collection, and without the paragraph that answers
it. The questions in ``eval/fitting/cross_questions.tsv``, which ask in another language, are ranked
in the same way. Then a logistic curve is fitted that separates the two cases: first on the
questions about every other paragraph, to measure it on the rest, and then on all questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import click
import numpy as np

from embeddings import load_encoder
from eval.fitting.curve_fit import constants, fit
from eval.fitting.drawn_questions import DrawnQuestion, collect, thin_out
from eval.metrics.abstention import separation
from rag import Collection
from rag.retrieval.confidence import ConfidenceFeatures, features_of
from rag.retrieval.passage_scorer import Candidate
from rag.retrieval.question import encode_questions
from rag.retrieval.ranking import rank
from tamngu.records.filter import NO_FILTER

_CROSS_WEIGHT = 0.1
"""Weight of a question that asks in another language. There are few of them, and they are
harder."""

_CANDIDATES = 100
_QUESTIONS_AT_A_TIME = 256


@dataclass(frozen=True)
class Observation:
    """A ranking of one question.

    Attributes:
        features: of the ranking.
        answered: whether the answering paragraph was in the collection.
        paragraph: id of the answering paragraph.
        crosses: whether the question is in another language than the paragraph.
    """

    features: ConfidenceFeatures
    answered: bool
    paragraph: str
    crosses: bool


def observe(collection: Collection, questions: Sequence[DrawnQuestion]) -> Iterator[Observation]:
    """Rank each question with and without the paragraph that answers it."""
    keys = {
        int(collection.catalog.passages.keys_of([article_id])[0]): article_id
        for article_id in {each.answered_by for each in questions}
    }
    waiting = iter(questions)
    with collection.reading() as snapshot:
        while some := list(islice(waiting, _QUESTIONS_AT_A_TIME)):
            encoded = encode_questions(collection.encoder, [(q.text, q.language) for q in some])
            for each, question in zip(some, encoded, strict=True):
                ranked = rank(snapshot, question, collection.calibration, NO_FILTER, _CANDIDATES)
                yield Observation(features_of(ranked), True, each.answered_by, each.crosses)
                others: list[Candidate] = [
                    candidate for candidate in ranked if keys.get(candidate.key) != each.answered_by
                ]
                yield Observation(features_of(others), False, each.answered_by, each.crosses)


def fit_and_print(observations: Sequence[Observation]) -> None:
    """Fit the curve and print its constants, with its quality on questions it was not fitted to."""
    features = [each.features for each in observations]
    labels = np.array([each.answered for each in observations])
    paragraphs = sorted({each.paragraph for each in observations})
    fitted_paragraphs = set(paragraphs[::2])
    fitted = np.array([each.paragraph in fitted_paragraphs for each in observations])
    weights = np.where([each.crosses for each in observations], _CROSS_WEIGHT, 1.0)
    half = fit([features[n] for n in np.flatnonzero(fitted)], labels[fitted], weights[fitted])
    unseen = ~fitted & (weights == 1)
    found = [half.probability(features[n]) for n in np.flatnonzero(unseen)]
    figures = separation(found, labels[unseen].tolist())
    click.echo(f"on {unseen.sum()} unseen observations in the answer's language: {figures}")
    click.echo(constants(fit(features, labels, weights)))


@click.command()
@click.option(
    "--others",
    required=True,
    type=click.Path(exists=True, path_type=Path),
    help="Folder of corpora, from which unrelated passages are drawn.",
)
@click.option(
    "--home",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder that keeps the collections for the next run.",
)
@click.option("--sample", default=1, help="Use every n-th question in its answer's language.")
@click.argument("sets", nargs=-1, required=True, metavar="LANG=FILE...")
def main(others: Path, home: Path, sample: int, sets: tuple[str, ...]) -> None:
    """Draw questions, rank them, and fit and print the constants of confidence."""
    drawn = collect(load_encoder(), others, home, sets)
    questions = thin_out(drawn.questions, sample)
    small_ids = set(drawn.small.catalog.articles.ids())
    small_questions = [each for each in questions if each.answered_by in small_ids]
    observations = [*observe(drawn.large, questions), *observe(drawn.small, small_questions)]
    drawn.large.close()
    drawn.small.close()
    fit_and_print(observations)


if __name__ == "__main__":
    main()
