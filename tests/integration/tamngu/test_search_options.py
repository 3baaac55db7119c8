"""Options of ``tamngu search``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.integration.tamngu.command import run


def test_a_search_is_narrowed_by_options(
    capsys: pytest.CaptureFixture[str], sample_home: Path
) -> None:
    words = ("search", "ASEAN", "-c", "sample", "--home", sample_home, "--json", "-k", "50")
    every = json.loads(run(capsys, *words)[1])["hits"]
    article, source = every[0]["article_id"], every[0]["source"]
    for option, value, field in (
        ("--article", article, "article_id"),
        ("--source", source, "source"),
    ):
        hits = json.loads(run(capsys, *words, option, value)[1])["hits"]
        assert {hit[field] for hit in hits} == {value}
    hits = json.loads(run(capsys, *words, "--from", "2025-01-01", "--to", "2025-06-30")[1])["hits"]
    assert hits
    assert all("2025-01-01" <= hit["published_at"][:10] <= "2025-06-30" for hit in hits)
    by_words = json.loads(run(capsys, *words, "--words")[1])["hits"]
    assert all(hit["parts"]["lexical"] == hit["score"] > 0 for hit in by_words)
    for wrong in (
        ("--from", "2025-07-01", "--to", "2025-01-01"),
        ("--from", "yesterday"),
        ("--plain", "--words"),
    ):
        assert run(capsys, *words, *wrong)[0] == 2
