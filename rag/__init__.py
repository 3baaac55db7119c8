"""From articles to passages, and from questions to cited answers. Knows nothing of HTTP.

The public names are loaded when first used, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.answering.ask import ask as ask
    from rag.collection.collection import Collection as Collection
    from rag.collection.paths import default_home as default_home
    from rag.ingestion.pipeline import ingest as ingest
    from rag.isolation.read_path import read_path as read_path
    from rag.records.new_article import make_article as make_article
    from rag.retrieval.search import search as search

_HOMES = {
    "Collection": "rag.collection.collection",
    "ask": "rag.answering.ask",
    "default_home": "rag.collection.paths",
    "ingest": "rag.ingestion.pipeline",
    "make_article": "rag.records.new_article",
    "read_path": "rag.isolation.read_path",
    "search": "rag.retrieval.search",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
