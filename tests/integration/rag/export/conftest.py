"""Fixtures that these tests share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag import make_article
from rag.catalog.catalog import Catalog
from rag.collection.export_writer import export_collection
from tests.integration.rag.export.exports import encoded, new_catalog


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Catalog]:
    """A catalog of five articles, the second of which has been deleted."""
    with closing(new_catalog(tmp_path / "small.db")) as catalog:
        for number in range(5):
            article = make_article(f"Bài số {number} về ASEAN. 越南。", key="k", id=str(number))
            catalog.put_many([encoded(article, [5 * number])])
        catalog.delete("1")
        yield catalog


@pytest.fixture
def exported(small: Catalog, tmp_path: Path) -> Path:
    export_collection(small, tmp_path / "small.zip")
    return tmp_path / "small.zip"
