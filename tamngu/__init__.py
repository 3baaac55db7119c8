"""Ask questions in Vietnamese, Chinese or English; get passages with exact citations.

The names of this page are the public ones. Each is loaded when it is first used, so that importing
``tamngu`` costs nothing. :mod:`tamngu.client` asks a service that runs elsewhere,
:mod:`tamngu.adapters` has retrievers for other libraries.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embeddings import Encoder as Encoder
    from embeddings import EncoderOptions as EncoderOptions
    from embeddings import TamnguError as TamnguError
    from embeddings import load_encoder as load_encoder
    from rag import Collection as Collection
    from rag import ask as ask
    from rag import default_home as default_home
    from rag import ingest as ingest
    from rag import make_article as make_article
    from rag import read_path as read_path
    from rag import search as search
    from reading import Reader as Reader
    from reading import load_reader as load_reader
    from tamngu.records.answer import Answer as Answer
    from tamngu.records.answer import ShortAnswer as ShortAnswer
    from tamngu.records.article import Article as Article
    from tamngu.records.citation import Citation as Citation
    from tamngu.records.filter import Filter as Filter
    from tamngu.records.hit import Evidence as Evidence
    from tamngu.records.hit import Hit as Hit
    from tamngu.records.hit import SearchResult as SearchResult
    from tamngu.records.ingest_report import IngestReport as IngestReport
    from tamngu.records.rejection import Rejection as Rejection
    from tamngu.records.request import AskRequest as AskRequest
    from tamngu.records.request import SearchRequest as SearchRequest

_HOMES = {
    "Answer": "tamngu.records.answer",
    "AskRequest": "tamngu.records.request",
    "Article": "tamngu.records.article",
    "Citation": "tamngu.records.citation",
    "Collection": "rag",
    "Encoder": "embeddings",
    "EncoderOptions": "embeddings",
    "Evidence": "tamngu.records.hit",
    "Filter": "tamngu.records.filter",
    "Hit": "tamngu.records.hit",
    "IngestReport": "tamngu.records.ingest_report",
    "Reader": "reading",
    "Rejection": "tamngu.records.rejection",
    "SearchRequest": "tamngu.records.request",
    "SearchResult": "tamngu.records.hit",
    "ShortAnswer": "tamngu.records.answer",
    "TamnguError": "embeddings",
    "ask": "rag",
    "default_home": "rag",
    "ingest": "rag",
    "load_encoder": "embeddings",
    "load_reader": "reading",
    "make_article": "rag",
    "read_path": "rag",
    "search": "rag",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
