"""Articles to passages to ranked, cited answers. Knows nothing of HTTP.

The public names are loaded when first used, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.answer import Answer as Answer
    from rag.article import Article as Article
    from rag.article import make_article as make_article
    from rag.asking import ask as ask
    from rag.citation import Citation as Citation
    from rag.collection import Collection as Collection
    from rag.hit import Evidence as Evidence
    from rag.hit import Hit as Hit
    from rag.hit import SearchResult as SearchResult
    from rag.ingestion import IngestReport as IngestReport
    from rag.ingestion import ingest as ingest
    from rag.readers import Rejection as Rejection
    from rag.readers import read_path as read_path
    from rag.retrieval import search as search

_HOMES = {
    "Answer": "rag.answer",
    "Article": "rag.article",
    "Citation": "rag.citation",
    "Collection": "rag.collection",
    "Evidence": "rag.hit",
    "Hit": "rag.hit",
    "IngestReport": "rag.ingestion",
    "Rejection": "rag.readers",
    "SearchResult": "rag.hit",
    "ask": "rag.asking",
    "ingest": "rag.ingestion",
    "make_article": "rag.article",
    "read_path": "rag.readers",
    "search": "rag.retrieval",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
