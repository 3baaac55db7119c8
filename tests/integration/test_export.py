from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import numpy as np
import pytest
import xxhash
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings import Encoder, Fingerprint
from rag import Article, Collection, ingest, make_article, search
from rag.catalog import Catalog
from rag.errors import (
    BadCollectionName,
    BadExport,
    CollectionBusy,
    CollectionDamaged,
    CollectionExists,
    CollectionNotFound,
    StorageError,
    UnreadableFile,
)
from rag.export import export_collection
from rag.home import collection_directory, collection_names, existing_directory
from rag.late_interaction import CODE_BYTES, NO_CODES, Codes
from rag.lock import writing
from rag.near_duplicates import signature
from rag.passage import EncodedArticle, EncodedPassage, Passage
from rag.portable import Counts
from rag.restore import import_collection
from rag.span import Span

PRINT = Fingerprint("tiny", "00", 4, "mean", "hỏi: ", "")
MEMBERS = ["articles.jsonl", "vectors.f32", "sentences.f16", "tokens.u8", "manifest.json"]
TOKENS = "the digest of a token calibration"
QUESTIONS = (
    "Việt Nam gia nhập Liên Hợp Quốc năm nào?",
    "越南以多少票当选安理会非常任理事国？",
    "How many countries signed the Hanoi Convention?",
)


