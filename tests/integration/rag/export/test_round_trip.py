"""An imported collection equals the exported one."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
import pytest
import xxhash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings import Encoder
from rag import Collection, ingest, make_article, search
from rag.catalog.catalog import Catalog
from rag.collection.export_writer import export_collection
from rag.collection.paths import existing_directory
from rag.collection.restore import import_collection
from rag.records.passage import CODE_BYTES, Codes, EncodedArticle
from tamngu.records.request import SearchRequest
from tests.integration.rag.export.exports import (
    MEMBERS,
    PRINT,
    TOKENS,
    assert_same,
    encoded,
    imported,
    new_catalog,
    rewrite,
)

QUESTIONS = (
    "Việt Nam gia nhập Liên Hợp Quốc năm nào?",
    "越南以多少票当选安理会非常任理事国？",
    "How many countries signed the Hanoi Convention?",
)


def test_an_imported_collection_is_the_exported_one(
    sample: Collection, encoder: Encoder, tmp_path: Path
) -> None:
    progress: list[int] = []
    counts = export_collection(sample.catalog, tmp_path / "sample.zip", progress.append)
    total = sum(articles for articles, _ in sample.catalog.counts().values())
    assert (counts.articles, sum(progress)) == (total, total)
    assert counts.passages == len(sample.catalog.passages.keys()[0])
    stored: list[int] = []
    home = tmp_path / "home"
    assert import_collection(home, "copy", tmp_path / "sample.zip", stored.append) == counts
    assert sum(stored) == total
    assert [path.name for path in (home / "collections").iterdir()] == ["copy"]
    folder = existing_directory(home, "copy")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["catalog.db", "writer.lock", "writer.lock.holder"]
    with closing(Collection.open(home, "copy", encoder)) as copy:
        assert_same(sample.catalog, copy.catalog)
        assert copy.calibration.tokens is not None
        assert all(
            len(one.tokens)
            for one in copy.catalog.passages.encoded(copy.catalog.passages.keys()[0].tolist())
        )
        # Without an index on disk, cosines differ in their last digit.
        copy.compact()
        for question in QUESTIONS:
            assert (
                search(copy, SearchRequest(question, top_k=30)).hits
                == search(sample, SearchRequest(question, top_k=30)).hits
            )
        assert ingest(copy, [make_article("Bài mới.", key="k")]).added == 1


def test_stories_are_the_same_after_an_import(
    empty: Collection, encoder: Encoder, tmp_path: Path
) -> None:
    text = "Một tin dài hơn về hội nghị ASEAN ở Jakarta. " + " ".join(map(str, range(100)))
    copies = [make_article(text, key="k", id=name) for name in ("x", "y")]
    ingest(empty, [*copies, make_article("Một bài khác.", key="k", id="z")])
    assert empty.catalog.stories.counts() == (1, 2)
    export_collection(empty.catalog, tmp_path / "e.zip")
    import_collection(tmp_path / "other", "copy", tmp_path / "e.zip")
    with closing(Collection.open(tmp_path / "other", "copy", encoder)) as copy:
        assert_same(empty.catalog, copy.catalog)
        found = search(copy, "hội nghị ASEAN").hits
        assert found == search(empty, "hội nghị ASEAN").hits
        assert [other.article_id for other in found[0].also_at] == ["y"]


TEXTS = st.text(min_size=1).filter(lambda text: text.replace("\ufeff", "").strip() != "")


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcd"),
            TEXTS,
            st.lists(st.integers(0, 99), max_size=3),
            st.sampled_from(["vi", "zh", "en", "und"]),
            st.lists(TEXTS, max_size=2),
            st.integers(1, 2),
        ),
        max_size=8,
    ),
    st.sets(st.sampled_from("abcd")),
)
def test_any_articles_are_the_same_after_an_import(
    tmp_path_factory: pytest.TempPathFactory,
    puts: list[tuple[str, str, list[int], str, list[str], int]],
    gone: set[str],
) -> None:
    folder = tmp_path_factory.mktemp("export")
    with closing(new_catalog(folder / "catalog.db")) as catalog:
        for name, text, cuts, language, words, sentences in puts:
            article = make_article(
                text,
                key="k",
                id=name,
                language=language,
                source=words[0] if words else None,
                published_at="2024-05-01T10:00:00+07:00" if cuts else None,
                authors=words,
                tags=words[:1],
            )
            catalog.put_many([encoded(article, cuts, sentences)])
        catalog.delete_many(gone)
        counts = export_collection(catalog, folder / "e.zip")
        assert import_collection(folder, "copy", folder / "e.zip") == counts
        with closing(imported(folder)) as copy:
            assert_same(catalog, copy)
            export_collection(copy, folder / "again.zip")
    assert (folder / "again.zip").read_bytes() == (folder / "e.zip").read_bytes()


def test_an_article_without_passages_is_exported(small: Catalog, tmp_path: Path) -> None:
    small.put_many([EncodedArticle(make_article("?", key="k", id="bare"), [])])
    export_collection(small, tmp_path / "e.zip")
    import_collection(tmp_path, "copy", tmp_path / "e.zip")
    with closing(imported(tmp_path)) as copy:
        assert_same(small, copy)


def test_an_import_in_many_transactions_is_complete(
    small: Catalog, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.collection.restore._BATCH", 1)
    progress: list[int] = []
    import_collection(tmp_path, "copy", exported, progress.append)
    assert progress == [1, 1, 1, 1]
    with closing(imported(tmp_path)) as copy:
        assert_same(small, copy)


def test_other_tools_can_read_an_export(small: Catalog, exported: Path, tmp_path: Path) -> None:
    with ZipFile(exported) as archive:
        assert sorted(archive.namelist()) == sorted(MEMBERS)
        assert archive.testzip() is None
        packed = {info.filename: info.compress_type for info in archive.infolist()}
        data = {name: archive.read(name) for name in MEMBERS}
    assert all(packed[name] == ZIP_STORED for name in MEMBERS[1:4])
    manifest = json.loads(data["manifest.json"])
    assert (manifest["format"], manifest["dim"], manifest["tokens"]) == (3, 4, TOKENS)
    assert manifest["fingerprint"] == json.loads(PRINT.to_json())
    for name, member in manifest["members"].items():
        digest = xxhash.xxh3_128_hexdigest(data[name])
        assert member == {"size": len(data[name]), "xxh3_128": digest}
    lines = [json.loads(line) for line in data["articles.jsonl"].decode().splitlines()]
    assert [line["id"] for line in lines] == ["0", "2", "3", "4"]
    assert "越南" in data["articles.jsonl"].decode()
    passages = [passage for line in lines for passage in line["passages"]]
    vectors = np.frombuffer(data["vectors.f32"], dtype="<f4").reshape(-1, 4)
    held = small.passages.encoded(small.passages.keys()[0].tolist())
    assert [(p["start"], p["end"]) for p in passages] == [
        (one.passage.start, one.passage.end) for one in held
    ]
    np.testing.assert_array_equal(vectors, np.stack([one.vector for one in held]))
    sentences = np.frombuffer(data["sentences.f16"], dtype="<f2").reshape(-1, 4)
    np.testing.assert_array_equal(sentences, np.concatenate([one.sentence_vectors for one in held]))
    assert [codes.tobytes() for codes in unpacked(data["tokens.u8"])] == [
        one.tokens.tobytes() for one in held
    ]
    assert manifest["counts"] == {
        "articles": 4,
        "passages": len(vectors),
        "sentences": len(sentences),
    }


def unpacked(tokens: bytes) -> list[Codes]:
    """Return each passage's tokens from the content of the member."""
    result = []
    while tokens:
        end = 4 + int.from_bytes(tokens[:4], "little") * CODE_BYTES
        result.append(np.frombuffer(tokens[4:end], dtype=np.uint8).reshape(-1, CODE_BYTES))
        tokens = tokens[end:]
    return result


def test_an_export_that_another_tool_compressed_is_imported(
    small: Catalog, exported: Path, tmp_path: Path
) -> None:
    rewrite(exported, tmp_path / "again.zip", {}, ZIP_DEFLATED)
    import_collection(tmp_path, "copy", tmp_path / "again.zip")
    with closing(imported(tmp_path)) as copy:
        assert_same(small, copy)
