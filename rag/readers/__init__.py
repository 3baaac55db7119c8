"""From files to articles: one reader a kind of file, chosen by the file's ending."""

from rag.readers.reading import DEFAULT_READING, Reading
from rag.readers.registry import KINDS, find_files, read_file, read_path, source_name
from rag.readers.rejection import Rejection

__all__ = [
    "DEFAULT_READING",
    "KINDS",
    "Reading",
    "Rejection",
    "find_files",
    "read_file",
    "read_path",
    "source_name",
]