def encoded(article: Article, cuts: list[int], sentences: int = 2) -> EncodedArticle:
    """Cut the text at the given places; vectors are drawn from lengths and offsets.

    A passage has up to two tokens, the first one of an article none.
    """
    edges = sorted({0, len(article.text), *(cut % len(article.text) for cut in cuts)})
    result = []
    for start, end in pairwise(edges):
        middle = max(start + 1, (start + end) // 2)
        spans = [Span(start, middle), Span(middle, end)][: sentences if middle < end else 1]
        passage = Passage(article.id, start, end, article.language, tuple(spans))
        drawn = np.random.default_rng(len(article.text) + start)
        vector = drawn.normal(size=4).astype(np.float32)
        halves = drawn.normal(size=(len(spans), 4)).astype(np.float16)
        tokens = drawn.integers(256, size=(start % 3, CODE_BYTES), dtype=np.uint8)
        result.append(EncodedPassage(passage, vector, halves.astype(np.float32), tokens))
    return EncodedArticle(article, result, signature=signature(article.text))


def new_catalog(path: Path) -> Catalog:
    catalog = Catalog(path)
    catalog.initialise(PRINT, TOKENS)
    return catalog


def imported(home: Path, name: str = "copy") -> Catalog:
    return Catalog(existing_directory(home, name) / "catalog.db")


def assert_same(one: Catalog, other: Catalog) -> None:
    assert one.fingerprint() == other.fingerprint()
    assert one.tokens() == other.tokens()
    ids = one.article_ids()
    assert other.article_ids() == ids
    for article_id in ids:
        assert one.article(article_id) == other.article(article_id)
        assert other.origin(article_id) is None
    keys, languages = one.keys()
    other_keys, other_languages = other.keys()
    assert other_keys.tolist() == keys.tolist()
    assert other_languages == languages
    for a, b in zip(one.encoded(keys.tolist()), other.encoded(keys.tolist()), strict=True):
        assert a.passage == b.passage
        assert a.vector.tobytes() == b.vector.tobytes()
        assert a.sentence_vectors.tobytes() == b.sentence_vectors.tobytes()
        assert a.tokens.tobytes() == b.tokens.tobytes()
    assert stories(one) == stories(other)


def stories(catalog: Catalog) -> list[list[str]]:
    numbers = sorted(set(catalog.stories(catalog.article_ids()).values()))
    return sorted(catalog.told_by(numbers).values())


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


def assert_refused(home: Path, file: Path, match: str | None = None) -> None:
    with pytest.raises(BadExport, match=match):
        import_collection(home, "copy", file)
    assert_nothing(home)


def assert_nothing(home: Path) -> None:
    assert collection_names(home) == []
    assert not list(home.glob("collections/*"))


def test_an_imported_collection_is_the_exported_one(
    sample: Collection, encoder: Encoder, tmp_path: Path
) -> None:
    told: list[int] = []
    counts = export_collection(sample.catalog, tmp_path / "sample.zip", told.append)
    total = sum(articles for articles, _ in sample.catalog.counts().values())
    assert (counts.articles, sum(told)) == (total, total)
    assert counts.passages == len(sample.catalog.keys()[0])
    stored: list[int] = []
    home = tmp_path / "home"
    assert import_collection(home, "copy", tmp_path / "sample.zip", stored.append) == counts
    assert sum(stored) == total
    assert [path.name for path in (home / "collections").iterdir()] == ["copy"]
    folder = existing_directory(home, "copy")
    assert sorted(path.name for path in folder.iterdir()) == ["catalog.db", "writer.lock"]
    with closing(Collection.open(home, "copy", encoder)) as copy:
        assert_same(sample.catalog, copy.catalog)
        assert copy.calibration.tokens is not None
        assert all(len(one.tokens) for one in copy.catalog.encoded(copy.catalog.keys()[0].tolist()))
        # Until it has an index on disk, too, cosines differ in the last digit.
        copy.compact()
        for question in QUESTIONS:
            assert search(copy, question, k=30).hits == search(sample, question, k=30).hits
        assert ingest(copy, [make_article("Bài mới.", key="k")]).added == 1


def test_stories_are_found_again(empty: Collection, encoder: Encoder, tmp_path: Path) -> None:
    text = "Một tin dài hơn về hội nghị ASEAN ở Jakarta. " + " ".join(map(str, range(100)))
    copies = [make_article(text, key="k", id=name) for name in ("x", "y")]
    ingest(empty, [*copies, make_article("Một bài khác.", key="k", id="z")])
    assert empty.catalog.told_twice() == (1, 2)
    export_collection(empty.catalog, tmp_path / "e.zip")
    import_collection(tmp_path / "other", "copy", tmp_path / "e.zip")
    with closing(Collection.open(tmp_path / "other", "copy", encoder)) as copy:
        assert_same(empty.catalog, copy.catalog)
        found = search(copy, "hội nghị ASEAN").hits
        assert found == search(empty, "hội nghị ASEAN").hits
        assert [other.article_id for other in found[0].also_at] == ["y"]


TEXTS = st.text(min_size=1).filter(lambda text: text.replace("\ufeff", "").strip() != "")


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
def test_any_articles_come_back_as_they_were(
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


def test_an_article_without_passages_is_not_lost(small: Catalog, tmp_path: Path) -> None:
    small.put_many([EncodedArticle(make_article("?", key="k", id="bare"), [])])
    export_collection(small, tmp_path / "e.zip")
    import_collection(tmp_path, "copy", tmp_path / "e.zip")
    with closing(imported(tmp_path)) as copy:
        assert_same(small, copy)


def test_many_small_transactions_are_one_collection(
    small: Catalog, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.restore._BATCH", 1)
    told: list[int] = []
    import_collection(tmp_path, "copy", exported, told.append)
    assert told == [1, 1, 1, 1]
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
    held = small.encoded(small.keys()[0].tolist())
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
    """Return each passage's tokens, as the member holds them."""
    result = []
    while tokens:
        end = 4 + int.from_bytes(tokens[:4], "little") * CODE_BYTES
        result.append(np.frombuffer(tokens[4:end], dtype=np.uint8).reshape(-1, CODE_BYTES))
        tokens = tokens[end:]
    return result


def test_an_export_that_another_tool_packed_again_is_taken(
    small: Catalog, exported: Path, tmp_path: Path
) -> None:
    rewrite(exported, tmp_path / "again.zip", {}, ZIP_DEFLATED)
    import_collection(tmp_path, "copy", tmp_path / "again.zip")
    with closing(imported(tmp_path)) as copy:
        assert_same(small, copy)


# Files that are no whole exports.


def rewrite(
    file: Path, other: Path, changed: dict[str, bytes | None], compression: int = ZIP_STORED
) -> None:
    """Write a ZIP file with other members under those names; None: without."""
    with ZipFile(file) as old, ZipFile(other, "w", compression) as new:
        for name in MEMBERS:
            data = changed.get(name, old.read(name))
            if data is not None:
                new.writestr(name, data)


def forge(file: Path, other: Path, changed: dict[str, bytes]) -> None:
    """Change members and let the manifest agree with them."""
    with ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    for name, data in changed.items():
        manifest["members"][name] = {
            "size": len(data),
            "xxh3_128": xxhash.xxh3_128_hexdigest(data),
        }
    rewrite(file, other, {**changed, "manifest.json": json.dumps(manifest).encode()})


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("place", [0.0, 0.5, 0.9])
def test_a_flipped_byte_is_noticed(name: str, place: float, exported: Path, tmp_path: Path) -> None:
    data = bytearray(exported.read_bytes())
    with ZipFile(exported) as archive:
        info = archive.getinfo(name)
    header = info.header_offset
    names = [int.from_bytes(data[header + at : header + at + 2], "little") for at in (26, 28)]
    start = header + 30 + sum(names)
    data[start + int(place * (info.compress_size - 1))] ^= 0x10
    exported.write_bytes(data)
    assert_refused(tmp_path / "home", exported)


@pytest.mark.parametrize("name", MEMBERS[:4])
def test_a_change_that_the_zip_file_allows_is_noticed(
    name: str, exported: Path, tmp_path: Path
) -> None:
    with ZipFile(exported) as archive:
        data = archive.read(name)
    changed = data.replace(b"ASEAN", b"ASIAN") if name == "articles.jsonl" else data[::-1]
    rewrite(exported, tmp_path / "changed.zip", {name: changed})
    assert_refused(tmp_path / "home", tmp_path / "changed.zip")


@pytest.mark.parametrize("name", MEMBERS)
def test_a_member_that_lacks_is_named(name: str, exported: Path, tmp_path: Path) -> None:
    rewrite(exported, tmp_path / "less.zip", {name: None})
    assert_refused(tmp_path / "home", tmp_path / "less.zip", match=f"no {name}")


def test_a_file_that_was_cut_is_refused(exported: Path, tmp_path: Path) -> None:
    data = exported.read_bytes()
    for length in [*range(0, len(data), 97), len(data) - 1]:
        exported.write_bytes(data[:length])
        assert_refused(tmp_path / "home", exported)


def test_damage_anywhere_is_refused_or_harmless(
    small: Catalog, exported: Path, tmp_path: Path
) -> None:
    data = exported.read_bytes()
    drawn = np.random.default_rng(0)
    for number in range(60):
        changed = bytearray(data)
        changed[int(drawn.integers(len(data)))] ^= int(drawn.integers(1, 256))
        exported.write_bytes(changed)
        home = tmp_path / str(number)
        try:
            import_collection(home, "copy", exported)
        except BadExport:
            assert_nothing(home)
        else:
            with closing(imported(home)) as copy:
                assert_same(small, copy)


@pytest.mark.parametrize("content", [b"", b"PK", b"not a ZIP file at all, " * 100])
def test_another_kind_of_file_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(content)
    assert_refused(tmp_path / "home", tmp_path / "other", match="not a whole export")


def test_another_zip_file_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("notes.txt", "hello")
    assert_refused(tmp_path / "home", tmp_path / "other.zip", match=r"no manifest\.json")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"none\.zip: No such file"):
        import_collection(tmp_path / "home", "copy", tmp_path / "none.zip")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("manifest", "match"),
    [
        ({"format": 2}, "format 2; this Tamngu reads 3: export"),
        ({"format": 4}, "format 4; this Tamngu reads 3: export"),
        ({"format": None}, "format None"),
        ({"dim": 5}, "5 dimensions|4 dimensions"),
        ({"counts": {"articles": 4}}, "does not have"),
        ({"counts": {"articles": 4, "passages": 2, "sentences": 3}}, "do not agree"),
        ({"fingerprint": {"model": "tiny"}}, "does not have"),
        ({"fingerprint": {**json.loads(PRINT.to_json()), "dim": "4"}}, "dimensions"),
        ({"members": []}, "does not have"),
        ({"tokens": None}, "does not have"),
    ],
)
def test_another_manifest_is_refused(
    manifest: dict[str, object], match: str, exported: Path, tmp_path: Path
) -> None:
    with ZipFile(exported) as archive:
        stated = json.loads(archive.read("manifest.json"))
    rewritten = json.dumps({**stated, **manifest}).encode()
    rewrite(exported, tmp_path / "other.zip", {"manifest.json": rewritten})
    assert_refused(tmp_path / "home", tmp_path / "other.zip", match=match)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"{", b"\xff", b"[" * 100_000, b"1" * 2**21])
