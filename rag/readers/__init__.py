"""From files to articles: each kind of file has a reader, which the file's ending selects.

The public names are loaded when first used: who asks questions needs none of the readers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.readers.document import Document as Document
    from rag.readers.files import file_document as file_document
    from rag.readers.files import find_files as find_files
    from rag.readers.files import read_document as read_document
    from rag.readers.files import read_file as read_file
    from rag.readers.files import read_path as read_path
    from rag.readers.files import source_name as source_name
    from rag.readers.reading_options import DEFAULT_READING as DEFAULT_READING
    from rag.readers.reading_options import Reading as Reading
    from rag.readers.registry import ENDINGS as ENDINGS

_MODULE_OF = {
    "DEFAULT_READING": "rag.readers.reading_options",
    "Document": "rag.readers.document",
    "ENDINGS": "rag.readers.registry",
    "Reading": "rag.readers.reading_options",
    "file_document": "rag.readers.files",
    "find_files": "rag.readers.files",
    "read_document": "rag.readers.files",
    "read_file": "rag.readers.files",
    "read_path": "rag.readers.files",
    "source_name": "rag.readers.files",
}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name]), name)
