"""Compare two runs, question by question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from eval.metrics.significance import holm, randomisation_p
from eval.reports.figures import by_pair, is_mono, is_right
from eval.runs.run import BadRun, Result, Run

ALPHA = 0.05

Values = Mapping[str, float]
"""Value of one figure for each question, by id."""


@dataclass(frozen=True)
class Difference:
    """One figure of both runs.

    Attributes:
        name: such as ``vi->zh r@1``.
        questions: number of questions that have it.
        before: its mean in the first run.
        after: its mean in the second run.
        wins: number of clusters of questions for which it is larger in the second run.
        losses: number of clusters for which it is smaller in the second run.
        p: of :func:`eval.metrics.significance.randomisation_p`, over clusters.
        corrected: the p-value, corrected for the number of figures.
    """

    name: str
    questions: int
    before: float
    after: float
    wins: int
    losses: int
    p: float
    corrected: float

    @property
    def delta(self) -> float:
        """The second run's mean minus the first run's."""
        return round(self.after - self.before, 4)

    @property
    def verdict(self) -> str:
        """``better``, ``worse``, or ``no difference`` at the level of :data:`ALPHA`."""
        if self.corrected >= ALPHA:
            return "no difference"
        return "better" if self.after > self.before else "worse"


@dataclass(frozen=True)
class Change:
    """A question whose average precision differs between the runs, by ``delta``."""

    before: Result
    after: Result
    delta: float


@dataclass(frozen=True)
class Comparison:
    """Two runs of the same questions.

    Attributes:
        differences: of every figure that both runs have.
        losses: questions whose average precision fell most.
        wins: questions whose average precision rose most.
        notices: differences in settings between the runs.
    """

    differences: tuple[Difference, ...]
    losses: tuple[Change, ...]
    wins: tuple[Change, ...]
    notices: tuple[str, ...]


def compare(before: Run, after: Run, shown: int = 10) -> Comparison:
    """Compare two runs of the same gold set.

    Args:
        before: the baseline.
        after: the run that is compared with it.
        shown: number of questions listed as wins, and as losses.

    Raises:
        BadRun: the runs do not have the same questions.
    """
    _match(before, after)
    one, other = ({result.id: result for result in run.results} for run in (before, after))
    cluster = {result.id: result.cluster for result in before.results}
    found = []
    others = dict(_figures(after.results))
    for name, values in _figures(before.results):
        if name in others:
            found.append((name, values, others[name]))
    ps = [randomisation_p(_clustered(a, b, cluster)) for _, a, b in found]
    differences = tuple(
        _difference(name, a, b, cluster, p, corrected)
        for (name, a, b), p, corrected in zip(found, ps, holm(ps), strict=True)
    )
    changes = sorted(
        (
            Change(result, other[name], round(other[name].mixed["map"] - result.mixed["map"], 4))
            for name, result in one.items()
            if "map" in result.mixed
        ),
        key=lambda change: change.delta,
    )
    return Comparison(
        differences,
        tuple(change for change in changes[:shown] if change.delta < 0),
        tuple(change for change in changes[::-1][:shown] if change.delta > 0),
        tuple(_notices(before, after)),
    )


def _match(before: Run, after: Run) -> None:
    one, other = ({result.id for result in run.results} for run in (before, after))
    if one != other:
        missing, extra = len(one - other), len(other - one)
        raise BadRun(
            f"The runs do not have the same questions: the second lacks {missing} of the first's "
            f"{len(one)} and has {extra} others. Run both on the same gold set."
        )
    if before.digest != after.digest:
        raise BadRun(
            "The runs have the same question ids, but their gold sets differ in questions or "
            "answers. Run both on the same gold set."
        )


def _notices(before: Run, after: Run) -> Iterable[str]:
    for name in ("encoder", "reader", "ranking", "tamngu"):
        one, other = getattr(before, name), getattr(after, name)
        if one != other:
            yield f"{name}: {one} -> {other}"
    for kind in ("settings", "collection"):
        one, other = getattr(before, kind), getattr(after, kind)
        for key in sorted(one.keys() | other.keys()):
            if one.get(key) != other.get(key):
                yield f"{kind}, {key}: {one.get(key, 'none')} -> {other.get(key, 'none')}"


def _figures(results: Sequence[Result]) -> Iterable[tuple[str, Values]]:
    """Yield each figure's name, and its value for each question that has it."""
    answerable = [result for result in results if result.relevant]
    pairs = by_pair(answerable)
    for kind, wanted in (("mono", True), ("cross", False)):
        some: dict[str, list[float]] = {}
        for pair, rows in pairs.items():
            if is_mono(pair) == wanted:
                for name, values in rows.items():
                    some.setdefault(name, []).append(values["r@1"])
        if some:
            yield f"{kind} r@1", {name: mean(values) for name, values in some.items()}
    for metric in ("map", "any@1", "recall@5"):
        yield f"mixed {metric}", {r.id: r.mixed[metric] for r in answerable if metric in r.mixed}
    for pair, rows in pairs.items():
        yield f"{pair} r@1", {name: values["r@1"] for name, values in rows.items()}
    answered = [result for result in answerable if result.answer is not None]
    if answered:
        yield "right quote", {r.id: float(is_right(r)) for r in answered}
        yield "token f1", {r.id: r.answer.f1 for r in answered if r.answer is not None}


def _clustered(a: Values, b: Values, cluster: Mapping[str, str]) -> list[float]:
    """Return the mean difference in each cluster of questions that both runs have."""
    differences: dict[str, list[float]] = {}
    for name in a.keys() & b.keys():
        differences.setdefault(cluster[name], []).append(b[name] - a[name])
    return [mean(differences[name]) for name in sorted(differences)]


def _difference(
    name: str, a: Values, b: Values, cluster: Mapping[str, str], p: float, corrected: float
) -> Difference:
    deltas = _clustered(a, b, cluster)
    both = a.keys() & b.keys()
    return Difference(
        name,
        len(both),
        round(_mean(a[one] for one in both), 4),
        round(_mean(b[one] for one in both), 4),
        sum(delta > 0 for delta in deltas),
        sum(delta < 0 for delta in deltas),
        round(p, 5),
        round(corrected, 5),
    )


def _mean(values: Iterable[float]) -> float:
    some = list(values)
    return mean(some) if some else 0.0