def test_a_manifest_that_is_none_is_refused(text: bytes, exported: Path, tmp_path: Path) -> None:
    rewrite(exported, tmp_path / "other.zip", {"manifest.json": text})
    assert_refused(tmp_path / "home", tmp_path / "other.zip")


def changes() -> dict[str, tuple[Callable[[list[dict[str, object]]], object], str]]:
    def passage(lines: list[dict[str, object]], **values: object) -> None:
        passages: list[dict[str, object]] = lines[1]["passages"]  # type: ignore[assignment]
        passages[0].update(values)

    return {
        "text": (lambda lines: lines[0].update(text="Một văn bản khác hẳn."), "content_hash"),
        "hash": (lambda lines: lines[0].update(content_hash="0"), "line 1 .*content_hash"),
        "no hash": (lambda lines: lines[2].pop("content_hash"), "line 3"),
        "no title": (lambda lines: lines[0].pop("title"), "line 1"),
        "title": (lambda lines: lines[0].update(title=7), "line 1"),
        "authors": (lambda lines: lines[0].update(authors="A"), "line 1"),
        "tags": (lambda lines: lines[0].update(tags=[1]), "line 1"),
        "surrogate": (lambda lines: lines[0].update(source="\ud800"), "line 1"),
        "language": (lambda lines: lines[0].update(language="../vi"), "line 1"),
        "date": (lambda lines: lines[0].update(published_at="soon"), "line 1"),
        "no id": (lambda lines: lines[0].update(id=""), "line 1"),
        "end": (lambda lines: passage(lines, end=10_000), "offsets 0 to 10000"),
        "start": (lambda lines: passage(lines, start=-1), "offsets"),
        "empty": (lambda lines: passage(lines, end=0), "offsets"),
        "fraction": (lambda lines: passage(lines, start=0.5), "offsets"),
        "sentence": (lambda lines: passage(lines, sentences=[[0, 99]]), "offsets"),
        "no sentence": (lambda lines: passage(lines, sentences=[]), "no sentence"),
        "less sentences": (lambda lines: passage(lines, sentences=[[0, 1]]), "sentences"),
        "no spans": (lambda lines: passage(lines, sentences=3), "line 2"),
        "no passages": (lambda lines: lines[0].update(passages=[], key=None), "vectors"),
        "key": (lambda lines: lines[1].update(key=1), "line 2 .*key 1"),
        "no key": (lambda lines: lines[1].update(key=None), "line 2 .*key None"),
        "large key": (lambda lines: lines[1].update(key=2**70), "line 2"),
        "less": (lambda lines: lines.pop(), "another size"),
        "twice": (lambda lines: lines[1].update(id="0"), "twice"),
        "no object": (lambda lines: lines.append([]), "line 5"),
    }


