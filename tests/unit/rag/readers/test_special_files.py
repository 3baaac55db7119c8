"""Names in a folder that are no files."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from rag.readers.files import file_document, open_file, read_document
from rag.readers.repeated_in_folder import SourcePages
from tamngu.records.rejection import Rejection


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "a.html"
    os.mkfifo(pipe)
    # If it were opened as a file, the writer would end, and it would be an empty page.
    writer = threading.Thread(target=lambda: pipe.write_bytes(b""))
    writer.start()
    try:
        (item,) = read_document(file_document(pipe))
        assert item == Rejection(str(pipe), "it cannot be read (it is not a file)")
        assert SourcePages([pipe] * 6).repeated(pipe) == frozenset()
    finally:
        # Held open until then: the writer may not have begun to wait yet.
        reading_end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        writer.join()
        os.close(reading_end)


def test_a_folder_and_a_device_are_no_files(tmp_path: Path) -> None:
    for path in (tmp_path, Path(os.devnull)):
        with pytest.raises(OSError, match="not a file"):
            open_file(path)
