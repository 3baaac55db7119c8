"""Documents made to cost a reader far more than their size, for tests.

Each is a function of a size: what it returns has about so many bytes; where the document is packed,
about so many once it is unpacked.
"""

from __future__ import annotations

from tests.hostile.mails import MAILS
from tests.hostile.marks import MARKS
from tests.hostile.packed import PACKED
from tests.hostile.pages import PAGES
from tests.hostile.pdf_files import PDF_FILES
from tests.hostile.repeating import Generator
from tests.hostile.texts import TEXTS
from tests.hostile.word_documents import WORD_DOCUMENTS

HOSTILE: dict[str, tuple[str, Generator]] = {
    **TEXTS,
    **PAGES,
    **MARKS,
    **MAILS,
    **PACKED,
    **PDF_FILES,
    **WORD_DOCUMENTS,
}
"""By its name: the kind of document, a file ending, and what makes it."""

NEEDS_LIMITS = frozenset({"pdf: a form that shows itself", "pdf: forms that each show two others"})
"""Documents that only a process with limits may read: pdfium has no bound of its own for them."""
