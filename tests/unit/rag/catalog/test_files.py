"""The files that articles were read from, whatever bytes their names are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.rag.catalog.test_catalog import open_new
from tests.unit.rag.catalog.test_read_only import store


@pytest.mark.parametrize(
    "path", ["/in/báo.txt", "/in/b\udce1o.txt", "/in/\x1b[31m\n\u202e.txt", "https://a.vn/x"]
)
def test_a_path_is_known_again(path: str, tmp_path: Path) -> None:
    catalog = open_new(tmp_path / "catalog.db")
    store(catalog, "one", "two")
    catalog.set_origins({"one": path, "two": "/in/other"}, {path: "digest", "/in/other": "else"})
    assert catalog.files.digest(path) == "digest"
    assert catalog.files.count_articles(path) == 1
    assert catalog.files.origin_of("one") == path
    assert catalog.files.origins() == [("one", path), ("two", "/in/other")]
    # The digest of a file is forgotten with its article.
    catalog.delete("one")
    assert catalog.files.digest(path) is None
    assert catalog.files.digest("/in/other") == "else"
    assert catalog.files.origin_of("one") is None
    catalog.close()
