"""Trying settings on one half of a gold set, and measuring the best on the other."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings import Encoder, TamnguError
from eval.evaluation.evaluate import Bar, evaluate_collection, evaluate_texts
from eval.evaluation.pools import weighed
from eval.gold.gold_set import GoldSet
from eval.reports.compare import Difference, compare
from eval.reports.figures import flat
from eval.runs.run import Run
from rag import Collection
from rag.ingestion.chunking import PASSAGE_TOKENS
from rag.ingestion.encoding import chunk_article, encode_articles
from rag.retrieval.ranking import DEFAULT_WEIGHTS, Weights
from tamngu.records.request import Ranking

MOST = 64
"""Settings of one sweep."""

_MODEL, _TOKENS = "model", "passage_tokens"

OF_TEXTS = (_MODEL, *(field.name for field in fields(Weights)))
"""What a sweep can vary on a gold set of its own texts."""

OF_COLLECTIONS = (_MODEL, _TOKENS, "ranking")
"""What it can vary on a collection's articles."""

_RANKINGS: Mapping[str, Ranking] = {"fair": "fair", "plain": "plain", "words": "words"}

_AT_ONCE = 64

Settings = Mapping[str, str]
Load = Callable[[str], Encoder]


class BadSweep(TamnguError):
    """A sweep that cannot be made."""


@dataclass(frozen=True)
class Tried:
    """One combination of settings.

    Attributes:
        settings: as given; empty for the default.
        chosen_by: the metric on the half that chooses.
        held_out: on the other half.
    """

    settings: Settings
    chosen_by: float
    held_out: float


@dataclass(frozen=True)
class Sweep:
    """What a sweep found.

    Attributes:
        metric: what it looked at.
        tried: the default first, then all combinations.
        best: the one that is best on the half that chooses.
        difference: of the best and the default on the other half; None where the metric has no
            value of each question.
    """

    metric: str
    tried: tuple[Tried, ...]
    best: Tried
    difference: Difference | None


def grid(given: Sequence[str], known: Sequence[str]) -> list[Settings]:
    """Return all combinations of settings given as ``NAME=VALUE,VALUE``.

    Raises:
        BadSweep: a name is none that can be varied here, or there are too many combinations.

    >>> grid(["a=1,2", "b=x"], ["a", "b"])
    [{'a': '1', 'b': 'x'}, {'a': '2', 'b': 'x'}]
    """
    values: dict[str, list[str]] = {}
    for text in given:
        name, _, some = text.partition("=")
        if name not in known or not some:
            raise BadSweep(f"{text!r} is not NAME=VALUE,...; here NAME is {' or '.join(known)}.")
        values[name] = [value.strip() for value in some.split(",")]
    combined = [dict(zip(values, chosen, strict=True)) for chosen in product(*values.values())]
    if len(combined) > MOST:
        raise BadSweep(f"That makes {len(combined)} combinations; at most {MOST} are tried.")
    return list(combined)


def sweep_texts(
    gold: GoldSet,
    model: str,
    load: Load,
    settings: Sequence[Settings],
    metric: str,
    bar: Bar,
) -> Sweep:
    """Vary the model and the weights of ranking on a gold set of its own texts.

    Args:
        gold: with texts.
        model: where none is set.
        load: gives a model's encoder.
        settings: see :func:`grid`.
        metric: a figure of :func:`eval.reports.figures.flat`; larger is better.
        bar: shows progress.
    """
    tried: list[Settings] = [{}, *settings]
    runs: dict[int, Run] = {}
    for name in dict.fromkeys(each.get(_MODEL, model) for each in tried):
        places = [i for i, each in enumerate(tried) if each.get(_MODEL, model) == name]
        rankers = {str(i): weighed(_weights(tried[i])) for i in places}
        made = evaluate_texts(gold, load(name), rankers, bar)
        runs |= dict(zip(places, made, strict=True))
    return _sweep([runs[i] for i in range(len(tried))], tried, metric)


