"""Forms that arrive in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import HTTPException

from api.jobs.upload import Upload, file_name, receive_upload

FORM = (
    b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\none\r\n--\r\ntwo\r\n"
    b'--b\r\nContent-Disposition: form-data; name="field"\r\n\r\ntext=body\r\n'
    b'--b\r\nContent-Disposition: form-data; name="files"; filename="Vi\xe1\xbb\x87t.md"\r\n'
    b"\r\n\r\n"
    b"--b--\r\n"
)

KIND = "multipart/form-data; boundary=b"


def received(folder: Path, form: bytes, size: int, max_bytes: int = 10_000) -> Upload:
    async def stream() -> AsyncIterator[bytes]:
        for start in range(0, len(form), size):
            yield form[start : start + size]

    return asyncio.run(receive_upload(KIND, stream(), folder, max_bytes))


@pytest.mark.parametrize("size", [1, 2, 7, 64, 10_000])
def test_a_form_is_the_same_in_pieces_of_any_size(tmp_path: Path, size: int) -> None:
    upload = received(tmp_path, FORM, size)
    assert upload == Upload(("a.txt", "Việt.md"), 12, (("field", "text=body"),))
    assert (tmp_path / "0000").read_bytes() == b"one\r\n--\r\ntwo"
    assert (tmp_path / "0001").read_bytes() == b""


def test_the_size_of_the_form_is_limited(tmp_path: Path) -> None:
    received(tmp_path, FORM, 10, len(FORM))
    other = tmp_path / "other"
    other.mkdir()
    with pytest.raises(HTTPException) as raised:
        received(other, FORM, 10, len(FORM) - 1)
    assert raised.value.status_code == 413


@pytest.mark.parametrize("cut", range(1, len(FORM) - 2, 9))
def test_a_form_that_was_cut_off_is_refused(tmp_path: Path, cut: int) -> None:
    with pytest.raises(HTTPException) as raised:
        received(tmp_path, FORM[:cut], 16)
    assert raised.value.status_code == 422


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("a.txt", "a.txt"),
        ("../../etc/a.txt", "a.txt"),
        ("C:\\Users\\x\\Tin t\u1ee9c.PDF", "Tin tức.PDF"),
        ("Vie\u0323\u0302t.html", "Việt.html"),
        ("新闻.warc.gz", "新闻.warc.gz"),
    ],
)
def test_the_name_of_a_file_is_the_last_component_of_its_path(stated: str, name: str) -> None:
    assert file_name(stated) == name


@pytest.mark.parametrize(
    "stated",
    ["", "/", "..", "a.txt/", ".txt", "a", "a.exe", "a\n.txt", "a\0.txt", "é" * 130 + ".txt"],
)
def test_invalid_names_are_refused(stated: str) -> None:
    with pytest.raises(ValueError, match=r"cannot name a file|cannot read|longer than"):
        file_name(stated)
