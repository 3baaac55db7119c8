"""What a check says of indexes that other releases wrote, and of those that are damaged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xxhash

from rag.catalog.catalog import Catalog
from rag.collection.check import CheckReport, check
from rag.collection.compaction import compact
from rag.index.current import CURRENT, FOLDER, FORMAT, MANIFEST
from rag.records.new_article import make_article
from rag.records.passage import EncodedArticle, EncodedPassage, Passage
from rag.text.minhash import signature
from rag.text.span import Span
from tests.unit.rag.catalog.test_catalog import open_new


def stored(name: str) -> EncodedArticle:
    article = make_article("Việt Nam gia nhập ASEAN.", key="k", id=name, language="vi")
    span = Span(0, len(article.text))
    vector = np.eye(4, dtype=np.float32)[[1]]
    passage = Passage(name, span.start, span.end, "vi", (span,))
    return EncodedArticle(article, [EncodedPassage(passage, vector[0], vector)])


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    """A catalog with a current generation."""
    opened = open_new(tmp_path / "catalog.db")
    opened.put_many([stored("one")])
    compact(tmp_path, opened)
    yield opened
    opened.close()


def checked(catalog: Catalog) -> CheckReport:
    return check(catalog.path.parent, catalog)


def rewrite(catalog: Catalog, *, with_digest: bool, **changed: object) -> None:
    """Change the manifest as a release would have written it; None leaves a name out."""
    folder = catalog.path.parent
    (path,) = (folder / FOLDER).glob(f"*/{MANIFEST}")
    manifest = json.loads(path.read_text(encoding="utf-8")) | changed
    data = json.dumps({name: value for name, value in manifest.items() if value is not None})
    path.write_text(data, encoding="utf-8")
    digest = f" {xxhash.xxh3_128_hexdigest(data.encode())}" if with_digest else ""
    (folder / CURRENT).write_text(path.parent.name + digest, encoding="ascii")


def test_a_whole_index_has_neither_problems_nor_notes(catalog: Catalog) -> None:
    report = checked(catalog)
    assert (report.problems, report.notes, report.generation) == ([], [], "000001")


# The formats of all releases: without a format, and without a digest in CURRENT, at first.
@pytest.mark.parametrize(
    ("stated", "with_digest"),
    [(None, False), (2, False), (2, True), (FORMAT + 1, True)],
    ids=["first", "second", "second with digest", "later"],
)
def test_the_index_of_another_release_is_no_damage(
    catalog: Catalog, stated: int | None, with_digest: bool
) -> None:
    rewrite(catalog, with_digest=with_digest, format=stated)
    report = checked(catalog)
    assert report.problems == []
    assert report.generation is None
    assert "was written by another release" in report.notes[0]
    assert "tamngu collections compact" in report.notes[0]
    compact(catalog.path.parent, catalog)
    report = checked(catalog)
    assert (report.problems, report.notes) == ([], [])
    assert report.generation is not None


def test_a_current_file_that_lost_its_digest_is_damage(catalog: Catalog) -> None:
    rewrite(catalog, with_digest=False)
    report = checked(catalog)
    assert report.problems
    assert report.notes == []


@pytest.mark.parametrize("name", ["identity", "revision", "files"])
def test_a_manifest_without_a_name_that_all_had_is_damage(catalog: Catalog, name: str) -> None:
    rewrite(catalog, with_digest=True, **{name: None})
    assert checked(catalog).problems


@pytest.mark.parametrize("content", ["", "x", "000001", "000001 x", "../000001 x", "000009 x y"])
def test_other_contents_of_the_current_file_are_damage(catalog: Catalog, content: str) -> None:
    (catalog.path.parent / CURRENT).write_text(content, encoding="ascii")
    report = checked(catalog)
    assert report.problems
    assert report.notes == []


def test_an_index_that_was_lost_is_reported(catalog: Catalog) -> None:
    (catalog.path.parent / CURRENT).unlink()
    assert "missing" in checked(catalog).problems[0]


def test_a_catalog_that_never_had_an_index_is_whole(tmp_path: Path) -> None:
    catalog = open_new(tmp_path / "catalog.db")
    catalog.put_many([stored("one")])
    # As the upgrade from the first release leaves it, which had no log of deletions.
    with catalog.connections.transaction() as connection:
        connection.execute("UPDATE settings SET value = '1' WHERE name = 'deletions_from'")
    report = checked(catalog)
    assert (report.problems, report.notes) == ([], [])
    catalog.close()


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        ("DELETE FROM bands WHERE band = (SELECT min(band) FROM bands)", "those of its signature"),
        ("UPDATE articles SET signature = x'000000'", "those of its signature"),
        ("INSERT INTO bands VALUES (1, 'gone')", "1 bands belong to no article"),
    ],
)
def test_bands_that_do_not_fit_the_articles_are_reported(
    catalog: Catalog, damage: str, problem: str
) -> None:
    one = stored("one")
    catalog.put_many([replace(one, signature=signature(one.article.text))])
    assert checked(catalog).problems == []
    with catalog.connections.transaction() as connection:
        connection.execute(damage)
    assert problem in checked(catalog).problems[0]


def test_a_deleted_article_leaves_no_bands(catalog: Catalog) -> None:
    articles = [stored("one"), stored("two")]
    catalog.put_many([replace(each, signature=signature(each.article.text)) for each in articles])
    of_each = "SELECT article_id, count(*) FROM bands GROUP BY 1 ORDER BY 1"
    (one, count), two = catalog.connections.rows(of_each)
    assert (one, two) == ("one", ("two", count))
    assert catalog.delete("one")
    assert catalog.connections.rows(of_each) == [two]
    # Where the signature is damaged the bands stay, and the article can be stored again.
    with catalog.connections.transaction() as connection:
        connection.execute("UPDATE articles SET signature = x'000000'")
    catalog.put_many([replace(articles[1], signature=signature(articles[1].article.text))])
    assert catalog.connections.rows(of_each) == [two]
    compact(catalog.path.parent, catalog)
    assert checked(catalog).problems == []
