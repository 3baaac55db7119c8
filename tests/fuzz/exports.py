"""Exports of collections: changed, imported, and exported again."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Hashable
from contextlib import closing
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import xxhash

from rag import make_article
from rag.catalog.catalog import Catalog
from rag.collection.compaction import compact
from rag.collection.export_format import ARTICLES, MANIFEST, ArticleLine
from rag.collection.export_writer import export_collection
from rag.collection.restore import import_collection
from tests.fuzz.mutations import changed
from tests.fuzz.seeds import EN, VI, ZH
from tests.fuzz.structures import other_value, zip_changed
from tests.fuzz.target import must
from tests.integration.rag.export.exports import encoded, new_catalog


@cache
def exports() -> list[bytes]:
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        with closing(new_catalog(Path(folder, "c.db"))) as catalog:
            for number, text in enumerate((VI, ZH, EN)):
                article = make_article(
                    text,
                    key="k",
                    id=str(number),
                    published_at="2020-11-25",
                    source="Báo",
                    tags=["ASEAN"],
                )
                catalog.put_many([encoded(article, [20 * number + 1])])
            export_collection(catalog, Path(folder, "e.zip"))
        return [Path(folder, "e.zip").read_bytes()]


def export_changed(random: Random, data: bytes) -> bytes:
    """Change an export; mostly so that its sizes and digests agree with what was changed."""
    if random.random() < 0.2:
        return zip_changed(random, data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {each: archive.read(each) for each in archive.namelist()}
        manifest = json.loads(members[MANIFEST])
        name = random.choice([ARTICLES, ARTICLES, *members])
        if name == ARTICLES:
            members[name] = _other_lines(random, members[name])
        elif name == MANIFEST:
            manifest = other_value(random, manifest)
        else:
            members[name] = changed(random, members[name])
        if random.random() < 0.9:
            for each, held in manifest["members"].items():
                content = members[each]
                held.update(size=len(content), xxh3_128=xxhash.xxh3_128(content).hexdigest())
        members[MANIFEST] = json.dumps(manifest).encode()
    except Exception:
        return zip_changed(random, data)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for each, content in members.items():
            archive.writestr(each, content)
    return file.getvalue()


def _other_lines(random: Random, content: bytes) -> bytes:
    lines = content.splitlines()
    place = random.randrange(len(lines))
    line = other_value(random, json.loads(lines[place]))
    if isinstance(line, dict) and random.random() < 0.9:
        line["content_hash"] = _hash_of(line)
    lines[place] = json.dumps(line).encode()
    return b"\n".join(lines) + b"\n"


def _hash_of(line: dict[str, Any]) -> object:
    """Return the hash that fits an article's line, if it can be one."""
    try:
        with patch("rag.collection.export_format.Article.content_hash", "x"):
            article = ArticleLine.from_json(json.dumps({**line, "content_hash": "x"}).encode())
    except ValueError:
        return line.get("content_hash")
    return article.article.content_hash


def imported(folder: Path, data: bytes) -> Hashable:
    """Import an export into a folder, make an index of it, and export and import it again."""
    (folder / "e.zip").write_bytes(data)
    home = folder / "home"
    try:
        counts = import_collection(home, "c", folder / "e.zip")
    finally:
        must(not list(home.glob("collections/.*")), "an import that failed leaves a folder")
    directory = home / "collections" / "c"
    with closing(Catalog(directory / "catalog.db")) as catalog:
        _check_catalog(catalog)
        compact(directory, catalog)
        export_collection(catalog, folder / "again.zip")
    import_collection(home, "again", folder / "again.zip")
    shutil.rmtree(home)
    return tuple(int(each).bit_length() for each in (counts.articles, counts.passages))


def _check_catalog(catalog: Catalog) -> None:
    keys, _ = catalog.passages.keys()
    for held in catalog.passages.encoded(keys.tolist()):
        article = catalog.articles.get(held.passage.article_id)
        must(article is not None, "a passage without its article")
        assert article is not None
        for span in held.passage.sentences:
            must(0 <= span.start < span.end <= len(article.text), f"{span} is not in its text")
