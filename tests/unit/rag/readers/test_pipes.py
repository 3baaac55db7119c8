"""Pipes, devices and sockets in a folder of pages."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no pipes")

READ = """
import sys
from pathlib import Path
from rag.readers import find_files, read_file, source_name
from rag.readers.repeated_in_folder import SourcePages
from rag.readers.files import file_document, read_document
folder = Path(sys.argv[1])
files = find_files(folder)
pages = SourcePages(files)
for file in files:
    repeated = pages.repeated(file)
    for item in read_file(file):
        print(type(item).__name__, item)
for file in files:
    for item in read_document(file_document(file)):
        print(type(item).__name__)
"""
"""What an ingest does with a folder, and what it would do if a file became a pipe after a look."""


def test_a_pipe_is_rejected_and_the_pages_beside_it_are_read(tmp_path: Path) -> None:
    for number in range(7):
        (tmp_path / f"{number}.html").write_text(
            f"<html><body><article><p>Bài số {number} nói về ngoại giao và hợp tác kinh tế trong "
            "khu vực Đông Nam Á.</p></article></body></html>",
            encoding="utf-8",
        )
    os.mkfifo(tmp_path / "a.html")
    (tmp_path / "b.html").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listener:
        before = Path.cwd()
        try:
            # The address of a socket may have about a hundred characters.
            os.chdir(tmp_path)
            listener.bind("c.html")
        finally:
            os.chdir(before)
        done = subprocess.run(
            [sys.executable, "-c", READ, str(tmp_path)],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert sum(line.startswith("Rejection ") for line in lines) == 3
    assert sum(line.startswith("Article ") for line in lines) == 7
    assert lines.count("Rejection") == 3
    assert lines.count("Article") == 7
