"""What the pages of one folder have in common, learnt from some of them when first needed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rag.readers.pages.learning import PAGE_KINDS, SAMPLE, page_text
from rag.readers.pages.repetition import repeated_lines
from rag.readers.registry import file_document


class SourcePages:
    """The files that one ingest reads, by folder: pages that were saved together are of one source.

    Not for several threads.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        """Take note of files; none is looked at before it is needed."""
        self._folders: dict[Path, list[Path]] = {}
        self._learnt: dict[Path, frozenset[str]] = {}
        for file in files:
            if file.suffix.lower() in PAGE_KINDS:
                self._folders.setdefault(file.parent, []).append(file)

    def repeated(self, file: Path) -> frozenset[str]:
        """Return the lines that many pages of a file's folder have in common."""
        folder = file.parent
        if file.suffix.lower() not in PAGE_KINDS:
            return frozenset()
        if folder not in self._learnt:
            files = self._folders.get(folder, [])
            # Spread over all: what was saved on one day may differ from the rest.
            some = files[:: -(-len(files) // SAMPLE) or 1]
            texts = (page_text(file_document(each)) for each in some)
            self._learnt[folder] = repeated_lines(filter(None, texts))
        return self._learnt[folder]
