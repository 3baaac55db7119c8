"""A run's figures: means over its questions, as commands print, report and gate them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import mean
from typing import Any

import numpy as np

from eval.metrics.abstention import abstention, area_under_risk, risk_coverage, separation
from eval.runs.run import AnswerScore, Result, Run

_SHOWN_SINGLE = ("r@1", "r@10", "mrr@10", "ndcg@10")


def figures(results: Sequence[Result]) -> dict[str, Any]:
    """Return all figures of a run's results.

    ``single`` has metrics by pair of question and passage language, ``mixed`` by question language,
    ``mean`` their means. ``tags``, ``answers``, ``abstention`` and ``latency`` are there if the run
    has any. Unanswerable questions count only in the last three.
    """
    answerable = [result for result in results if result.relevant]
    pairs = by_pair(answerable)
    single = {pair: _means(each.values()) for pair, each in pairs.items()}
    mixed = _by(answerable, lambda result: [result.language])
    found: dict[str, Any] = {
        "single": {
            pair: {name: row[name] for name in _SHOWN_SINGLE} for pair, row in single.items()
        },
        "mixed": mixed,
        "mean": _overall(single, mixed),
    }
    tags = _by(answerable, lambda result: result.tags)
    if tags:
        found["tags"] = tags
    return found | _answered(results) | {"latency": _latency(results)}


def by_pair(results: Iterable[Result]) -> dict[str, dict[str, dict[str, float]]]:
    """Return the metrics of each question, by pair of languages such as ``vi->zh`` and by id."""
    pairs: dict[str, dict[str, dict[str, float]]] = {}
    for result in results:
        for language, values in result.single.items():
            pairs.setdefault(f"{result.language}->{language}", {})[result.id] = values
    return dict(sorted(pairs.items()))


def is_mono(pair: str) -> bool:
    """Return whether a pair's question and passages are in the same language."""
    question, passage = pair.split("->")
    return question == passage


def flat(run: Run) -> dict[str, float]:
    """Return every figure of a run under one name, such as ``cross_r@1`` or ``single.vi->zh.r@1``.

    The names of means have no prefix.
    """
    found = figures(run.results)
    return dict(found.pop("mean")) | _flattened("", found)


def _flattened(prefix: str, values: Mapping[str, object]) -> dict[str, float]:
    named: dict[str, float] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            named |= _flattened(f"{prefix}{name}.", value)
        elif isinstance(value, int | float):
            named[prefix + name] = float(value)
    return named


def _overall(
    single: Mapping[str, Mapping[str, float]], mixed: Mapping[str, Mapping[str, float]]
) -> dict[str, float]:
    """Return the means over same-language pairs, cross-language pairs and question languages."""
    groups = {
        "mono_r@1": [row["r@1"] for pair, row in single.items() if is_mono(pair)],
        "cross_r@1": [row["r@1"] for pair, row in single.items() if not is_mono(pair)],
        "mixed_map": [row["map"] for row in mixed.values()],
        "mixed_any@1": [row["any@1"] for row in mixed.values()],
        "candidate_recall@100": [row["r@100"] for row in single.values()],
        "rank_distance": [row["rank_distance"] for row in mixed.values() if "rank_distance" in row],
        "awrf@10": [row["awrf@10"] for row in mixed.values() if "awrf@10" in row],
    }
    return {name: _rounded(values) for name, values in groups.items() if values}


def _by(
    results: Sequence[Result], groups_of: Callable[[Result], Iterable[str]]
) -> dict[str, dict[str, float]]:
    rows: dict[str, list[Mapping[str, float]]] = {}
    for result in results:
        for group in groups_of(result):
            rows.setdefault(group, []).append(result.mixed)
    return {group: {"questions": len(some)} | _means(some) for group, some in sorted(rows.items())}


