"""Read folders in BEIR's format (Thakur et al., 2021): a corpus, queries, and judgements."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.gold.gold_set import (
    MAX_GRADE,
    BadGoldSet,
    CorpusText,
    GoldQuestion,
    GoldSet,
    Relevant,
    check,
    raise_faults,
    read_grade,
    split_suffix,
)
from rag.text.language import identify
from tamngu.records.language import parse_tag

_MAX_FIELD = 131_072
"""Characters, the default of Python's :mod:`csv`. Its own limit is one for the whole process, and
:mod:`rag.readers.formats.table` raises it."""


def read_beir(path: str) -> GoldSet:
    """Read ``DIR`` or ``DIR@SPLIT``: ``corpus.jsonl``, ``queries.jsonl``, ``qrels/SPLIT.tsv``.

    The split is ``test`` by default. Only queries with judgements above 0 become questions. The
    language of a line is its ``language``; without it, the language is identified from the text.

    Raises:
        BadGoldSet: a file cannot be read, or a line is malformed; the message names it.
    """
    folder, split = split_suffix(path)
    texts = tuple(
        CorpusText(row["_id"], text, _language(row, text))
        for row in _rows(folder / "corpus.jsonl")
        if (text := "\n".join(filter(None, (row.get("title"), row["text"]))))
    )
    judged = _judgements(folder / "qrels" / f"{split or 'test'}.tsv")
    questions = tuple(
        GoldQuestion(
            row["_id"], row["text"], _language(row, row["text"]), tuple(judged[row["_id"]])
        )
        for row in _rows(folder / "queries.jsonl")
        if row["_id"] in judged
    )
    unknown = judged.keys() - {question.id for question in questions}
    raise_faults(
        f"beir:{path}",
        [f"{each[:100]!r} is judged, but is not among the queries" for each in sorted(unknown)],
    )
    return check(GoldSet(f"beir:{path}", questions, texts))


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    faults = []
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("it is not a JSON object")
            for name in ("_id", "text"):
                if not isinstance(row.get(name), str):
                    raise ValueError(f"it has no string named {name}")
            _check_language(row)
        except (ValueError, RecursionError) as error:
            faults.append(f"line {number}: {error}")
            continue
        yield row
    raise_faults(str(path), faults)


def _judgements(path: Path) -> dict[str, list[Relevant]]:
    judged: dict[str, list[Relevant]] = {}
    faults = []
    rows = csv.reader(_lines(path), delimiter="\t")
    try:
        for number, row in enumerate(rows, start=1):
            if number == 1 or not row:  # The first line names the columns.
                continue
            try:
                if max(map(len, row)) > _MAX_FIELD:
                    raise csv.Error(f"field larger than field limit ({_MAX_FIELD})")
                query, document, stated = row
                if (grade := read_grade(stated)) > 0:
                    judged.setdefault(query, []).append(Relevant(document, grade=grade))
            except ValueError:
                faults.append(
                    f"line {number}: it is not a query, a document and a whole number up to "
                    f"{MAX_GRADE:,}"
                )
    except csv.Error as error:
        faults.append(f"line {rows.line_num}: {error}")
    raise_faults(str(path), faults)
    return judged


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise BadGoldSet(f"Cannot read {path}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadGoldSet(f"Cannot read {path}: it is not UTF-8.") from error


def _check_language(row: dict[str, Any]) -> None:
    """Check what a line says of its language and its title.

    Raises:
        ValueError: one of them has another form.
    """
    if not isinstance(row.get("title") or "", str):
        raise ValueError("its title is not a string")
    if not isinstance(row.get("metadata") or {}, dict):
        raise ValueError("its metadata is not a JSON object")
    given = _stated_language(row)
    if given is not None:
        parse_tag(given)


def _stated_language(row: dict[str, Any]) -> str | None:
    given = row.get("language") or (row.get("metadata") or {}).get("language")
    return given if isinstance(given, str) else None


def _language(row: dict[str, Any], text: str) -> str:
    given = _stated_language(row)
    return parse_tag(given).code if given is not None else identify(text).code
