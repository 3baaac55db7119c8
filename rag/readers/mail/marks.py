"""Marks that carry what only the HTML of a mail says over to the lines of its text."""

from __future__ import annotations

QUOTED, QUOTED_END = "\ue0f0", "\ue0f1"
"""Lines around a message that is quoted, or a part of it."""

MAYBE_QUOTED, MAYBE_QUOTED_END = "\ue0f2", "\ue0f3"
"""Lines around what is indented: quoted if the line above says who wrote it."""

HISTORY = "\ue0f4"
"""A line from which on all is older."""

SIGNATURE, SIGNATURE_END = "\ue0f5", "\ue0f6"
"""Lines around a signature."""

ALL = frozenset(
    (QUOTED, QUOTED_END, MAYBE_QUOTED, MAYBE_QUOTED_END, HISTORY, SIGNATURE, SIGNATURE_END)
)


def unmarked(text: str) -> str:
    """Return a text without characters that could be taken for marks."""
    return text.translate(dict.fromkeys(map(ord, ALL)))
