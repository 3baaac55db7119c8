"""Lines that the pages of a folder share, learnt from some of the pages when first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from rag.readers.document import Document
from rag.readers.files import file_document
from rag.readers.pages.repeated_in_stream import PAGE_KINDS, SAMPLE, uncut_text
from rag.readers.pages.repeated_lines import repeated_lines


def page_folders(files: Iterable[Path]) -> dict[Path, list[Path]]:
    """Return the files that are web pages, by folder, in their order."""
    folders: dict[Path, list[Path]] = {}
    for file in files:
        if file.suffix.lower() in PAGE_KINDS:
            folders.setdefault(file.parent, []).append(file)
    return folders


def sample_of(files: Sequence[Path]) -> Sequence[Path]:
    """Return the pages of a folder that are read to learn what all share; the sample is its own."""
    # It is spread over all files: those of one day may differ from the others.
    return files[:: -(-len(files) // SAMPLE) or 1]


class SourcePages:
    """The files that one ingest reads, by folder: pages that were saved together have one source.

    It must not be used by several threads.
    """

    def __init__(
        self, files: Iterable[Path], text_of: Callable[[Document], str] = uncut_text
    ) -> None:
        """Remember the files; each is opened only when it is needed.

        Args:
            files: of one ingest.
            text_of: returns the text of a page before anything is cut; it parses the page.
        """
        self._text_of = text_of
        self._folders = page_folders(files)
        self._learnt: dict[Path, frozenset[str]] = {}

    def repeated(self, file: Path) -> frozenset[str]:
        """Return the lines that many pages of a file's folder share."""
        folder = file.parent
        if file.suffix.lower() not in PAGE_KINDS:
            return frozenset()
        if folder not in self._learnt:
            some = sample_of(self._folders.get(folder, []))
            texts = (self._text_of(file_document(each)) for each in some)
            self._learnt[folder] = repeated_lines(filter(None, texts))
        return self._learnt[folder]
