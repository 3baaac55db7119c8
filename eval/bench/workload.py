"""Texts and questions for measurements."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path


@dataclass(frozen=True)
class Workload:
    """Texts and questions to encode.

    Attributes:
        name: as the user gave it.
        passages: texts, not sorted by length.
        questions: all different.
    """

    name: str
    passages: list[str]
    questions: list[str]


def read_workload(spec: str) -> Workload:
    """Read ``sample`` or ``xquad:DIR``.

    Raises:
        BadGoldSet: the files of XQuAD cannot be read.
    """
    return _sample() if spec == "sample" else _xquad(spec)


def _sample() -> Workload:
    from eval.gold.jsonl import read_jsonl
    from rag import read_path
    from tamngu.records.article import Article

    with as_file(files("rag") / "sample") as folder:
        articles = [read for read in read_path(folder) if isinstance(read, Article)]
    passages = [part for article in articles for part in article.text.split("\n\n") if part.strip()]
    with as_file(files("eval") / "gold" / "sample.jsonl") as path:
        questions = list(dict.fromkeys(gold.text for gold in read_jsonl(path).questions))
    return Workload("sample", passages, questions)


def _xquad(spec: str) -> Workload:
    from eval.gold.xquad import read_xquad

    parts = read_xquad(Path(spec.partition(":")[2])).values()
    passages = [text for part in parts for text in part.contexts]
    questions = [text for part in parts for text in part.questions]
    return Workload(spec, passages, list(dict.fromkeys(questions)))
