"""How well a ranking's weights do on questions that are in no benchmark of ours.

    python -m eval.fitting.tuning --others CORPORA --home FOLDER vi=viquad2.dev.vi.json ...

Paragraphs of question sets in SQuAD's format are hidden among unrelated passages, all languages in
one pool, and asked about in their own language and, by ``eval/fitting/cross_questions.tsv``, in
others. ``FOLDER`` keeps the collection for the next run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import click

from embeddings import load_encoder
from eval.fitting.confidence import Asked, gather, thinned
from rag import Collection
from rag.retrieval.question import encode_questions
from rag.retrieval.ranking import DEFAULT_WEIGHTS, Weights, rank
from tamngu.records.filter import NO_FILTER

VARIATIONS: Mapping[str, Weights] = {
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


def measure(collection: Collection, asked: Sequence[Asked], weights: Weights) -> dict[str, float]:
    """Return R@1 among passages of the answer's language, and recall@5 among all."""
    found: dict[str, list[bool]] = {}
    for question, ranked_ids, languages in _ranked(collection, asked, weights):
        of = languages[question.answered_by]
        kind = "mono" if question.language == of else "cross"
        within = [name for name in ranked_ids if languages[name] == of]
        found.setdefault(f"{kind} r@1", []).append(within[:1] == [question.answered_by])
        found.setdefault(f"{kind} mixed recall@5", []).append(
            question.answered_by in ranked_ids[:5]
        )
        found.setdefault(f"{of} {kind} r@1", []).append(within[:1] == [question.answered_by])
    return {name: round(sum(some) / len(some), 4) for name, some in sorted(found.items())}


def _ranked(
    collection: Collection, asked: Sequence[Asked], weights: Weights
) -> Iterator[tuple[Asked, list[str], dict[str, str]]]:
    ids = collection.catalog.article_ids()
    names = {int(collection.catalog.keys_of([name])[0]): name for name in ids}
    languages = {str(row["id"]): str(row["language"]) for row in collection.catalog.listing()}
    waiting = iter(asked)
    with collection.reading() as snapshot:
        while some := list(islice(waiting, 256)):
            questions = encode_questions(collection.encoder, [(a.text, a.language) for a in some])
            for each, question in zip(some, questions, strict=True):
                best = rank(snapshot, question, collection.calibration, NO_FILTER, 10, weights)
                yield each, [names[candidate.key] for candidate in best], languages


@click.command()
@click.option("--others", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--home", required=True, type=click.Path(path_type=Path))
@click.option("--only", multiple=True, help="Variations to run.")
@click.option("--sample", default=1, help="Take every so many-th question in its own language.")
@click.argument("sets", nargs=-1, required=True)
def main(
    others: Path, home: Path, only: tuple[str, ...], sample: int, sets: tuple[str, ...]
) -> None:
    """Draw, rank and print, a line for each variation."""
    named = [(language, Path(path)) for language, _, path in (each.partition("=") for each in sets)]
    collection, small, asked = gather(load_encoder(), others, home, named)
    small.close()
    asked = thinned(asked, sample)
    for name in only or VARIATIONS:
        click.echo(f"{name:16} {measure(collection, asked, VARIATIONS[name])}")
    collection.close()


if __name__ == "__main__":
    main()
