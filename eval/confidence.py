"""Fit the constants of ``rag.confidence`` on question sets in SQuAD's format.

    python -m eval.confidence vi=viquad2.dev.vi.json zh=cmrc2018.dev.json en=squadshifts.json

Paragraphs drawn from the files become a collection. Each answerable question is asked twice: of
the whole collection, and with the paragraph that answers it left out. A logistic curve is fitted
to tell the two apart by the margin of the best hit, on half of the questions; the other half says
how well it does.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from embeddings import load_encoder
from rag import Article, Collection, ingest, make_article, search
from rag.confidence import margin

PARAGRAPHS = 250
"""Drawn from each file, with one question each."""

Figures = NDArray[np.float64]


def draw(language: str, path: Path, seed: int = 0) -> tuple[list[Article], list[tuple[str, str]]]:
    """Return paragraphs as articles, and one (article id, question) for each that has one."""
    paragraphs = [
        paragraph
        for entry in json.loads(path.read_text(encoding="utf-8"))["data"]
        for paragraph in entry["paragraphs"]
    ]
    rng = random.Random(seed)
    rng.shuffle(paragraphs)
    articles, questions = [], []
    for number, paragraph in enumerate(paragraphs[:PARAGRAPHS]):
        name = f"{path.stem}-{number}"
        articles.append(
            make_article(paragraph["context"], key=name, id=name, title=name, language=language)
        )
        answerable = [row["question"] for row in paragraph["qas"] if row.get("answers")]
        if answerable:
            questions.append((name, rng.choice(answerable)))
    return articles, questions


def margins(collection: Collection, questions: list[tuple[str, str]]) -> Figures:
    """Return the best hit's margin with and without the answering article, shape (questions, 2)."""
    passages = sum(count for _, count in collection.catalog.counts().values())
    found = []
    for article_id, question in questions:
        hits = search(collection, question, k=20).hits
        others = [hit for hit in hits if hit.article_id != article_id]
        found.append([margin(some[0].score, passages) for some in (hits, others)])
    return np.array(found)


def main(arguments: list[str]) -> None:
    """Draw, ask, fit and print the constants with how well they do on the other half."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    articles: list[Article] = []
    questions: list[tuple[str, str]] = []
    for argument in arguments:
        language, _, path = argument.partition("=")
        more, asked = draw(language, Path(path))
        articles += more
        questions += asked
    random.Random(0).shuffle(questions)
    with tempfile.TemporaryDirectory() as home:
        collection = Collection.open_or_create(Path(home), "confidence", load_encoder())
        ingest(collection, articles)
        pairs = margins(collection, questions)
        collection.close()
    half = len(pairs) // 2
    labels = np.tile([1, 0], half)
    curve = LogisticRegression().fit(pairs[:half].reshape(-1, 1), labels)
    unseen = pairs[half : 2 * half].reshape(-1, 1)
    found = curve.predict_proba(unseen)[:, 1]
    click.echo(f"slope {curve.coef_[0, 0]:.2f}  intercept {curve.intercept_[0]:.2f}")
    click.echo(f"on the other half of {len(pairs)} questions: AUROC ", nl=False)
    click.echo(f"{roc_auc_score(labels, found):.3f}  ECE {calibration_error(found, labels):.3f}")


def calibration_error(found: Figures, labels: NDArray[np.int64], bins: int = 10) -> float:
    """Return the expected calibration error over equal bins (Guo et al., 2017)."""
    places = np.minimum((found * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(found[places == place].mean() - labels[places == place].mean())
            * (places == place).mean()
            for place in np.unique(places)
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
