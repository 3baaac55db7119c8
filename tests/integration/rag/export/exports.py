"""Makes catalogs, compares them, and changes exports."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import numpy as np

from embeddings import Fingerprint
from rag.catalog.catalog import Catalog
from rag.collection.paths import collection_names, existing_directory
from rag.records.passage import CODE_BYTES, EncodedArticle, EncodedPassage, Passage
from rag.text.minhash import signature
from rag.text.span import Span
from tamngu.records.article import Article

PRINT = Fingerprint("tiny", "00", 4, "mean", "hỏi: ", "")


MEMBERS = ["articles.jsonl", "vectors.f32", "sentences.f16", "tokens.u8", "manifest.json"]


TOKENS = "the digest of a token calibration"


def encoded(article: Article, cuts: list[int], sentences: int = 2) -> EncodedArticle:
    """Cut the text at the given offsets; lengths and offsets are the seeds of the vectors.

    A passage has up to two tokens; the first passage of an article has none.
    """
    edges = sorted({0, len(article.text), *(cut % len(article.text) for cut in cuts)})
    result = []
    for start, end in pairwise(edges):
        middle = max(start + 1, (start + end) // 2)
        spans = [Span(start, middle), Span(middle, end)][: sentences if middle < end else 1]
        passage = Passage(article.id, start, end, article.language, tuple(spans))
        drawn = np.random.default_rng(len(article.text) + start)
        vector = drawn.normal(size=4).astype(np.float32)
        halves = drawn.normal(size=(len(spans), 4)).astype(np.float16)
        tokens = drawn.integers(256, size=(start % 3, CODE_BYTES), dtype=np.uint8)
        result.append(EncodedPassage(passage, vector, halves.astype(np.float32), tokens))
    return EncodedArticle(article, result, signature=signature(article.text))


def new_catalog(path: Path) -> Catalog:
    catalog = Catalog(path)
    catalog.initialise(PRINT, TOKENS)
    return catalog


def imported(home: Path, name: str = "copy") -> Catalog:
    return Catalog(existing_directory(home, name) / "catalog.db")


def assert_same(one: Catalog, other: Catalog) -> None:
    assert one.settings.fingerprint() == other.settings.fingerprint()
    assert one.settings.token_digest() == other.settings.token_digest()
    ids = one.articles.ids()
    assert other.articles.ids() == ids
    for article_id in ids:
        assert one.articles.get(article_id) == other.articles.get(article_id)
        assert other.files.origin_of(article_id) is None
    keys, languages = one.passages.keys()
    other_keys, other_languages = other.passages.keys()
    assert other_keys.tolist() == keys.tolist()
    assert other_languages == languages
    pairs = (catalog.passages.encoded(keys.tolist()) for catalog in (one, other))
    for a, b in zip(*pairs, strict=True):
        assert a.passage == b.passage
        assert a.vector.tobytes() == b.vector.tobytes()
        assert a.sentence_vectors.tobytes() == b.sentence_vectors.tobytes()
        assert a.tokens.tobytes() == b.tokens.tobytes()
    assert stories(one) == stories(other)


def stories(catalog: Catalog) -> list[list[str]]:
    numbers = sorted(set(catalog.stories.of_articles(catalog.articles.ids()).values()))
    places = catalog.stories.places(numbers, 1000).values()
    return sorted([place.article_id for place in story] for story in places)


def assert_nothing(home: Path) -> None:
    assert collection_names(home) == []
    assert not list(home.glob("collections/*"))


def rewrite(
    file: Path, other: Path, changed: dict[str, bytes | None], compression: int = ZIP_STORED
) -> None:
    """Copy an export with changed members; None leaves a member out."""
    with ZipFile(file) as old, ZipFile(other, "w", compression) as new:
        for name in MEMBERS:
            data = changed.get(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