@pytest.mark.parametrize("change", list(changes()))
def test_articles_that_could_not_have_been_stored_are_refused(
    change: str, exported: Path, tmp_path: Path
) -> None:
    apply, match = changes()[change]
    with ZipFile(exported) as archive:
        lines = [json.loads(line) for line in archive.read("articles.jsonl").splitlines()]
    apply(lines)
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    forge(exported, tmp_path / "other.zip", {"articles.jsonl": data})
    assert_refused(tmp_path / "home", tmp_path / "other.zip", match=match)


@pytest.mark.parametrize("line", [b"{", b"\xff\n", b"[" * 100_000, b"\n", b"null\n"])
def test_a_line_that_is_no_json_is_refused(line: bytes, exported: Path, tmp_path: Path) -> None:
    forge(exported, tmp_path / "other.zip", {"articles.jsonl": line})
    assert_refused(tmp_path / "home", tmp_path / "other.zip", match="line 1 of its articles")


@pytest.mark.parametrize(("name", "kind"), [("vectors.f32", "<f4"), ("sentences.f16", "<f2")])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_vectors_of_no_numbers_are_refused(
    name: str, kind: str, value: float, exported: Path, tmp_path: Path
) -> None:
    with ZipFile(exported) as archive:
        values = np.frombuffer(archive.read(name), dtype=kind).copy()
    values[-1] = value
    forge(exported, tmp_path / "other.zip", {name: values.tobytes()})
    assert_refused(tmp_path / "home", tmp_path / "other.zip", match=f"{name} holds what is no")


@pytest.mark.parametrize("name", ["vectors.f32", "sentences.f16"])
def test_more_or_fewer_vectors_are_refused(name: str, exported: Path, tmp_path: Path) -> None:
    with ZipFile(exported) as archive:
        data = archive.read(name)
    for other in (data[:-4], data + bytes(16), b""):
        forge(exported, tmp_path / "other.zip", {name: other})
        assert_refused(tmp_path / "home", tmp_path / "other.zip", match="do not agree")
        rewrite(exported, tmp_path / "other.zip", {name: other})
        assert_refused(tmp_path / "home", tmp_path / "other.zip")


