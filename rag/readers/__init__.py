"""From files to articles: one reader a kind of file, chosen by the file's ending."""

from rag.readers.document import Document
from rag.readers.kinds import ENDINGS
from rag.readers.reading import DEFAULT_READING, Reading
from rag.readers.registry import (
    file_document,
    find_files,
    read_document,
    read_file,
    read_path,
    source_name,
)
from rag.readers.rejection import Rejection

__all__ = [
    "DEFAULT_READING",
    "ENDINGS",
    "Document",
    "Reading",
    "Rejection",
    "file_document",
    "find_files",
    "read_document",
    "read_file",
    "read_path",
    "source_name",
]
