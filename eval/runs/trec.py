"""TREC's files: judgements (qrels) and runs, in the form that trec_eval and ir_measures read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

from eval.gold.gold_set import BadGoldSet, GoldSet, raise_faults
from eval.gold.judgements import read_judgements
from eval.gold.text_file import text_of
from eval.runs.run import BadRun, Run

Judged = dict[str, dict[str, int]]
"""Grade of each judged document, by question."""

Scored = dict[str, dict[str, float]]
"""Score of each result, by question."""


def qrels_lines(gold: GoldSet) -> Iterator[str]:
    """Yield a gold set's judgements, one per line; unanswerable questions have no lines.

    Raises:
        BadRun: an id has white space, which the format forbids.
    """
    _check_ids(each.id for each in gold.questions)
    _check_ids(each.article_id for question in gold.questions for each in question.relevant)
    for question in gold.questions:
        for relevant in question.relevant:
            yield f"{question.id} 0 {relevant.article_id} {relevant.grade}"


def run_lines(run: Run) -> Iterator[str]:
    """Yield the results that a run stores, one per line."""
    tag = f"tamngu-{run.ranking.replace(', ', '-').replace(' ', '-')}"
    for result in run.results:
        for rank, name in enumerate(result.order, start=1):
            yield f"{result.id} Q0 {name} {rank} {1 / rank:.6f} {tag}"


def write_run(run: Run, path: Path) -> None:
    """Write a run's rankings.

    Raises:
        BadRun: the file cannot be written, or an id has white space, which the format forbids.
    """
    _check_ids(result.id for result in run.results)
    _check_ids(name for result in run.results for name in result.order)
    try:
        path.write_text("\n".join(run_lines(run)) + "\n", encoding="utf-8")
    except OSError as error:
        raise BadRun(f"Cannot write {path}: {error.strerror}.") from error


def read_qrels(path: Path) -> Judged:
    """Read judgements, also in BEIR's form; grades of 0 and below are left out.

    Raises:
        BadGoldSet: lines are malformed, or contradict each other; the message names the first such
            lines by number.
        BadRun: the file cannot be read.
    """
    judged = read_judgements(_text(path), "QUESTION 0 DOCUMENT GRADE, with")
    raise_faults(str(path), judged.faults)
    above: Judged = {}
    for question, grades in judged.grades.items():
        if answering := {name: grade for name, grade in grades.items() if grade > 0}:
            above[question] = answering
    return above


def read_trec_run(path: Path) -> Scored:
    """Read a run file.

    Raises:
        BadGoldSet: a line is malformed or repeats a document; the message names the first such
            lines by number.
        BadRun: the file cannot be read.
    """
    found: Scored = {}
    faults = []
    for number, line in _lines(path):
        try:
            question, _, name, _, score, _ = line.split()
            value = float(score)
            if not math.isfinite(value):
                raise ValueError("it has no order")
        except ValueError:
            faults.append(f"line {number}: it is not QUESTION Q0 DOCUMENT RANK SCORE TAG")
            continue
        if name in found.setdefault(question, {}):
            faults.append(f"line {number}: it repeats {name!r} for {question!r}")
        found[question][name] = value
    raise_faults(str(path), faults)
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(_text(path).split("\n"), start=1):
        if line.strip():
            yield number, line


def _text(path: Path) -> str:
    try:
        return text_of(path)
    except BadGoldSet as error:
        raise BadRun(str(error)) from error


def _check_ids(ids: Iterable[str]) -> None:
    """Return if all ids can stand in a line of columns.

    Raises:
        BadRun: an id has white space, or nothing else.
    """
    spaced = {name for name in ids if len(name.split()) != 1}
    if spaced:
        raise BadRun(
            f"Ids must not have white space, such as {min(spaced)!r} ({len(spaced)} in total): "
            "TREC's files have columns between spaces."
        )
