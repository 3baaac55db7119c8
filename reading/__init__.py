"""Reading: whether a window of text holds the answer to a question, and where it is.

Knows nothing of articles. The public names are loaded at their first use, so that importing this
package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from reading.errors import ReaderError as ReaderError

if TYPE_CHECKING:
    from reading.load import load_reader as load_reader
    from reading.reader import AnswerSpan as AnswerSpan
    from reading.reader import Reader as Reader
    from reading.reader import Reading as Reading

_MODULE_OF = {
    "AnswerSpan": "reading.reader",
    "Reader": "reading.reader",
    "Reading": "reading.reader",
    "load_reader": "reading.load",
}


def __getattr__(name: str) -> object:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name]), name)