def _means(rows: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return each metric's mean over the questions that have it."""
    values: dict[str, list[float]] = {}
    for row in rows:
        for name, value in row.items():
            values.setdefault(name, []).append(value)
    return {name: _rounded(some) for name, some in values.items()}


def _answered(results: Sequence[Result]) -> dict[str, Any]:
    """Return the figures of answers and of confidence."""
    found: dict[str, Any] = {}
    scored = [(result, result.answer) for result in results if result.answer is not None]
    if scored:
        answerable = [answer for result, answer in scored if result.relevant]
        unanswerable = [answer for result, answer in scored if not result.relevant]
        found["answers"] = {
            "answerable": len(answerable),
            "first_citation_right": _rounded([answer.first_right for answer in answerable]),
            "any_citation_right": _rounded([answer.any_right for answer in answerable]),
            "short_or_first_right": _rounded(
                [answer.short_right or answer.first_right for answer in answerable]
            ),
            "short_exact_match": _rounded([answer.short_exact for answer in answerable]),
            "short_f1": _rounded([answer.short_f1 for answer in answerable]),
            "short_by_pair": _short_by_pair(scored),
            "quote_precision": _rounded([answer.precision for answer in answerable]),
            "quote_recall": _rounded([answer.recall for answer in answerable]),
            "answer_contained": _rounded([answer.contains for answer in answerable]),
            "token_f1": _rounded([answer.f1 for answer in answerable]),
            "citations": sum(answer.citations for _, answer in scored),
            "citations_verified": sum(answer.verified for _, answer in scored),
            "abstained_answerable": _rounded([answer.abstained for answer in answerable]),
            "abstained_unanswerable": _rounded([answer.abstained for answer in unanswerable]),
        }
    rated = [(r, r.confidence) for r in results if r.confidence is not None]
    if rated:
        confidence = [value for _, value in rated]
        found["abstention"] = abstention(confidence, [bool(r.relevant) for r, _ in rated])
        coverage, risk = risk_coverage(confidence, [is_right(r) for r, _ in rated])
        found["abstention"]["area_under_risk"] = area_under_risk(coverage, risk)
        by_languages = _confidence_by_pair(results)
        if by_languages:
            found["abstention"]["by_pair"] = by_languages
    return found


def _confidence_by_pair(results: Sequence[Result]) -> dict[str, dict[str, float]]:
    """Return AUROC and ECE by pair such as ``vi->zh``, and over pairs of one and two languages."""
    groups: dict[str, list[tuple[float, bool]]] = {}
    for result in results:
        answering = set(result.relevant.values())
        for language, value in result.single_confidence.items():
            pair = f"{result.language}->{language}"
            for name in (pair, "mono" if is_mono(pair) else "cross"):
                groups.setdefault(name, []).append((value, language in answering))
    return {
        name: separation([value for value, _ in some], [answered for _, answered in some])
        for name, some in sorted(groups.items())
    }


def _short_by_pair(
    scored: Sequence[tuple[Result, AnswerScore]],
) -> dict[str, dict[str, float]]:
    """Return the figures of short answers by the languages of question and answering article.

    Questions that articles in several languages answer are under ``LANGUAGE-any``.
    """
    groups: dict[str, list[AnswerScore]] = {}
    for result, answer in scored:
        languages = set(result.relevant.values())
        if languages:
            answering = languages.pop() if len(languages) == 1 else "any"
            groups.setdefault(f"{result.language}-{answering}", []).append(answer)
    return {
        pair: {
            "questions": len(some),
            "exact_match": _rounded([answer.short_exact for answer in some]),
            "f1": _rounded([answer.short_f1 for answer in some]),
        }
        for pair, some in sorted(groups.items())
    }


def is_right(result: Result) -> bool:
    """Return whether a question was answered: with a right quote, or with a right first passage."""
    if not result.relevant:
        return False
    if result.answer is not None:
        return result.answer.any_right or result.answer.short_right
    return bool(result.mixed.get("any@1"))


def _latency(results: Sequence[Result]) -> dict[str, float]:
    times = [result.took_ms for result in results]
    if not times:
        return {}
    p50, p95 = np.percentile(times, [50, 95])
    return {"p50_ms": round(float(p50), 2), "p95_ms": round(float(p95), 2)}


def _rounded(values: Sequence[float]) -> float:
    return round(mean(values), 4) if values else 0.0
