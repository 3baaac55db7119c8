"""From files to articles: each kind of file has a reader, which the file's ending selects."""

from rag.readers.document import Document
from rag.readers.files import (
    file_document,
    find_files,
    read_document,
    read_file,
    read_path,
    source_name,
)
from rag.readers.reading_options import DEFAULT_READING, Reading
from rag.readers.registry import ENDINGS

__all__ = [
    "DEFAULT_READING",
    "ENDINGS",
    "Document",
    "Reading",
    "file_document",
    "find_files",
    "read_document",
    "read_file",
    "read_path",
    "source_name",
]