def sweep_collection(
    gold: GoldSet,
    collection: Collection,
    load: Load,
    settings: Sequence[Settings],
    metric: str,
    bar: Bar,
) -> Sweep:
    """Vary how a collection's articles are cut, encoded and ranked; it stays as it is itself.

    Args:
        gold: about its articles.
        collection: open.
        load: gives a model's encoder.
        settings: see :func:`grid`.
        metric: a figure of :func:`eval.reports.figures.flat`; larger is better.
        bar: shows progress.
    """
    tried: list[Settings] = [{}, *settings]
    runs = []
    for each in tried:
        with ExitStack() as stack:
            asked = collection
            if each.keys() & {_TOKENS, _MODEL}:
                encoder = load(each[_MODEL]) if _MODEL in each else collection.encoder
                tokens = _number(each, _TOKENS, 16, 512) if _TOKENS in each else PASSAGE_TOKENS
                asked = stack.enter_context(_made_anew(collection, encoder, tokens, bar))
            ranking = _RANKINGS.get(each.get("ranking", "fair"))
            if ranking is None:
                raise BadSweep(f"{_name(each)}: a ranking is {', '.join(_RANKINGS)}.")
            runs.append(evaluate_collection(gold, asked, ranking, bar))
    return _sweep(runs, tried, metric)


def chooses(cluster: str) -> bool:
    """Tell whether a cluster of questions is of the half that chooses; the same in every run."""
    return hashlib.sha256(cluster.encode()).digest()[0] % 2 == 0


def _sweep(runs: Sequence[Run], settings: Sequence[Settings], metric: str) -> Sweep:
    halves = [(_half(run, chosen=True), _half(run, chosen=False)) for run in runs]
    tried = tuple(
        Tried(each, _figure(chosen, metric), _figure(held_out, metric))
        for each, (chosen, held_out) in zip(settings, halves, strict=True)
    )
    place = max(range(len(tried)), key=lambda i: tried[i].chosen_by)
    found = compare(halves[0][1], halves[place][1]).differences
    named = metric.replace("_", " ", 1)
    difference = next((each for each in found if each.name == named), None)
    return Sweep(metric, tried, tried[place], difference)


def _half(run: Run, *, chosen: bool) -> Run:
    results = tuple(each for each in run.results if chooses(each.cluster) == chosen)
    if not results:
        raise BadSweep("The gold set is too small to be split: one half has no question.")
    return replace(run, results=results)


def _figure(run: Run, metric: str) -> float:
    found = flat(run)
    if metric not in found:
        raise BadSweep(f"There is no figure {metric!r}; there are {', '.join(list(found)[:6])} ...")
    return found[metric]


def _name(settings: Settings) -> str:
    return " ".join(f"{name}={value}" for name, value in settings.items())


def _weights(settings: Settings) -> Weights:
    try:
        return replace(DEFAULT_WEIGHTS, **{name: float(value) for name, value in settings.items()})
    except ValueError as error:
        raise BadSweep(f"{_name(settings)}: a weight is a number.") from error


def _number(settings: Settings, name: str, least: int, most: int) -> int:
    try:
        number = int(settings[name])
    except ValueError:
        number = 0
    if not least <= number <= most:
        raise BadSweep(f"{name}={settings[name]}: it is a whole number from {least} to {most}.")
    return number


@contextmanager
def _made_anew(
    collection: Collection, encoder: Encoder, tokens: int, bar: Bar
) -> Iterator[Collection]:
    """Give a collection of the same articles, in passages of so many tokens, by that encoder."""
    ids = collection.catalog.article_ids()
    with TemporaryDirectory() as home, bar(len(ids), "article") as progress:
        made = Collection.open_or_create(Path(home), collection.name, encoder)
        try:
            for start in range(0, len(ids), _AT_ONCE):
                articles = collection.catalog.articles(ids[start : start + _AT_ONCE])
                chunked = [chunk_article(encoder, each, passage_tokens=tokens) for each in articles]
                made.put(encode_articles(encoder, chunked, made.calibration))
                progress(len(articles))
            made.compact()
            yield made
        finally:
            made.close()
