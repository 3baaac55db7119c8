"""Files that are not complete exports are refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
import xxhash

from rag.catalog.catalog import Catalog
from rag.collection.export_writer import export_collection
from rag.collection.restore import import_collection
from rag.errors import BadExport, StorageError, UnreadableFile
from rag.records.passage import CODE_BYTES, NO_CODES, Codes
from tests.integration.rag.export.exports import (
    MEMBERS,
    PRINT,
    assert_nothing,
    assert_same,
    imported,
    rewrite,
)


def assert_refused(home: Path, file: Path, match: str | None = None) -> None:
    with pytest.raises(BadExport, match=match):
        import_collection(home, "copy", file)
    assert_nothing(home)


def forge(file: Path, other: Path, changed: dict[str, bytes]) -> None:
    """Copy an export with changed members and a manifest that fits them."""
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
def test_a_changed_byte_is_noticed(name: str, place: float, exported: Path, tmp_path: Path) -> None:
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
def test_a_changed_member_of_a_valid_zip_file_is_noticed(
    name: str, exported: Path, tmp_path: Path
) -> None:
    with ZipFile(exported) as archive:
        data = archive.read(name)
    changed = data.replace(b"ASEAN", b"ASIAN") if name == "articles.jsonl" else data[::-1]
    rewrite(exported, tmp_path / "changed.zip", {name: changed})
    assert_refused(tmp_path / "home", tmp_path / "changed.zip")


@pytest.mark.parametrize("name", MEMBERS)
def test_a_missing_member_is_named(name: str, exported: Path, tmp_path: Path) -> None:
    rewrite(exported, tmp_path / "less.zip", {name: None})
    assert_refused(tmp_path / "home", tmp_path / "less.zip", match=f"no {name}")


def test_a_truncated_file_is_refused(exported: Path, tmp_path: Path) -> None:
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
    assert_refused(tmp_path / "home", tmp_path / "other", match="not a complete export")


def test_another_zip_file_is_refused(tmp_path: Path) -> None:
    with ZipFile(tmp_path / "other.zip", "w") as other:
        other.writestr("notes.txt", "hello")
    assert_refused(tmp_path / "home", tmp_path / "other.zip", match=r"no manifest\.json")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
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
def test_a_manifest_with_wrong_values_is_refused(
    manifest: dict[str, object], match: str, exported: Path, tmp_path: Path
) -> None:
    with ZipFile(exported) as archive:
        stated = json.loads(archive.read("manifest.json"))
    rewritten = json.dumps({**stated, **manifest}).encode()
    rewrite(exported, tmp_path / "other.zip", {"manifest.json": rewritten})
    assert_refused(tmp_path / "home", tmp_path / "other.zip", match=match)


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b"{", b"\xff", b"[" * 100_000, b"1" * 2**21])
def test_a_text_that_is_not_a_manifest_is_refused(
    text: bytes, exported: Path, tmp_path: Path
) -> None:
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
def test_articles_that_cannot_be_stored_are_refused(
    change: str, exported: Path, tmp_path: Path
) -> None:
    apply, match = changes()[change]
    with ZipFile(exported) as archive:
        lines = [json.loads(line) for line in archive.read("articles.jsonl").splitlines()]
    apply(lines)
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    forge(exported, tmp_path / "other.zip", {"articles.jsonl": data})
    assert_refused(tmp_path / "home", tmp_path / "other.zip", match=match)


@pytest.mark.parametrize("key", ["\ud800", "\x1b[31m\n" * 5000, ["a" * 10_000]])
def test_what_is_wrong_is_said_in_a_short_line(key: object, exported: Path, tmp_path: Path) -> None:
    with ZipFile(exported) as archive:
        lines = [json.loads(line) for line in archive.read("articles.jsonl").splitlines()]
    lines[0]["key"] = key
    data = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
    forge(exported, tmp_path / "other.zip", {"articles.jsonl": data})
    with pytest.raises(BadExport, match="cannot have the key") as refused:
        import_collection(tmp_path / "home", "copy", tmp_path / "other.zip")
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 500 + len(str(tmp_path))


@pytest.mark.parametrize("line", [b"{", b"\xff\n", b"[" * 100_000, b"\n", b"null\n"])
def test_a_line_that_is_not_json_is_refused(line: bytes, exported: Path, tmp_path: Path) -> None:
    forge(exported, tmp_path / "other.zip", {"articles.jsonl": line})
    assert_refused(tmp_path / "home", tmp_path / "other.zip", match="line 1 of its articles")


@pytest.mark.parametrize(("name", "kind"), [("vectors.f32", "<f4"), ("sentences.f16", "<f2")])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_vectors_that_are_not_finite_are_refused(
    name: str, kind: str, value: float, exported: Path, tmp_path: Path
) -> None:
    with ZipFile(exported) as archive:
        values = np.frombuffer(archive.read(name), dtype=kind).copy()
    values[-1] = value
    forge(exported, tmp_path / "other.zip", {name: values.tobytes()})
    assert_refused(
        tmp_path / "home",
        tmp_path / "other.zip",
        match=f"{name} holds values that are not finite numbers",
    )


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
    """Return wrong ways to write passages' tokens, and a pattern of the error message."""

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
    tokens = [one.tokens for one in small.passages.encoded(small.passages.keys()[0].tolist())]
    assert len(tokens[-1])
    assert not all(map(len, tokens))
    forge(exported, tmp_path / "other.zip", {"tokens.u8": write(tokens)})
    assert_refused(tmp_path / "home", tmp_path / "other.zip", match=rf"tokens\.u8.*({match})")
    rewrite(exported, tmp_path / "other.zip", {"tokens.u8": write(tokens)})
    assert_refused(tmp_path / "home", tmp_path / "other.zip")


def test_an_article_that_is_too_long_to_import_is_not_exported(
    small: Catalog, exported: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.collection.export_writer.LONGEST_LINE", 200)
    with pytest.raises(StorageError, match="'0' is too long"):
        export_collection(small, tmp_path / "e.zip")
    assert not list(tmp_path.glob("e.zip*"))
    monkeypatch.setattr("rag.collection.export_reader.LONGEST_LINE", 200)
    assert_refused(tmp_path / "home", exported, match="too long")
