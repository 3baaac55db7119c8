"""Fit the constants of ``rag.retrieval.confidence`` on question sets in SQuAD's format.

    python -m eval.fitting.confidence --others CORPORA --home FOLDER vi=viquad2.dev.vi.json ...

Paragraphs drawn from the files become a collection, some alone, and all among unrelated passages;
``FOLDER`` keeps both for the next run, and for ``eval.fitting.tuning``. Each
answerable question is asked twice: of the whole collection, and with the paragraph that answers it
left out; so are the questions in ``eval/fitting/cross_questions.tsv``, which ask in another
language. A
logistic curve is fitted to tell the two apart, on the questions about every other paragraph to see
how well it does on the rest, and then on all.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from importlib.resources import files
from itertools import chain, islice
from pathlib import Path

import click
import numpy as np

from embeddings import Encoder, load_encoder
from eval.evaluation.corpus import draw_passages, find_corpora
from eval.gold.ready_made import ReadyMade, collect
from eval.gold.squad import Paragraph, read_squad
from eval.metrics.calibration_error import calibration_error
from rag import Collection
from rag.retrieval.confidence import Signs, signs
from rag.retrieval.question import encode_questions
from rag.retrieval.ranking import Candidate, rank
from tamngu.records.filter import NO_FILTER

PARAGRAPHS = 400
"""Drawn from each file, with two questions each."""

_QUESTIONS = 2
_OTHERS = 1000
"""Unrelated passages of each language, for the second collection."""

_FEW = 150
"""Paragraphs of each file in the small collection."""

_CROSSING = 0.1
"""Weight of a question that asks in another language: they are few, and harder."""

_LOOKED_AT = 100


@dataclass(frozen=True)
class Asked:
    """A question, the only article that answers it, and whether that is in another language."""

    text: str
    language: str
    answered_by: str
    crosses: bool = False


@dataclass(frozen=True)
class Observation:
    """The signs of a question that is answered, or is not; its paragraph; if it crosses."""

    signs: Signs
    answered: bool
    paragraph: str
    crosses: bool


def draw(
    name: str, language: str, paragraphs: Sequence[Paragraph], seed: int = 0
) -> tuple[list[ReadyMade], list[Asked]]:
    """Return paragraphs, and questions that they answer, in their language and in others."""
    crossing = _crossing()
    rng = random.Random(seed)
    articles: dict[str, list[Paragraph]] = {}
    for paragraph in paragraphs:
        articles.setdefault(paragraph.title, []).append(paragraph)
    # Whole articles, so that paragraphs near the one that answers are there; those that are asked
    # about in other languages first.
    shuffled = rng.sample(list(articles.values()), len(articles))
    shuffled.sort(
        key=lambda some: all(q.id not in crossing for each in some for q in each.questions)
    )
    texts, asked = [], []
    for number, paragraph in enumerate(islice(chain(*shuffled), PARAGRAPHS)):
        article_id = f"{name}-{number}"
        texts.append(ReadyMade(article_id, paragraph.text, language))
        answerable = [question for question in paragraph.questions if question.answers]
        some = rng.sample(answerable, min(_QUESTIONS, len(answerable)))
        asked += [Asked(question.text, language, article_id) for question in some]
        for question in paragraph.questions:
            asked += [
                Asked(text, of, article_id, crosses=True)
                for of, text in crossing.get(question.id, ())
            ]
    return texts, asked


def _crossing() -> dict[str, list[tuple[str, str]]]:
    """Return (language, question) by the id of the question in the file that asks the same."""
    found: dict[str, list[tuple[str, str]]] = {}
    lines = (files("eval.fitting") / "cross_questions.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        question_id, language, text = line.split("\t")
        found.setdefault(question_id, []).append((language, text))
    return found


def observe(collection: Collection, asked: Sequence[Asked]) -> Iterator[Observation]:
    """Ask each question with and without the paragraph that answers it."""
    keys = {
        int(collection.catalog.keys_of([article_id])[0]): article_id
        for article_id in {each.answered_by for each in asked}
    }
    waiting = iter(asked)
    with collection.reading() as snapshot:
        while some := list(islice(waiting, 256)):
            questions = encode_questions(collection.encoder, [(a.text, a.language) for a in some])
            for each, question in zip(some, questions, strict=True):
                ranked = rank(snapshot, question, collection.calibration, NO_FILTER, _LOOKED_AT)
                yield Observation(signs(ranked), True, each.answered_by, each.crosses)
                others: list[Candidate] = [
                    candidate for candidate in ranked if keys.get(candidate.key) != each.answered_by
                ]
                yield Observation(signs(others), False, each.answered_by, each.crosses)


def gather(
    encoder: Encoder, others: Path, home: Path, sets: Sequence[tuple[str, Path]]
) -> tuple[Collection, Collection, list[Asked]]:
    """Return a large collection of drawn paragraphs among others, a small one of some, questions.

    They are made in ``home``, unless they are there.
    """
    texts: list[ReadyMade] = []
    few: list[ReadyMade] = []
    asked: list[Asked] = []
    for language, path in sets:
        more, questions = draw(path.name, language, read_squad(path))
        texts += more
        few += more[:_FEW]
        asked += questions
    among = [
        ReadyMade(f"other-{language}-{number}", text, language)
        for language, paths in find_corpora(others).items()
        for number, text in enumerate(draw_passages(paths, language, _OTHERS, encoder.count_tokens))
    ]
    large, small = (
        Collection.open(home / name, "ready-made", encoder)
        if (home / name).is_dir()
        else collect(home / name, encoder, held, lambda _: None)
        for name, held in (("large", texts + among), ("small", few))
    )
    return large, small, asked


def thinned(asked: Sequence[Asked], every: int) -> list[Asked]:
    """Keep all questions in another language than their answer's, and every n-th of the rest."""
    own = [each for each in asked if not each.crosses]
    return [each for each in asked if each.crosses] + own[::every]


