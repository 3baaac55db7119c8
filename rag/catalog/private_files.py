"""Files and folders of a home, which only the user who made them can read.

What exists already keeps its permissions: whoever shares a home with other users has chosen so.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

FILE_MODE = 0o600
_FOLDER_MODE = 0o700


def private_folder(path: Path) -> None:
    """Make a folder that others cannot open, unless it exists; its parents get the usual mode.

    Raises:
        OSError: it cannot be made.
    """
    if path.is_dir():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=_FOLDER_MODE, exist_ok=True)


def private_file(path: Path) -> None:
    """Make an empty file that others cannot read, unless it exists.

    SQLite gives the permissions of a database to the files that it keeps beside it.

    Raises:
        OSError: it cannot be made.
    """
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, FILE_MODE))


def new_private_file(path: Path) -> BinaryIO:
    """Open a new file for writing that others cannot read.

    Raises:
        FileExistsError: there is a file, a folder or a link of that name.
        OSError: it cannot be made.
    """
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, FILE_MODE), "wb")


def as_private_as(database: Path, folder: Path) -> None:
    """Let those who can read a database read a folder beside it, with all in it, and nobody else.

    Raises:
        OSError: the permissions cannot be changed.
    """
    readers = database.stat().st_mode & 0o044
    for path in (folder, *folder.rglob("*")):
        # Who may read a folder's files has to enter it too.
        path.chmod(_FOLDER_MODE | readers | readers >> 2 if path.is_dir() else FILE_MODE | readers)
