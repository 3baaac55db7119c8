"""A folder of good and broken files: each is read, or skipped with a one-line reason."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from rag.readers import read_file
from tamngu.cli.main import main
from tests.pdf_file import Words, pdf_file

pytestmark = pytest.mark.slow

GOOD = "Hội đồng họp ở Viêng Chăn hôm thứ Hai và thông qua kế hoạch về con sông. " * 3
STORY = "".join(
    f"<p>The council met in Vientiane on day {n} and agreed on a plan.</p>" for n in "12"
)
FRENCH = "Le conseil s'est réuni lundi à Vientiane et a adopté un plan pour le fleuve. " * 3


def pdf(password: str | None = None) -> bytes:
    lines = [Words(60, 780 - 14 * n, 11, f"Line {n} of the report on the river.") for n in range(9)]
    return pdf_file([lines], password=password)


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return file.getvalue()


FILES: dict[str, tuple[bytes, str | None]] = {
    "charset.html": (
        f"<html><head><meta charset='shift_jis'></head><body><p>{GOOD}</p></body></html>".encode(),
        None,
    ),
    "no-charset.txt": ("联合国大会星期一通过了关于同东盟合作的决议。".encode("gb18030") * 4, None),
    "french.txt": (FRENCH.encode(), None),
    "good.md": (GOOD.encode(), None),
    "report.pdf": (pdf(), None),
    "binary.txt": (bytes(range(256)) * 20, "binary data"),
    "empty.txt": (b"", "no text"),
    "cut.pdf": (pdf()[:300], "cut off"),
    "locked.pdf": (pdf("secret"), "encrypted"),
    "old.docx": (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(999), "encrypted"),
    "menu.html": (b"<ul>" + b"<li><a href='/x'>Section</a></li>" * 50 + b"</ul>", "no article"),
    "deep.html": (b"<div>" * 90_000 + STORY.encode(), "no article"),
    "many.html": (b"<p>a" * 200_000, "more than 100,000 elements"),
    "attributes.html": (
        f"<p {' '.join(f'a{n}=1' for n in range(9999))}>{STORY}".encode(),
        "more than 3,000 attributes",
    ),
    "stub.html": (
        f"<article>{STORY}<p>Subscribe now to continue reading this story.</p></article>".encode(),
        "for subscribers",
    ),
    "nested.zip": (
        zipped(a_zip=zipped(b_zip=zipped(c_zip=zipped(d_txt=b"x")))),
        "inside more than 2",
    ),
    "bomb.zip": (zipped(a_txt=b" " * (1 << 26), b_txt=b"x" * (1 << 26)), "times its size"),
    "broken.json": (b'{"text": ', "not JSON"),
    "broken.epub": (zipped(a_txt=b"x"), "is missing"),
    "broken.eml": (b"", "no message"),
    "broken.warc.gz": (b"\x1f\x8b\x08", "damaged"),
    "broken.xml": (b"<a>", "neither a feed nor a sitemap"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name, (data, _) in FILES.items():
        (folder / name).write_bytes(data)
    # A sparse file, which takes no disk space.
    with (folder / "huge.txt").open("wb") as huge:
        huge.truncate(200 * 1024 * 1024)
    return folder


def test_each_file_is_read_or_skipped_with_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["ingest", str(folder), "--home", str(tmp_path / "home"), "--json"])
    printed = capsys.readouterr()
    assert ended.value.code == 1
    lines = printed.err.splitlines()
    expected = {name: why for name, (_, why) in FILES.items() if why} | {"huge.txt": "64 MB"}
    for name, why in expected.items():
        (line,) = [line for line in lines if f"/{name}" in line]
        assert line.startswith("Skipped ")
        assert why in line
    assert len(lines) == len(expected)
    assert "Traceback" not in printed.err
    report = json.loads(printed.out)
    assert report["added"] == len(FILES) + 1 - len(expected)
    assert len(report["rejected"]) == len(expected)
    assert report["languages"] == {"en": 1, "fr": 1, "vi": 2, "zh": 1}
    assert report["other_languages"] == {"fr": 1}


def test_a_dry_run_shows_the_same_files(
    folder: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["ingest", str(folder), "--home", str(tmp_path / "home"), "--dry-run"])
    printed = capsys.readouterr().out
    assert ended.value.code == 1
    skipped = sum(1 for _, why in FILES.values() if why) + 1
    assert printed.count("skipped  ") == skipped
    assert printed.count("kept     ") == len(FILES) + 1 - skipped
    assert not (tmp_path / "home").exists()


def test_a_wrong_charset_declaration_is_ignored(folder: Path) -> None:
    (article,) = read_file(folder / "charset.html")
    assert GOOD.strip() in getattr(article, "text", "")
