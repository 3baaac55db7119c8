"""Fit the constants of ``rag.confidence`` on question sets in SQuAD's format.

    python -m eval.confidence --others CORPORA --home FOLDER vi=viquad2.dev.vi.json ...

Paragraphs drawn from the files become a collection, alone and among unrelated passages; ``FOLDER``
keeps it for the next run, and for ``eval.tuning``. Each
answerable question is asked twice: of the whole collection, and with the paragraph that answers it
left out; so are the questions in ``eval/cross_questions.tsv``, which ask in another language. A
logistic curve is fitted to tell the two apart, on the questions about every other paragraph; the
rest say how well it does.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass, fields
from importlib.resources import files
from itertools import islice
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from embeddings import Encoder, load_encoder
from eval.corpus import draw_passages, find_corpora
from eval.ready_made import ReadyMade, collect
from eval.squad import Paragraph, read_squad
from rag import Collection
from rag.confidence import Signs, signs
from rag.filter import NO_FILTER, Filter
from rag.ranking import Candidate, EncodedQuestion, rank

PARAGRAPHS = 400
"""Drawn from each file, with two questions each."""

_QUESTIONS = 2
_OTHERS = 1000
"""Unrelated passages of each language, for the second collection."""

_LOOKED_AT = 100

Figures = NDArray[np.float64]


@dataclass(frozen=True)
class Asked:
    """A question, and the id of the only article that answers it."""

    text: str
    language: str
    answered_by: str


@dataclass(frozen=True)
class Observation:
    """The signs of a question that is answered, or is not, and what is used together."""

    signs: Signs
    answered: bool
    paragraph: str


def draw(
    name: str, language: str, paragraphs: Sequence[Paragraph], seed: int = 0
) -> tuple[list[ReadyMade], list[Asked]]:
    """Return paragraphs, and questions that they answer, in their language and in others."""
    crossing = _crossing()
    rng = random.Random(seed)
    # Those that are asked about in other languages first.
    shuffled = rng.sample(paragraphs, len(paragraphs))
    shuffled.sort(key=lambda each: all(q.id not in crossing for q in each.questions))
    texts, asked = [], []
    for number, paragraph in enumerate(shuffled[:PARAGRAPHS]):
        article_id = f"{name}-{number}"
        texts.append(ReadyMade(article_id, paragraph.text, language))
        answerable = [question for question in paragraph.questions if question.answers]
        some = rng.sample(answerable, min(_QUESTIONS, len(answerable)))
        asked += [Asked(question.text, language, article_id) for question in some]
        for question in paragraph.questions:
            asked += [Asked(text, of, article_id) for of, text in crossing.get(question.id, ())]
    return texts, asked


def _crossing() -> dict[str, list[tuple[str, str]]]:
    """Return (language, question) by the id of the question in the file that asks the same."""
    found: dict[str, list[tuple[str, str]]] = {}
    lines = (files("eval") / "cross_questions.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        question_id, language, text = line.split("\t")
        found.setdefault(question_id, []).append((language, text))
    return found


def observe(
    collection: Collection, asked: Sequence[Asked], chosen: Filter
) -> Iterator[Observation]:
    """Ask each question with and without the paragraph that answers it."""
    keys = {
        int(collection.catalog.keys_of([article_id])[0]): article_id
        for article_id in {each.answered_by for each in asked}
    }
    waiting = iter(asked)
    with collection.reading() as snapshot:
        passages = sum(snapshot.languages().values())
        if chosen.article_ids is not None:
            passages = len(chosen.article_ids)
        while some := list(islice(waiting, 256)):
            vectors, tokens = collection.encoder.encode_questions_by_token([a.text for a in some])
            for i, each in enumerate(some):
                question = EncodedQuestion(each.text, each.language, vectors[i], tokens[i])
                ranked = rank(snapshot, question, collection.calibration, chosen, _LOOKED_AT)
                yield Observation(signs(ranked, passages), True, each.answered_by)
                others: list[Candidate] = [
                    candidate for candidate in ranked if keys.get(candidate.key) != each.answered_by
                ]
                yield Observation(signs(others, passages), False, each.answered_by)


def gather(
    encoder: Encoder, others: Path, home: Path, sets: Sequence[tuple[str, Path]]
) -> tuple[Collection, list[ReadyMade], list[Asked]]:
    """Return a collection of drawn paragraphs among others, its paragraphs, and questions.

    It is made in ``home``, unless it is there.
    """
    texts: list[ReadyMade] = []
    asked: list[Asked] = []
    for language, path in sets:
        more, questions = draw(path.name, language, read_squad(path))
        texts += more
        asked += questions
    if (home / "collections").is_dir():
        return Collection.open(home, "ready-made", encoder), texts, asked
    among = [
        ReadyMade(f"other-{language}-{number}", text, language)
        for language, paths in find_corpora(others).items()
        for number, text in enumerate(draw_passages(paths, language, _OTHERS, encoder.count_tokens))
    ]
    return collect(home, encoder, texts + among, lambda _: None), texts, asked


def thinned(asked: Sequence[Asked], collection: Collection, every: int) -> list[Asked]:
    """Keep all questions in another language than their answer's, and every n-th of the rest."""
    languages = {row["id"]: row["language"] for row in collection.catalog.listing()}
    own = [each for each in asked if languages[each.answered_by] == each.language]
    return [each for each in asked if languages[each.answered_by] != each.language] + own[::every]


@click.command()
@click.option("--others", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--home", required=True, type=click.Path(path_type=Path))
@click.option("--sample", default=1, help="Take every so many-th question in its own language.")
@click.argument("sets", nargs=-1, required=True)
def main(others: Path, home: Path, sample: int, sets: tuple[str, ...]) -> None:
    """Draw, ask, fit and print the constants, with how well they do on the other half."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    named = [(language, Path(path)) for language, _, path in (each.partition("=") for each in sets)]
    collection, texts, asked = gather(load_encoder(), others, home, named)
    asked = thinned(asked, collection, sample)
    alone = Filter(article_ids=[text.name for text in texts])
    observed = [*observe(collection, asked, NO_FILTER), *observe(collection, asked, alone)]
    collection.close()
    rows = np.array([astuple(each.signs) for each in observed])
    labels = np.array([each.answered for each in observed])
    paragraphs = sorted({each.paragraph for each in observed})
    for_fit = set(paragraphs[::2])
    fitted = np.array([each.paragraph in for_fit for each in observed])
    curve = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows[fitted], labels[fitted])
    scaler, regression = curve[0], curve[1]
    weights = regression.coef_[0] / scaler.scale_
    intercept = float(regression.intercept_[0] - (weights * scaler.mean_).sum())
    click.echo(f"INTERCEPT = {intercept:.3f}")
    for field, weight in zip(fields(Signs), weights, strict=True):
        click.echo(f"    {field.name}={weight:.3f},")
    found = curve.predict_proba(rows[~fitted])[:, 1]
    unseen = labels[~fitted]
    click.echo(f"on the other half of {len(observed)} observations: AUROC ", nl=False)
    click.echo(f"{roc_auc_score(unseen, found):.3f}  ECE {calibration_error(found, unseen):.3f}")


def calibration_error(found: Figures, labels: NDArray[np.bool_], bins: int = 10) -> float:
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
    main()
