"""Reports on runs: one HTML page that needs nothing else, and Markdown for a README."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eval.metrics.abstention import reliability, risk_coverage
from eval.reports.figures import figures, is_right
from eval.reports.plots import histogram, line_plot, shade
from eval.runs.run import Result, Run

_WORST = 20
"""Questions shown in full."""

_SUMMARY = ("mono_r@1", "cross_r@1", "mixed_map", "mixed_any@1", "rank_distance", "awrf@10")


@dataclass(frozen=True)
class Section:
    """What a page says of one run.

    Attributes:
        name: tells it from the others.
        run: itself.
        figures: see :func:`eval.reports.figures.figures`.
        asked: languages of questions, in order.
        answered: languages of passages.
        plots: titles and SVG.
        worst: questions that fared worst.
    """

    name: str
    run: Run
    figures: dict[str, Any]
    asked: Sequence[str]
    answered: Sequence[str]
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
        lines += ["", f"R@1 of {name}, question language down, passage language across:", ""]
        asked, answered = _languages(each)
        lines += [f"| | {' | '.join(answered)} |", f"| --- |{' --- |' * len(answered)}"]
        for one in asked:
            cells = [
                _cell(each["single"].get(f"{one}->{other}", {}).get("r@1")) for other in answered
            ]
            lines.append(f"| {one} | {' | '.join(cells)} |")
        if "answers" in each:
            lines += ["", _listed("Answers", each["answers"])]
        if "abstention" in each:
            lines += ["", _listed("Confidence", each["abstention"])]
    return "\n".join(lines) + "\n"


def _section(run: Run, name: str) -> Section:
    found = figures(run.results)
    asked, answered = _languages(found)
    return Section(name, run, found, asked, answered, _plots(run), _worst(run.results))


def _names(runs: Sequence[Run]) -> list[str]:
    """Return names that tell runs apart: the ranking, with a number where it repeats."""
    kinds = [run.ranking for run in runs]
    return [
        kind if kinds.count(kind) == 1 else f"{kind} ({kinds[: place + 1].count(kind)})"
        for place, kind in enumerate(kinds)
    ]


def _languages(found: dict[str, Any]) -> tuple[list[str], list[str]]:
    pairs = [pair.split("->") for pair in found["single"]]
    return sorted({asked for asked, _ in pairs}), sorted({answered for _, answered in pairs})


def _plots(run: Run) -> list[tuple[str, str]]:
    plots = []
    sure = [(result, result.confidence) for result in run.results if result.confidence is not None]
    if sure:
        confidence = [value for _, value in sure]
        bins = reliability(confidence, [bool(result.relevant) for result, _ in sure])
        points = [(mean, share) for mean, share, _ in bins]
        plots.append(
            (
                "Reliability: how often a question of that confidence has an answer",
                line_plot(points, "confidence", "answerable", diagonal=True, dots=True),
            )
        )
        curve = zip(*risk_coverage(confidence, [is_right(each) for each, _ in sure]), strict=True)
        plots.append(
            (
                "Risk and coverage: wrong answers when only the surest are given",
                line_plot(list(curve), "share of questions answered", "wrong"),
            )
        )
    times = [result.took_ms for result in run.results]
    if any(times):
        plots.append(("Time of a search", histogram(times, "milliseconds")))
    return plots


def _worst(results: Sequence[Result]) -> list[Result]:
    """Return the answerable questions whose answers stand lowest."""
    ranked = [result for result in results if "map" in result.mixed and result.mixed["map"] < 1]
    return sorted(ranked, key=lambda result: result.mixed["map"])[:_WORST]


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _listed(title: str, values: dict[str, Any]) -> str:
    parts = [f"{name} {value:g}" for name, value in values.items() if not isinstance(value, dict)]
    return f"{title}: {', '.join(parts)}."
