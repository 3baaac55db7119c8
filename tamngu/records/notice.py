"""What a result says beside what was found, in a form that can be said in any language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

NoticeCode = Literal[
    "condition-empty",
    "language-read-as",
    "both-scripts",
    "language-missing",
    "missing",
    "more-missing",
    "no-dates",
    "outside-period",
    "index-behind",
    "index-lost",
    "chat-failed",
    "chat-busy",
    "chat-unproven",
    "preview-partial",
    "preview-first",
]
"""What is said. In ``values`` are, beside texts as a person wrote them:

- ``condition-empty``: a condition with no value; ``kind`` is language, source, tag or article.
- ``language-read-as``: a tag ``given`` that stands for the language ``code``.
- ``both-scripts``: a tag ``given`` with a script, which is no condition; ``code`` is its language.
- ``language-missing``: a ``code`` that no article has; ``held`` are the codes that there are.
- ``missing``: a ``value`` of a ``kind`` (source, tag, article) that no article has; ``nearest`` is
  the nearest one that there is, or ``held`` are some of those that there are, and ``more`` others.
- ``more-missing``: so many (``count``) more values of a ``kind``.
- ``no-dates``: a period was asked for, and no article has a date.
- ``outside-period``: the articles were published from ``first`` to ``last``, days in ISO form.
- ``index-behind``: ``passages`` are not in the index yet. ``index-lost``: only new ones are.
- ``chat-failed``, ``chat-busy``, ``chat-unproven``: why the ``model`` did not write the answer.
- ``preview-partial``, ``preview-first``: not everything was read, or only so many ``articles``.
"""


@dataclass(frozen=True)
class Notice:
    """What a result says beside what was found.

    Attributes:
        code: what is said.
        text: the same in English, a sentence or two.
        values: what the sentence names; see :data:`NoticeCode`.
    """

    code: NoticeCode
    text: str
    values: Mapping[str, str | int | tuple[str, ...]] = field(default_factory=dict)


def in_one(notices: Iterable[Notice]) -> str | None:
    """Return all notices as one English text; None if there is none."""
    return " ".join(each.text for each in notices) or None
