"""Indexes that follow a catalog while others write it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from embeddings import Encoder
from rag import Collection, ingest, search
from rag.index.live_index import LiveIndex
from tests.integration.rag.versions import make_version

NAMES = ("vi-00", "vi-01", "vi-02", "zh-00", "zh-01", "en-00")


@pytest.fixture
def collection(tmp_path: Path, encoder: Encoder) -> Collection:
    collection = Collection.open_or_create(tmp_path, "c", encoder)
    ingest(collection, [make_version(name, 1) for name in NAMES])
    collection.compact()
    return collection


def elsewhere(run: Callable[[], object]) -> None:
    """Run something in a thread of its own, which sees the latest state."""
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def test_passages_that_were_deleted_since_the_index_was_written_are_not_read(
    collection: Collection, tmp_path: Path, encoder: Encoder
) -> None:
    with closing(collection):
        for name in ("vi-00", "zh-00", "zh-01"):
            assert collection.delete(name)
        expected = search(collection, "ASEAN").hits
    with closing(Collection.open(tmp_path, "c", encoder)) as again:
        found = search(again, "ASEAN").hits
    assert {hit.article_id for hit in found} <= {"vi-01", "vi-02", "en-00"}
    assert [hit.passage_id for hit in found] == [hit.passage_id for hit in expected]


def test_a_reader_of_an_older_state_gets_all_of_it_after_the_index_was_loaded_in_a_later_one(
    collection: Collection,
) -> None:
    with closing(collection):
        catalog = collection.catalog
        index = LiveIndex(collection.directory, catalog)
        with catalog.reading():
            before = catalog.settings.state()
            held, _ = catalog.passages.keys()
            elsewhere(lambda: collection.delete("zh-01"))
            elsewhere(index.reload)
            with index.reading() as snapshot:
                assert snapshot.revision == before.revision
                assert snapshot.backgrounds.keys() == snapshot.views.keys() == {"vi", "zh", "en"}
                assert np.array_equal(np.sort(snapshot.keys()), held)
                for view in snapshot.views.values():
                    assert len(view.tokens(view.keys())[1]) == len(view.keys()) + 1
                    assert len(view.sentences(view.keys())[1]) == len(view.keys()) + 1
        with index.reading() as snapshot:
            assert snapshot.revision > before.revision
            assert len(snapshot.keys()) < len(held)
            assert snapshot.backgrounds.keys() == {"vi", "zh", "en"}
