"""Try settings on one half of a gold set, and measure the best on the other half."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from embeddings import Encoder, TamnguError
from eval.evaluation.evaluate import ProgressBar, evaluate_collection, evaluate_texts
from eval.evaluation.rankers import hybrid_ranker
from eval.gold.gold_set import GoldSet
from eval.reports.compare import Difference, compare
from eval.reports.figures import flat
from eval.runs.run import Run
from rag import Collection
from rag.ingestion.chunking import PASSAGE_TOKENS
from rag.ingestion.encoding import chunk_article, encode_articles
from rag.retrieval.ranking_weights import DEFAULT_WEIGHTS, RankingWeights
from reading.load import NO_READER
from tamngu.records.request import RANKINGS, ranking_named

MAX_COMBINATIONS = 64
"""Combinations of settings in one sweep."""

_MODEL, _TOKENS = "model", "passage_tokens"

OF_TEXTS = (_MODEL, *(field.name for field in fields(RankingWeights)))
"""Settings that a sweep can vary on a gold set with its own texts."""

OF_COLLECTIONS = (_MODEL, _TOKENS, "ranking")
"""Settings that a sweep can vary on a collection's articles."""

_ARTICLES_AT_A_TIME = 64

Settings = Mapping[str, str]
Load = Callable[[str], Encoder]
"""Returns the encoder of a model."""


class BadSweep(TamnguError):
    """The settings or the metric of a sweep are wrong."""


@dataclass(frozen=True)
class Trial:
    """One combination of settings.

    Attributes:
        settings: as given; empty for the default.
        chosen_by: the metric on the half of the questions that chooses.
        held_out: the metric on the other half.
    """

    settings: Settings
    chosen_by: float
    held_out: float


@dataclass(frozen=True)
class Sweep:
    """The result of a sweep.

    Attributes:
        metric: that chooses.
        tried: the default first, then all combinations.
        best: on the half that chooses.
        difference: between the best and the default on the other half; None if the metric has no
            value for single questions.
    """

    metric: str
    tried: tuple[Trial, ...]
    best: Trial
    difference: Difference | None


def grid(given: Sequence[str], known: Sequence[str]) -> list[Settings]:
    """Return all combinations of settings given as ``NAME=VALUE,VALUE``.

    Raises:
        BadSweep: a name cannot be varied here, or there are too many combinations.

    >>> grid(["a=1,2", "b=x"], ["a", "b"])
    [{'a': '1', 'b': 'x'}, {'a': '2', 'b': 'x'}]
    """
    values: dict[str, list[str]] = {}
    for text in given:
        name, _, some = text.partition("=")
        if name not in known or not some:
            raise BadSweep(f"{text!r} is not NAME=VALUE,...; here NAME is {' or '.join(known)}.")
        values[name] = [value.strip() for value in some.split(",")]
    combined = [dict(zip(values, some, strict=True)) for some in product(*values.values())]
    if len(combined) > MAX_COMBINATIONS:
        raise BadSweep(f"That makes {len(combined)} combinations; the limit is {MAX_COMBINATIONS}.")
    return list(combined)


def sweep_texts(
    gold: GoldSet,
    model: str,
    load: Load,
    settings: Sequence[Settings],
    metric: str,
    bar: ProgressBar,
) -> Sweep:
    """Vary the model and the ranking's weights on a gold set with its own texts.

    Args:
        gold: with texts.
        model: for combinations that set no model.
        load: returns a model's encoder.
        settings: see :func:`grid`.
        metric: a figure of :func:`eval.reports.figures.flat`; larger is better.
        bar: shows progress.
    """
    tried: list[Settings] = [{}, *settings]
    runs: dict[int, Run] = {}
    for name in dict.fromkeys(each.get(_MODEL, model) for each in tried):
        places = [i for i, each in enumerate(tried) if each.get(_MODEL, model) == name]
        rankers = {str(i): hybrid_ranker(_weights(tried[i])) for i in places}
        made = evaluate_texts(gold, load(name), rankers, bar)
        runs |= dict(zip(places, made, strict=True))
    return _sweep([runs[i] for i in range(len(tried))], tried, metric)


