"""Whoever has documents read can follow which one is parsed, and pass over some of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.readers.document import Document


@dataclass(frozen=True)
class Watch:
    """What is called while a document is read, with it and with the documents inside it.

    Attributes:
        admits: tells whether a document inside another one is read; called before any of it is.
        begin: called before a document is parsed, and again when a document inside it was.
        end: called when a document was read.
    """

    admits: Callable[[Document], bool] = lambda document: True
    begin: Callable[[Document], object] = lambda document: None
    end: Callable[[Document], object] = lambda document: None


UNWATCHED = Watch()
