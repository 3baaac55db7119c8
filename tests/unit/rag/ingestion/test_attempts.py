from __future__ import annotations

import io
from functools import partial
from pathlib import Path

from rag.ingestion.attempts import Attempts, read_each
from rag.ingestion.batches import Settle
from rag.isolation.readers import Readers
from rag.readers.document import Document
from tamngu.records.article import Article
from tamngu.records.rejection import Rejection


def document(name: str) -> Document:
    return Document(name, name, ".txt", "s", partial(io.BytesIO, b"One sentence."), size=13)


def cut_off(path: Path, *keys: str) -> None:
    """Begin documents, and end as a program that is killed does: without a word."""
    attempts = Attempts(path)
    for key in keys:
        attempts.begin(key)


def test_a_document_counts_only_for_programs_that_were_killed(tmp_path: Path) -> None:
    path = tmp_path / "attempts"
    cut_off(path, "a", "b")
    with Attempts(path) as attempts:
        assert [attempts.count(key) for key in "abc"] == [1, 1, 0]
        attempts.begin("a")
        attempts.end(["a"])
        attempts.begin("c")
    # This program ended in order while it was at c.
    path.write_bytes(path.read_bytes() + b'["begin", "tor')
    assert [Attempts(path).count(key) for key in "abc"] == [0, 1, 0]


def test_a_suspect_is_read_alone_and_passed_over_at_last(tmp_path: Path) -> None:
    path = tmp_path / "attempts"
    cut_off(path, "b", "c")
    cut_off(path, "b")
    with Attempts(path) as attempts, Readers() as readers:
        seen = [
            (each and each.name, type(item))
            for each, item in read_each(map(document, "abcd"), readers, attempts)
        ]
    end = type(None)
    assert seen == [
        ("a", Article), ("a", end),
        (None, Settle), ("b", Rejection), ("b", end),
        (None, Settle), ("c", Article), ("c", end),
        (None, Settle), ("d", Article), ("d", end),
    ]  # fmt: skip