def miscounted() -> dict[str, tuple[Callable[[list[Codes]], bytes], str]]:
    """Return ways to write passages' tokens that are not the export's, and what is said of them."""

    def packed(tokens: Sequence[Codes], counts: Sequence[int] | None = None) -> bytes:
        counts = list(map(len, tokens)) if counts is None else counts
        return b"".join(
            count.to_bytes(4, "little") + codes.tobytes()
            for count, codes in zip(counts, tokens, strict=True)
        )

    def counted(tokens: Sequence[Codes], place: int, more: int) -> bytes:
        counts = list(map(len, tokens))
        counts[place] += more
        return packed(tokens, counts)

    return {
        "none": (lambda _: b"", "too short"),
        "half a count": (lambda _: bytes(2), "too short"),
        "a byte less": (lambda tokens: packed(tokens)[:-1], "too short"),
        "a token less": (lambda tokens: packed(tokens)[:-CODE_BYTES], "too short"),
        "a passage less": (lambda tokens: packed(tokens[:-1]), "too short"),
        "a passage more": (lambda tokens: packed([*tokens, NO_CODES]), "another size"),
        "a byte more": (lambda tokens: packed(tokens) + b"0", "another size"),
        "a count too large": (
            lambda tokens: counted(tokens, 0, 1),
            "too short|another size|passage has",
        ),
        "the last count too large": (lambda tokens: counted(tokens, -1, 1), "too short"),
        "the last count too small": (lambda tokens: counted(tokens, -1, -1), "another size"),
        "no count so large": (lambda tokens: counted(tokens, -1, 2**32 - 9), "says that a passage"),
    }


@pytest.mark.parametrize("wrong", list(miscounted()))
def test_tokens_that_do_not_fit_the_passages_are_refused(
    wrong: str, small: Catalog, exported: Path, tmp_path: Path
) -> None:
    write, match = miscounted()[wrong]
    tokens = [one.tokens for one in small.encoded(small.keys()[0].tolist())]
    assert len(tokens[-1])
    assert not all(map(len, tokens))
    forge(exported, tmp_path / "other.zip", {"tokens.u8": write(tokens)})
    assert_refused(tmp_path / "home", tmp_path / "other.zip", match=rf"tokens\.u8.*({match})")
    rewrite(exported, tmp_path / "other.zip", {"tokens.u8": write(tokens)})
    assert_refused(tmp_path / "home", tmp_path / "other.zip")


