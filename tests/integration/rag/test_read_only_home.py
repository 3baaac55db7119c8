"""A home that cannot be written is searched like any other."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from embeddings import Encoder
from rag import Collection, search
from rag.collection.check import check
from rag.errors import StorageError
from tamngu.records.hit import Hit
from tamngu.records.request import SearchRequest
from tests.permissions import read_only

QUESTION = SearchRequest("Vietnam Airlines mua bao nhiêu máy bay Boeing?", read=False)


def found(collection: Collection) -> list[Hit]:
    return list(search(collection, QUESTION).hits)


@pytest.mark.parametrize("has_index", [True, False])
def test_searches_find_the_same(
    has_index: bool, sample: Collection, sample_home: Path, tmp_path: Path, encoder: Encoder
) -> None:
    home = shutil.copytree(sample_home, tmp_path / "home")
    folder = home / "collections" / "sample"
    for log in folder.glob("catalog.db-*"):
        log.unlink()
    if not has_index:
        (folder / "CURRENT").unlink()
    files = sorted(home.rglob("*"))
    with read_only(home):
        collection = Collection.open(home, "sample", encoder)
        hits = found(collection)
        assert [hit.passage_id for hit in hits] == [hit.passage_id for hit in found(sample)]
        report = check(collection.directory, collection.catalog)
        assert len(report.problems) == (0 if has_index else 1)
        with pytest.raises(StorageError):
            collection.compact()
        with pytest.raises(StorageError), collection.writing():
            pass
        with pytest.raises(StorageError):
            collection.delete(hits[0].article_id)
        collection.close()
    assert sorted(home.rglob("*")) == files
