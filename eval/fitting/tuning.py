"""Compare weights of the ranking on questions that no published figure of Tamngu uses.

    python -m eval.fitting.tuning --others CORPORA --home FOLDER vi=viquad2.dev.vi.json ...

Paragraphs of question sets in SQuAD's format are put among unrelated passages, in one pool of all
languages. The questions are in the paragraph's own language, and in other languages as listed in
``eval/fitting/cross_questions.tsv``. ``FOLDER`` keeps the collection for the next run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import click

from embeddings import load_encoder
from eval.fitting.drawn_questions import DrawnQuestion, collect, thin_out
from rag import Collection
from rag.retrieval.question import encode_questions
from rag.retrieval.ranking import rank
from rag.retrieval.ranking_weights import DEFAULT_WEIGHTS, RankingWeights
from tamngu.records.filter import NO_FILTER

VARIATIONS: Mapping[str, RankingWeights] = {
    "default": DEFAULT_WEIGHTS,
    **{
        f"{name} {value}": replace(DEFAULT_WEIGHTS, **{name: value})
        for name, values in {
            "sentence": (0.5, 0.7),
            "late": (0.4, 0.5, 0.7),
            "lexical": (0.15, 0.45),
            "crossing": (0.0, 0.1, 0.2, 0.3),
        }.items()
        for value in values
        if hasattr(DEFAULT_WEIGHTS, name)
    },
}

_CANDIDATES = 10
_QUESTIONS_AT_A_TIME = 256


def measure(
    collection: Collection, questions: Sequence[DrawnQuestion], weights: RankingWeights
) -> dict[str, float]:
    """Return R@1 among passages of the answer's language, and recall@5 among all passages."""
    found: dict[str, list[bool]] = {}
    for question, ids, languages in _rankings(collection, questions, weights):
        language = languages[question.answered_by]
        kind = "mono" if question.language == language else "cross"
        same_language = [name for name in ids if languages[name] == language]
        is_first = same_language[:1] == [question.answered_by]
        found.setdefault(f"{kind} r@1", []).append(is_first)
        found.setdefault(f"{kind} mixed recall@5", []).append(question.answered_by in ids[:5])
        found.setdefault(f"{language} {kind} r@1", []).append(is_first)
    return {name: round(sum(some) / len(some), 4) for name, some in sorted(found.items())}


def _rankings(
    collection: Collection, questions: Sequence[DrawnQuestion], weights: RankingWeights
) -> Iterator[tuple[DrawnQuestion, list[str], dict[str, str]]]:
    catalog = collection.catalog
    ids = {int(catalog.passages.keys_of([name])[0]): name for name in catalog.articles.ids()}
    languages = {str(row["id"]): str(row["language"]) for row in catalog.articles.listing()}
    waiting = iter(questions)
    with collection.reading() as snapshot:
        while some := list(islice(waiting, _QUESTIONS_AT_A_TIME)):
            encoded = encode_questions(collection.encoder, [(q.text, q.language) for q in some])
            for each, question in zip(some, encoded, strict=True):
                best = rank(
                    snapshot, question, collection.calibration, NO_FILTER, _CANDIDATES, weights
                )
                yield each, [ids[candidate.key] for candidate in best], languages


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
@click.option("--only", multiple=True, help="Measure only this variation; can be repeated.")
@click.option("--sample", default=1, help="Use every n-th question in its answer's language.")
@click.argument("sets", nargs=-1, required=True, metavar="LANG=FILE...")
def main(
    others: Path, home: Path, only: tuple[str, ...], sample: int, sets: tuple[str, ...]
) -> None:
    """Rank drawn questions, and print one line of figures for each variation of the weights."""
    drawn = collect(load_encoder(), others, home, sets)
    drawn.small.close()
    questions = thin_out(drawn.questions, sample)
    for name in only or VARIATIONS:
        click.echo(f"{name:16} {measure(drawn.large, questions, VARIATIONS[name])}")
    drawn.large.close()


if __name__ == "__main__":
    main()