def test_an_article_too_long_to_be_read_again_is_not_exported(
    small: Catalog, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.export.LONGEST_LINE", 200)
    with pytest.raises(StorageError, match="'0' is too long"):
        export_collection(small, tmp_path / "e.zip")
    assert not list(tmp_path.glob("e.zip*"))
    monkeypatch.setattr("rag.export_reader.LONGEST_LINE", 200)
    assert_refused(tmp_path / "home", exported, match="too long")


# Places and interruptions.


def test_a_collection_that_is_there_is_not_touched(exported: Path, tmp_path: Path) -> None:
    directory = collection_directory(tmp_path, "copy")
    directory.mkdir(parents=True)
    (directory / "mine").touch()
    with pytest.raises(CollectionExists, match="'copy' already"):
        import_collection(tmp_path, "copy", exported)
    assert [path.name for path in directory.iterdir()] == ["mine"]


def test_a_collection_made_meanwhile_is_not_touched(exported: Path, tmp_path: Path) -> None:
    directory = collection_directory(tmp_path, "copy")

    def make(_: int) -> None:
        directory.mkdir(exist_ok=True)

    with pytest.raises(CollectionExists):
        import_collection(tmp_path, "copy", exported, make)
    assert list(tmp_path.glob("collections/*")) == [directory]


def test_a_name_that_leaves_the_home_is_refused(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(BadCollectionName):
        import_collection(tmp_path, "../copy", exported)


def test_a_home_that_cannot_be_written_is_named(exported: Path, tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(StorageError, match="Cannot make the collection 'copy'"):
        import_collection(tmp_path / "home", "copy", exported)


def test_an_unfinished_collection_is_not_seen(
    exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.restore._BATCH", 1)
    home = tmp_path / "home"
    seen = []

    def look(_: int) -> None:
        seen.append(collection_names(home))
        with pytest.raises(CollectionNotFound):
            existing_directory(home, "copy")
        with pytest.raises(CollectionBusy, match="'copy'"):
            import_collection(home, "copy", exported)
        import_collection(home, f"other{len(seen)}", exported)

    import_collection(home, "copy", exported, look)
    assert seen[0] == []
    assert collection_names(home) == ["copy", "other1", "other2", "other3", "other4"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, StorageError])
def test_an_interrupted_import_leaves_nothing(
    error: type[BaseException], exported: Path, tmp_path: Path
) -> None:
    def interrupt(_: int) -> None:
        raise error

    with pytest.raises(error):
        import_collection(tmp_path / "home", "copy", exported, interrupt)
    assert_nothing(tmp_path / "home")


def test_a_killed_import_leaves_no_collection_and_the_next_one_succeeds(
    small: Catalog, exported: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    program = (
        "import sys, time; from pathlib import Path; from rag.restore import import_collection\n"
        "def wait(_):\n    print('stored', flush=True)\n    time.sleep(60)\n"
        "import_collection(Path(sys.argv[1]), 'copy', Path(sys.argv[2]), wait)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, home, exported], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"stored\n"
        process.kill()
    assert list(home.glob("collections/.unfinished/copy/catalog.db"))
    assert collection_names(home) == []
    import_collection(home, "copy", exported)
    assert [path.name for path in (home / "collections").iterdir()] == ["copy"]
    with closing(imported(home)) as copy:
        assert_same(small, copy)


@pytest.mark.parametrize("replace", [False, True])
def test_an_interrupted_export_leaves_what_was_there(
    replace: bool, small: Catalog, tmp_path: Path
) -> None:
    file = tmp_path / "e.zip"
    if replace:
        file.write_bytes(b"earlier")

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export_collection(small, file, interrupt, replace=replace)
    assert [path.read_bytes() for path in tmp_path.glob("e.zip*")] == [b"earlier"] * replace


def test_a_file_that_is_there_is_replaced_only_when_asked(small: Catalog, tmp_path: Path) -> None:
    file = tmp_path / "e.zip"
    file.write_bytes(b"earlier")
    with pytest.raises(StorageError, match="is there already"):
        export_collection(small, file)
    assert file.read_bytes() == b"earlier"
    export_collection(small, file, replace=True)
    assert import_collection(tmp_path, "copy", file).articles == 4
    with pytest.raises(StorageError, match="is there already"):
        export_collection(small, tmp_path, replace=True)


def test_a_folder_that_is_not_there_is_named(small: Catalog, tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"none/e\.zip: No such file or directory; name"):
        export_collection(small, tmp_path / "none" / "e.zip")


def test_a_full_disk_leaves_no_export(small: Catalog, tmp_path: Path) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(StorageError, match="No space left"):
        export_collection(small, tmp_path / "e.zip", full)
    assert not list(tmp_path.glob("e.zip*"))


def test_a_damaged_catalog_is_not_exported(small: Catalog, tmp_path: Path) -> None:
    with small._file.transaction() as connection:
        connection.execute("UPDATE passages SET vector = zeroblob(16) WHERE key = 1")
    with pytest.raises(CollectionDamaged):
        export_collection(small, tmp_path / "e.zip")
    assert not list(tmp_path.glob("e.zip*"))


def test_an_export_is_of_one_state(small: Catalog, tmp_path: Path) -> None:
    with closing(Catalog(small.path)) as writer:

        def write(_: int) -> None:
            article = make_article("Bài mới.", key="k", id=str(time.monotonic_ns()))
            writer.put_many([encoded(article, [])])
            writer.delete("2")

        counts = export_collection(small, tmp_path / "e.zip", write)
    assert counts.articles == 4
    import_collection(tmp_path, "copy", tmp_path / "e.zip")
    with closing(imported(tmp_path)) as copy:
        assert copy.article_ids() == ["0", "2", "3", "4"]


def test_an_empty_collection_comes_back(tmp_path: Path) -> None:
    with closing(new_catalog(tmp_path / "catalog.db")) as catalog:
        assert export_collection(catalog, tmp_path / "e.zip") == Counts(0, 0, 0)
        import_collection(tmp_path, "copy", tmp_path / "e.zip")
        with closing(imported(tmp_path)) as copy:
            assert_same(catalog, copy)


def test_an_imported_collection_can_be_written_to(exported: Path, tmp_path: Path) -> None:
    import_collection(tmp_path, "copy", exported)
    with closing(imported(tmp_path)) as copy, writing(copy.path.parent):
        last = copy.keys()[0][-1]
        copy.put_many([encoded(make_article("Bài mới.", key="k", id="new"), [])])
        assert copy.keys()[0][-1] > last
