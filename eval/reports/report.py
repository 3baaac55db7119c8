"""Report on runs: one self-contained HTML page, and tables in Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eval.metrics.abstention import reliability, risk_coverage
from eval.reports.figures import figures, is_right
from eval.reports.plots import histogram, line_plot, shade
from eval.runs.run import Result, Run

_WORST_SHOWN = 20
"""Questions with the worst ranking that a page shows."""

_SUMMARY = ("mono_r@1", "cross_r@1", "mixed_map", "mixed_any@1", "rank_distance", "awrf@10")


@dataclass(frozen=True)
class Section:
    """The part of a page about one run.

    Attributes:
        name: differs from the names of the other runs.
        run: the run.
        figures: see :func:`eval.reports.figures.figures`.
        question_languages: sorted.
        passage_languages: sorted.
        plots: titles and SVG.
        worst: questions with the worst ranking.
    """

    name: str
    run: Run
    figures: dict[str, Any]
    question_languages: Sequence[str]
    passage_languages: Sequence[str]
    plots: Sequence[tuple[str, str]]
    worst: Sequence[Result]


def html(runs: Sequence[Run]) -> str:
    """Return a page about runs."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("eval.reports", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        sections=[_section(run, name) for run, name in zip(runs, _names(runs), strict=True)],
        summary=_SUMMARY,
        shade=shade,
    )


def markdown(runs: Sequence[Run]) -> str:
    """Return tables of runs' figures for a README."""
    names = _names(runs)
    found = [figures(run.results) for run in runs]
    columns = [name for name in _SUMMARY if any(name in each["mean"] for each in found)]
    lines = [
        f"| {runs[0].gold} | {' | '.join(columns)} |",
        f"| --- |{' --- |' * len(columns)}",
    ]
    for name, each in zip(names, found, strict=True):
        cells = [_cell(each["mean"].get(column)) for column in columns]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    for name, each in zip(names, found, strict=True):
        lines += [
            "",
            f"R@1 of {name}: question languages in rows, passage languages in columns:",
            "",
        ]
        questions, passages = _languages(each)
        lines += [f"| | {' | '.join(passages)} |", f"| --- |{' --- |' * len(passages)}"]
        for one in questions:
            cells = [
                _cell(each["single"].get(f"{one}->{other}", {}).get("r@1")) for other in passages
            ]
            lines.append(f"| {one} | {' | '.join(cells)} |")
        if "answers" in each:
            lines += ["", _listed("Answers", each["answers"])]
        if "abstention" in each:
            lines += ["", _listed("Confidence", each["abstention"])]
    return "\n".join(lines) + "\n"


def _section(run: Run, name: str) -> Section:
    found = figures(run.results)
    questions, passages = _languages(found)
    return Section(name, run, found, questions, passages, _plots(run), _worst(run.results))


def _names(runs: Sequence[Run]) -> list[str]:
    """Return a different name for each run: its ranking, with a number if that repeats."""
    kinds = [run.ranking for run in runs]
    return [
        kind if kinds.count(kind) == 1 else f"{kind} ({kinds[: place + 1].count(kind)})"
        for place, kind in enumerate(kinds)
    ]


def _languages(found: dict[str, Any]) -> tuple[list[str], list[str]]:
    pairs = [pair.split("->") for pair in found["single"]]
    return sorted({question for question, _ in pairs}), sorted({passage for _, passage in pairs})


def _plots(run: Run) -> list[tuple[str, str]]:
    plots = []
    rated = [(result, result.confidence) for result in run.results if result.confidence is not None]
    if rated:
        confidence = [value for _, value in rated]
        bins = reliability(confidence, [bool(result.relevant) for result, _ in rated])
        points = [(mean, share) for mean, share, _ in bins]
        plots.append(
            (
                "Reliability: share of answerable questions at each confidence",
                line_plot(points, "confidence", "answerable", diagonal=True, dots=True),
            )
        )
        curve = zip(*risk_coverage(confidence, [is_right(each) for each, _ in rated]), strict=True)
        plots.append(
            (
                "Risk and coverage: share of wrong answers if only confident answers are given",
                line_plot(list(curve), "share of questions answered", "wrong"),
            )
        )
    times = [result.took_ms for result in run.results]
    if any(times):
        plots.append(("Time of a search", histogram(times, "milliseconds")))
    return plots


def _worst(results: Sequence[Result]) -> list[Result]:
    """Return the answerable questions whose answers rank lowest."""
    ranked = [result for result in results if "map" in result.mixed and result.mixed["map"] < 1]
    return sorted(ranked, key=lambda result: result.mixed["map"])[:_WORST_SHOWN]


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _listed(title: str, values: dict[str, Any]) -> str:
    parts = [f"{name} {value:g}" for name, value in values.items() if not isinstance(value, dict)]
    return f"{title}: {', '.join(parts)}."
