"""Read folders in BEIR's format (Thakur et al., 2021): a corpus, queries, and judgements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eval.gold.gold_set import (
    CorpusText,
    GoldQuestion,
    GoldSet,
    Relevant,
    check,
    identifier,
    raise_faults,
    split_suffix,
)
from eval.gold.judgements import Judged, read_judgements
from eval.gold.text_file import json_of, text_of
from rag.text.language import identify
from rag.text.visible import visible_line
from tamngu.records.language import NoSuchLanguage, parse_tag

_LONGEST_NAME = 100
"""Characters of an id that a notice repeats."""


@dataclass(frozen=True)
class _Line:
    """A passage or a query, with empty strings for what its line lacks.

    Attributes:
        id: unique among the passages, or among the queries.
        title: of a passage.
        text: of the passage or the query.
        language: the code that the line states; None if it states none.
    """

    id: str
    title: str
    text: str
    language: str | None


def read_beir(path: str) -> GoldSet:
    """Read ``DIR`` or ``DIR@SPLIT``: ``corpus.jsonl``, ``queries.jsonl``, ``qrels/SPLIT.tsv``.

    The split is ``test`` by default. Each file may be packed (``.gz``). Only queries with
    judgements above 0 become questions. The language of a line is its ``language``; without it, the
    language is identified from the text. As BEIR does, a passage with the id of a question is left
    out of what the question finds, unless it is judged to answer it; a judged passage that the
    corpus lacks counts as not found. The set's notices say what was left out.

    Raises:
        BadGoldSet: a file cannot be read, a line is malformed, or two lines contradict each other;
            the message names them.
    """
    folder, split = split_suffix(path)
    notices: list[str] = []
    texts = _corpus(folder / "corpus.jsonl", notices)
    judgements = folder / "qrels" / f"{split or 'test'}.tsv"
    judged = read_judgements(text_of(judgements), "a query, a document and")
    raise_faults(str(judgements), judged.faults)
    notices += _about(judgements.name, judged)
    asked = {line.id: line for line in _once(folder / "queries.jsonl", notices)}
    raise_faults(
        f"beir:{path}",
        [
            f"{each[:_LONGEST_NAME]!r} is judged, but is not among the queries"
            for each in sorted(judged.grades.keys() - asked.keys())
            if _answering(judged.grades[each])
        ],
    )
    known = {text.id for text in texts}
    questions = [
        _question(line, answered_by, known)
        for line in asked.values()
        if (answered_by := _answering(judged.grades.get(line.id, {})))
    ]
    named = {each.article_id for question in questions for each in question.relevant}
    notices += _counted(
        named - known,
        "judged passage is not in the corpus and counts as not found",
        "judged passages are not in the corpus and count as not found",
    )
    notices += _counted(
        asked.keys() - {question.id for question in questions},
        "query has no judgement above 0 and is not asked",
        "queries have no judgement above 0 and are not asked",
    )
    notices += _counted(
        {each for question in questions for each in question.left_out},
        "passage has the id of a question, which does not find it",
        "passages have the id of a question, which does not find them",
    )
    gold = check(GoldSet(f"beir:{path}", tuple(questions), texts), whole=False)
    return replace(gold, notices=tuple(notices))


def _corpus(path: Path, notices: list[str]) -> tuple[CorpusText, ...]:
    """Return the passages that have a text."""
    texts, empty = [], []
    for line in _once(path, notices):
        text = "\n".join(filter(str.strip, (line.title, line.text)))
        if text:
            texts.append(CorpusText(line.id, text, line.language or identify(text).code))
        else:
            empty.append(line.id)
    notices += _counted(
        empty, "passage has no text and is left out", "passages have no text and are left out"
    )
    return tuple(texts)


def _question(line: _Line, answered_by: tuple[Relevant, ...], known: set[str]) -> GoldQuestion:
    is_passage = line.id in known and line.id not in {each.article_id for each in answered_by}
    return GoldQuestion(
        line.id,
        line.text,
        line.language or identify(line.text).code,
        answered_by,
        left_out=(line.id,) if is_passage else (),
    )


def _answering(grades: Mapping[str, int]) -> tuple[Relevant, ...]:
    return tuple(Relevant(name, grade=grade) for name, grade in grades.items() if grade > 0)


def _about(name: str, judged: Judged) -> Iterator[str]:
    if judged.header:
        shown = visible_line(judged.header)[:_LONGEST_NAME]
        yield f"The first line of {name} is taken for the names of its columns: {shown!r}."
    if judged.repeated:
        yield f"{judged.repeated:,} lines of {name} repeat a judgement; they count once."


def _counted(ids: Sequence[str] | set[str], one: str, several: str) -> Iterator[str]:
    """Yield a sentence about ids, with their number and the first of them."""
    if ids:
        said = one if len(ids) == 1 else several
        first = visible_line(min(ids))[:_LONGEST_NAME]
        yield f"{len(ids):,} {said}, such as {first!r}."


def _once(path: Path, notices: list[str]) -> list[_Line]:
    """Return the lines of a file; one that stands there again word for word counts once.

    Raises:
        BadGoldSet: lines are malformed, or differ although they have the same id.
    """
    lines: dict[str, _Line] = {}
    repeated = set()
    faults = []
    for number, line in _lines(path):
        first = lines.setdefault(line.id, line)
        if first is line:
            continue
        repeated.add(line.id)
        if (line.title, line.text) != (first.title, first.text):
            faults.append(f"line {number}: another line has its id {line.id[:_LONGEST_NAME]!r}")
    raise_faults(str(path), faults)
    notices += _counted(
        repeated,
        f"id stands in {path.name} more than once with the same text, which counts once",
        f"ids stand in {path.name} more than once with the same text, which counts once",
    )
    return list(lines.values())


def _lines(path: Path) -> Iterator[tuple[int, _Line]]:
    """Yield the lines of a file with their numbers."""
    faults = []
    for number, written in enumerate(text_of(path).split("\n"), start=1):
        if not written.strip():
            continue
        try:
            line = _line(json_of(written))
        except ValueError as error:
            faults.append(f"line {number}: {error}")
            continue
        yield number, line
    raise_faults(str(path), faults)


def _line(row: object) -> _Line:
    """Return what the object of a line says.

    Raises:
        ValueError: it has another form.
    """
    if not isinstance(row, dict):
        raise ValueError("it is not a JSON object")
    try:
        name = identifier(row["_id"] if "_id" in row else row.get("id"))
    except ValueError as error:
        raise ValueError(f"it has no string or whole number named _id: {error}") from error
    title = row.get("title") or ""
    if not isinstance(title, str):
        raise ValueError("its title is not a string")
    text = row.get("text", "" if title else None)
    # A table that is exported as JSON has null where a cell is empty.
    text = "" if text is None and "text" in row else text
    if not isinstance(text, str):
        raise ValueError("it has no string named text")
    if not isinstance(row.get("metadata") or {}, dict):
        raise ValueError("its metadata is not a JSON object")
    return _Line(name, title, text, _language(row))


def _language(row: Mapping[str, Any]) -> str | None:
    """Return the code of the language that a line states; None if it states none.

    Raises:
        ValueError: what it states does not have the form of a language tag.
    """
    given = row.get("language") or (row.get("metadata") or {}).get("language")
    try:
        return parse_tag(given).code if isinstance(given, str) else None
    except NoSuchLanguage:
        return None
