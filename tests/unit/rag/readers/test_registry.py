from __future__ import annotations

import io

import pytest

from rag.readers import ENDINGS, Document, read_document
from rag.readers.registry import FORMATS, kind_of, kind_of_response, reader_of
from tamngu.records.rejection import Rejection


@pytest.mark.parametrize("kind", ENDINGS)
def test_every_kind_has_a_reader(kind: str) -> None:
    assert callable(reader_of(kind))


def test_an_ending_and_a_media_type_stand_for_one_format() -> None:
    assert len(set(ENDINGS)) == len(ENDINGS)
    media_types = [media_type for known in FORMATS for media_type in known.media_types]
    assert len(set(media_types)) == len(media_types)
    for known in FORMATS:
        for media_type in known.media_types:
            assert kind_of_response(media_type, "https://a.example/x") == known.endings[0]


def test_a_kind_without_a_reader_is_rejected_with_the_kinds_that_have_one() -> None:
    document = Document("a.png", "a.png", ".png", "a", io.BytesIO)
    (found,) = read_document(document)
    assert isinstance(found, Rejection)
    assert found.where == "a.png"
    assert all(ending in found.reason for ending in ENDINGS)


def test_the_longest_ending_counts() -> None:
    assert kind_of("a.warc.gz") == ".warc.gz"
    assert kind_of("a.gz") is None
