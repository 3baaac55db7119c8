from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from eval.evaluation.corpora import draw_passages, find_corpora
from eval.gold.gold_set import BadGoldSet

TEXTS = [
    f"Bài số {number} nói về hội nghị cấp cao của các nước Đông Nam Á. " + "Câu này nói thêm. " * 5
    for number in range(20)
]


def write_lines(path: Path, texts: Sequence[str] = TEXTS) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(f"{text}\n" for text in texts)
    return path


def write_jsonl(path: Path, texts: Sequence[str] = TEXTS) -> Path:
    return write_lines(path, [json.dumps({"text": text, "url": "u"}) for text in texts])


def write_tar(path: Path, texts: Sequence[str] = TEXTS) -> Path:
    members = {f"wiki/{number}.txt": text.encode() for number, text in enumerate(texts)}
    return write_members(path, members)


def write_members(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        folder = tarfile.TarInfo("wiki")
        folder.type = tarfile.DIRTYPE
        archive.addfile(folder)
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


Write = Callable[[Path, Sequence[str]], Path]
WRITERS: dict[str, Write] = {
    "txt.gz": write_lines,
    "jsonl.gz": write_jsonl,
    "tar.gz": write_tar,
}


def letters(texts: list[str]) -> list[int]:
    return [len(text) // 4 for text in texts]


def draw(*paths: Path, count: int = 1000) -> list[str]:
    return draw_passages(list(paths), "vi", count, letters)


def test_files_are_found_by_the_language_in_their_names(tmp_path: Path) -> None:
    for name in ("b.vi.txt.gz", "a.vi.tar.gz", "web.1.en.jsonl.gz", "c.zh-Hant.txt.gz"):
        (tmp_path / name).touch()
    for name in ("notes.txt.gz", "d.vi.csv.gz", "e.vi.txt", "README.md", "vi.gz", "gz"):
        (tmp_path / name).touch()
    found = find_corpora(tmp_path)
    assert {language: [path.name for path in paths] for language, paths in found.items()} == {
        "vi": ["a.vi.tar.gz", "b.vi.txt.gz"],
        "en": ["web.1.en.jsonl.gz"],
        "zh-Hant": ["c.zh-Hant.txt.gz"],
    }
    assert find_corpora(tmp_path / "b.vi.txt.gz") == {"vi": [tmp_path / "b.vi.txt.gz"]}


def test_a_place_without_corpora_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    for place in (tmp_path, tmp_path / "notes.txt", tmp_path / "none"):
        with pytest.raises(BadGoldSet, match=r"has no corpus; give a folder"):
            find_corpora(place)


@pytest.mark.parametrize("kind", list(WRITERS))
def test_the_same_passages_are_drawn_every_time(kind: str, tmp_path: Path) -> None:
    path = WRITERS[kind](tmp_path / f"a.vi.{kind}", TEXTS)
    drawn = draw(path, count=8)
    assert len(drawn) == 8
    assert draw(path, count=8) == drawn
    # A larger draw starts with the passages of a smaller one.
    assert draw(path, count=12)[:8] == drawn
    everything = "\n".join(TEXTS)
    assert all(passage in everything for passage in drawn)
    # They are not simply the first passages of the file.
    assert any("Bài số 1" in passage for passage in drawn)
    assert drawn != [text.strip() for text in TEXTS[:8]]


def test_a_text_is_the_same_from_any_kind_of_file(tmp_path: Path) -> None:
    drawn = [draw(write(tmp_path / f"a.vi.{kind}", TEXTS)) for kind, write in WRITERS.items()]
    assert drawn[0] == drawn[1] == drawn[2]
    assert sorted(drawn[0]) == sorted(text.strip() for text in TEXTS)


def test_fewer_come_where_there_are_fewer(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "a.vi.txt.gz")
    assert len(draw(path, count=1000)) == 20
    assert draw(path, count=0) == []
    assert draw(write_lines(tmp_path / "b.vi.txt.gz", [])) == []


def test_texts_of_all_files_are_drawn_from(tmp_path: Path) -> None:
    one = write_lines(tmp_path / "a.vi.txt.gz", TEXTS[:10])
    other = write_jsonl(tmp_path / "b.vi.jsonl.gz", TEXTS[10:])
    assert sorted(draw(one, other)) == sorted(text.strip() for text in TEXTS)


def test_stubs_are_passed_over(tmp_path: Path) -> None:
    assert draw(write_lines(tmp_path / "a.vi.txt.gz", ["", "Ngắn.", " " * 200, *TEXTS[:1]])) == [
        TEXTS[0].strip()
    ]


@pytest.mark.parametrize("kind", list(WRITERS))
def test_texts_of_nothing_but_spaces_are_passed_over(kind: str, tmp_path: Path) -> None:
    path = WRITERS[kind](tmp_path / f"a.vi.{kind}", [" " * 200, *TEXTS[:1]])
    assert draw(path) == [TEXTS[0].strip()]


def test_a_long_text_does_not_stand_for_many(tmp_path: Path) -> None:
    long = "\n\n".join(TEXTS * 10)
    path = write_tar(tmp_path / "a.vi.tar.gz", [long])
    assert 2 < len(draw(path)) < 20
    assert all(letters([passage])[0] <= 192 for passage in draw(path))


def test_the_date_before_a_line_of_news_is_left_out(tmp_path: Path) -> None:
    body = "外交部发言人在例行记者会上介绍了有关访问的情况。" * 6
    path = write_lines(tmp_path / "news.zh.txt.gz", [f"日期：2023-08-08\\n正文：{body}"])
    assert "".join(draw_passages([path], "zh", 9, letters)) == body


def test_hidden_files_of_an_archive_are_passed_over(tmp_path: Path) -> None:
    members = {"wiki/._1.txt": b"x" * 500, "wiki/1.txt": TEXTS[0].encode()}
    assert draw(write_members(tmp_path / "a.vi.tar.gz", members)) == [TEXTS[0].strip()]


def broken() -> dict[str, tuple[str, Callable[[Path], object]]]:
    """Return the kind of each broken file, and a function that writes it."""

    def cut(write: Write) -> Callable[[Path], object]:
        def apply(path: Path) -> None:
            write(path, TEXTS)
            path.write_bytes(path.read_bytes()[:-40])

        return apply

    def flipped(write: Write) -> Callable[[Path], object]:
        def apply(path: Path) -> None:
            write(path, TEXTS)
            data = bytearray(path.read_bytes())
            data[60:100] = bytes(40)
            path.write_bytes(data)

        return apply

    def lines(*texts: str) -> Callable[[Path], object]:
        return lambda path: write_lines(path, texts)

    plain = TEXTS[0].encode()
    latin = gzip.compress("Bài".encode("latin-1"))
    return {
        **{f"cut {kind}": (kind, cut(write)) for kind, write in WRITERS.items()},
        **{f"flipped {kind}": (kind, flipped(write)) for kind, write in WRITERS.items()},
        **{f"plain {kind}": (kind, lambda path: path.write_bytes(plain)) for kind in WRITERS},
        **{f"missing {kind}": (kind, lambda path: None) for kind in WRITERS},
        "empty tar.gz": ("tar.gz", lambda path: path.write_bytes(b"")),
        "no UTF-8": ("txt.gz", lambda path: path.write_bytes(latin)),
        "no JSON": ("jsonl.gz", lines("{")),
        "no text": ("jsonl.gz", lines('{"title": "a"}')),
        "no object": ("jsonl.gz", lines("[1]")),
        "a number": ("jsonl.gz", lines("1")),
    }


@pytest.mark.parametrize("what", list(broken()))
def test_a_file_that_cannot_be_read_is_named(what: str, tmp_path: Path) -> None:
    kind, apply = broken()[what]
    apply(tmp_path / f"a.vi.{kind}")
    with pytest.raises(BadGoldSet, match=rf"(?s)Cannot read .*a\.vi\.{kind}: .+\."):
        draw(tmp_path / f"a.vi.{kind}")
