"""How files are to be read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.article import Article
from rag.boilerplate import Cut


def _ignore(article: Article, cut: Sequence[Cut]) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Reading:
    """How files are to be read.

    Attributes:
        keep_boilerplate: leave in a text what its page put around the story.
        on_cut: called with each article that something was cut from, and what.
    """

    keep_boilerplate: bool = False
    on_cut: Callable[[Article, Sequence[Cut]], object] = _ignore


DEFAULT_READING = Reading()
