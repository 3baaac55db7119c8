"""Judgements of questions and documents, in the forms in which files have them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field

from eval.gold.gold_set import MAX_GRADE, is_grade, read_grade

_MAX_FIELD = 131_072
"""Characters, the default of Python's :mod:`csv`. Its own limit is one for the whole process, and
:mod:`rag.readers.formats.table` raises it."""

_NAMES: tuple[frozenset[str], ...] = (
    frozenset({"query", "question", "topic", "q"}),
    frozenset({"corpus", "doc", "document", "passage", "p", "d", "docno"}),
    frozenset(
        {"score", "grade", "rel", "relevance", "relevancy", "label", "judgement", "judgment"}
    ),
)
"""How files name the columns of the question, the document and the grade, without ``id``."""

_ITERATIONS = ({"0"}, {"1"}, {"Q0"}, {"q0"})
"""What the second of TREC's four columns holds in all lines; it says nothing."""

Columns = tuple[int, int, int]
"""Where a line has the question, the document and the grade."""

Row = tuple[int, list[str]]
"""The number of a line, and its columns."""


@dataclass
class Judged:
    """The judgements of a file.

    Attributes:
        grades: of each judged document, by question; 0 and less say that it does not answer.
        repeated: how many judgements stand in the file more than once.
        faults: what is wrong, by line.
        header: the first line, if it is taken for names of columns but none of them is known.
    """

    grades: dict[str, dict[str, int]] = field(default_factory=dict)
    repeated: int = 0
    faults: list[str] = field(default_factory=list)
    header: str = ""

    def add(self, number: int, question: str, document: str, grade: int) -> None:
        """Add the judgement of a line; one that contradicts an earlier line is a fault."""
        known = self.grades.setdefault(question, {})
        if document not in known:
            known[document] = grade
        elif known[document] == grade:
            self.repeated += 1
        else:
            self.faults.append(
                f"line {number}: {document!r} has the grade {grade} for {question!r}, and the "
                f"grade {known[document]} in an earlier line"
            )


def read_judgements(text: str, form: str) -> Judged:
    """Read the judgements of a file: BEIR's three columns, TREC's four, or columns with names.

    Columns stand between tabs, or between spaces in a line that has no tab. The first line may
    name the columns; a first line that is a judgement counts as one. Further columns are passed
    over.

    Args:
        text: of the file.
        form: what a line has to be; faults say it.
    """
    judged = Judged()
    rows = _rows(text, judged)
    named = _named(rows, judged)
    if named is not None:
        rows = rows[1:]
    columns = named or _columns(rows)
    for number, cells in rows:
        try:
            question, document, stated = (cells[column] for column in columns)
            if not question or not document:
                raise ValueError("it has no id")
            judged.add(number, question, document, read_grade(stated))
        except (ValueError, IndexError):
            judged.faults.append(
                f"line {number}: it is not {form} a whole number up to {MAX_GRADE:,}"
            )
    return judged


def _rows(text: str, judged: Judged) -> list[Row]:
    rows = []
    for number, line in enumerate(text.split("\n"), start=1):
        line = line.rstrip("\r")
        if not line.strip():
            continue
        try:
            cells = next(csv.reader([line], delimiter="\t")) if "\t" in line else line.split()
            if max(map(len, cells)) > _MAX_FIELD:
                raise csv.Error(f"field larger than field limit ({_MAX_FIELD})")
        except csv.Error as error:
            judged.faults.append(f"line {number}: {error}")
            continue
        rows.append((number, cells))
    return rows


def _named(rows: Sequence[Row], judged: Judged) -> Columns | None:
    """Return where the columns are that the first line names; None if it is a judgement."""
    if not rows:
        return None
    _, first = rows[0]
    bare = [_bare(cell) for cell in first]
    found = [next((i for i, cell in enumerate(bare) if cell in names), None) for names in _NAMES]
    question, document, grade = found
    if question is not None and document is not None and grade is not None:
        return question, document, grade
    if len(first) < 3 or any(is_grade(cell) for cell in first[2:4]):
        return None
    judged.header = " ".join(first)
    return _columns(rows[1:])


def _bare(name: str) -> str:
    """Return the name of a column without what says that it is an id."""
    lower = name.strip().strip("#").lower().replace("_", "-").replace(" ", "-")
    return lower.removesuffix("id").removesuffix("-")


def _columns(rows: Sequence[Row]) -> Columns:
    """Return where the columns are, by what they hold: TREC has one more than BEIR."""
    four = [cells for _, cells in rows if len(cells) >= 4]
    if not four or len(four) < len(rows) / 2:
        return 0, 1, 2
    last_is_grade = _mostly_grades([cells[3] for cells in four])
    if {cells[1] for cells in four} in _ITERATIONS and last_is_grade:
        return 0, 2, 3
    third_is_grade = _mostly_grades([cells[2] for cells in four])
    return (0, 2, 3) if last_is_grade and not third_is_grade else (0, 1, 2)


def _mostly_grades(cells: Sequence[str]) -> bool:
    return 2 * sum(map(is_grade, cells)) >= len(cells)
