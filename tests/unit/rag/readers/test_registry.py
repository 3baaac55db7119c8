from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from rag.readers import ENDINGS, Document, read_document
from rag.readers.files import read_path
from rag.readers.registry import (
    FORMATS,
    WITHOUT_READER,
    document_kind,
    kind_of,
    kind_of_response,
    reader_of,
)
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


def test_documents_without_a_reader_are_named_with_as_what_to_save_them(tmp_path: Path) -> None:
    for name in ("old.DOC", "minutes.odt", "table.xlsx", "style.css", "photo.png", ".hidden.doc"):
        (tmp_path / name).write_bytes(b"x")
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("in/letter.wps", "x")
        archive.writestr("in/photo.png", "x")
    rejected = [each for each in read_path(tmp_path) if isinstance(each, Rejection)]
    found = {Path(each.where).name: each.reason for each in rejected}
    assert found == {
        "letter.wps": ".wps files are not read; save it as .docx or .pdf",
        "minutes.odt": ".odt files are not read; save it as .docx or .pdf",
        "old.DOC": ".doc files are not read; save it as .docx or .pdf",
        "table.xlsx": ".xlsx files are not read; save it as .csv",
    }


def test_what_is_advised_can_be_read() -> None:
    assert not set(WITHOUT_READER) & set(ENDINGS)
    advised = {ending for advice in WITHOUT_READER.values() for ending in advice.split(" or ")}
    assert advised <= set(ENDINGS)
    assert document_kind("a.tar.gz") == ".tar.gz"


def test_the_longest_ending_counts() -> None:
    assert kind_of("a.warc.gz") == ".warc.gz"
    assert kind_of("a.gz") is None