@click.command()
@click.option("--others", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--home", required=True, type=click.Path(path_type=Path))
@click.option("--sample", default=1, help="Take every so many-th question in its own language.")
@click.argument("sets", nargs=-1, required=True)
def main(others: Path, home: Path, sample: int, sets: tuple[str, ...]) -> None:
    """Draw, ask, fit and print the constants, with how well they do on the other half."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.preprocessing import StandardScaler

    named = [(language, Path(path)) for language, _, path in (each.partition("=") for each in sets)]
    large, small, asked = gather(load_encoder(), others, home, named)
    asked = thinned(asked, sample)
    held = set(small.catalog.article_ids())
    of_few = [each for each in asked if each.answered_by in held]
    observed = [*observe(large, asked), *observe(small, of_few)]
    large.close()
    small.close()
    rows = np.array([astuple(each.signs) for each in observed])
    labels = np.array([each.answered for each in observed])
    paragraphs = sorted({each.paragraph for each in observed})
    for_fit = set(paragraphs[::2])
    fitted = np.array([each.paragraph in for_fit for each in observed])
    weights = np.where([each.crosses for each in observed], _CROSSING, 1.0)
    scaler = StandardScaler().fit(rows)
    scaled = scaler.transform(rows)
    curve = LogisticRegression(C=10)
    curve.fit(scaled[fitted], labels[fitted], sample_weight=weights[fitted])
    unseen = ~fitted & (weights == 1)
    found = curve.predict_proba(scaled[unseen])[:, 1]
    click.echo(f"on {unseen.sum()} unseen observations in the own language: AUROC ", nl=False)
    click.echo(f"{roc_auc_score(labels[unseen], found):.3f}  ", nl=False)
    click.echo(f"ECE {calibration_error(found, labels[unseen]):.3f}")
    curve.fit(scaled, labels, sample_weight=weights)
    of_signs = curve.coef_[0] / scaler.scale_
    click.echo(f"INTERCEPT = {float(curve.intercept_[0] - (of_signs * scaler.mean_).sum()):.3f}")
    for field, weight in zip(fields(Signs), of_signs, strict=True):
        click.echo(f"    {field.name}={weight:.3f},")


if __name__ == "__main__":
    main()