def sweep_collection(
    gold: GoldSet,
    collection: Collection,
    load: Load,
    settings: Sequence[Settings],
    metric: str,
    bar: ProgressBar,
) -> Sweep:
    """Vary how a collection's articles are cut, encoded and ranked; it is not changed itself.

    Args:
        gold: about its articles.
        collection: open.
        load: returns a model's encoder.
        settings: see :func:`grid`.
        metric: a figure of :func:`eval.reports.figures.flat`; larger is better.
        bar: shows progress.
    """
    tried: list[Settings] = [{}, *settings]
    runs = []
    for each in tried:
        with ExitStack() as stack:
            used = collection
            if each.keys() & {_TOKENS, _MODEL}:
                encoder = load(each[_MODEL]) if _MODEL in each else collection.encoder
                tokens = _number(each, _TOKENS, 16, 512) if _TOKENS in each else PASSAGE_TOKENS
                used = stack.enter_context(_rebuilt(collection, encoder, tokens, bar))
            ranking = ranking_named(each.get("ranking", "hybrid"))
            if ranking is None:
                raise BadSweep(f"{_name(each)}: the ranking must be one of {', '.join(RANKINGS)}.")
            runs.append(evaluate_collection(gold, used, ranking, bar))
    return _sweep(runs, tried, metric)


def is_in_choosing_half(cluster: str) -> bool:
    """Return whether a cluster of questions is in the half that chooses; the same in every run."""
    return hashlib.sha256(cluster.encode()).digest()[0] % 2 == 0


def _sweep(runs: Sequence[Run], settings: Sequence[Settings], metric: str) -> Sweep:
    halves = [(_half(run, choosing=True), _half(run, choosing=False)) for run in runs]
    tried = tuple(
        Trial(each, _figure(choosing, metric), _figure(held_out, metric))
        for each, (choosing, held_out) in zip(settings, halves, strict=True)
    )
    place = max(range(len(tried)), key=lambda i: tried[i].chosen_by)
    found = compare(halves[0][1], halves[place][1]).differences
    named = metric.replace("_", " ", 1)
    difference = next((each for each in found if each.name == named), None)
    return Sweep(metric, tried, tried[place], difference)


def _half(run: Run, *, choosing: bool) -> Run:
    results = tuple(each for each in run.results if is_in_choosing_half(each.cluster) == choosing)
    if not results:
        raise BadSweep("The gold set is too small to split: one half has no question.")
    return replace(run, results=results)


def _figure(run: Run, metric: str) -> float:
    found = flat(run)
    if metric not in found:
        raise BadSweep(f"There is no figure {metric!r}; there are {', '.join(list(found)[:6])} ...")
    return found[metric]


def _name(settings: Settings) -> str:
    return " ".join(f"{name}={value}" for name, value in settings.items())


def _weights(settings: Settings) -> RankingWeights:
    weights = {name: value for name, value in settings.items() if name != _MODEL}
    try:
        return replace(DEFAULT_WEIGHTS, **{name: float(value) for name, value in weights.items()})
    except ValueError as error:
        raise BadSweep(f"{_name(settings)}: a weight must be a number.") from error


def _number(settings: Settings, name: str, minimum: int, maximum: int) -> int:
    try:
        number = int(settings[name])
    except ValueError:
        number = 0
    if not minimum <= number <= maximum:
        raise BadSweep(
            f"{name}={settings[name]}: it must be a whole number from {minimum} to {maximum}."
        )
    return number


@contextmanager
def _rebuilt(
    collection: Collection, encoder: Encoder, tokens: int, bar: ProgressBar
) -> Iterator[Collection]:
    """Yield a temporary collection of the same articles with another encoder or passage length."""
    ids = collection.catalog.articles.ids()
    with TemporaryDirectory() as home, bar(len(ids), "article") as progress:
        reader = collection.reader or NO_READER
        made = Collection.open_or_create(Path(home), collection.name, encoder, reader)
        try:
            for start in range(0, len(ids), _ARTICLES_AT_A_TIME):
                articles = collection.catalog.articles.get_many(
                    ids[start : start + _ARTICLES_AT_A_TIME]
                )
                chunked = [chunk_article(encoder, each, passage_tokens=tokens) for each in articles]
                made.put(encode_articles(encoder, chunked, made.calibration))
                progress(len(articles))
            made.compact()
            yield made
        finally:
            made.close()
