"""Changes of packed documents and of JSON, whose outer form stays as it is."""

from __future__ import annotations

import gzip
import io
import json
import warnings
import zipfile
import zlib
from collections.abc import Callable, Sequence
from pathlib import PurePath
from random import Random
from typing import Any

from tests.fuzz.mutations import LARGEST, changed
from tests.fuzz.words import TOKENS

Mutation = Callable[[Random, bytes], bytes]
"""From a source of chance and an input to another input."""

_INNER = {
    ".html": "html", ".xhtml": "html", ".md": "markdown", ".json": "json", ".jsonl": "json",
    ".csv": "table", ".eml": "mail", ".rss": "feed", ".xml": "xml", ".opf": "xml", ".rels": "xml",
}  # fmt: skip

VALUES: tuple[object, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        2**31,
        2**63,
        2**64,
        -(2**63),
        10**400,
        1.5,
        1e308,
        float("nan"),
    ),
    *(float("inf"), "", " ", "a", "\x00", "\ud800", "\u0301" * 40, "\u202e", "a" * 5000, "Hà Nội"),
    *(
        [],
        {},
        [[]],
        [None],
        {"": ""},
        [0] * 3000,
        {"a": {"a": {}}},
        "2020-02-30",
        "9999-12-31",
        "vi",
    ),
    *("0001-01-01", "2020-11-25T23:59:60+24:00", "http://[", "zh-Hant", "xx-yy-zz", "..", "a/../b"),
)


def of_kind(kind: str) -> Mutation:
    """Return what changes documents of a format of :data:`tests.fuzz.words.TOKENS`."""
    return lambda random, data: changed(random, data, TOKENS.get(kind, ()))


def zip_changed(random: Random, data: bytes) -> bytes:
    """Change a member of an archive, its name, or its place; seldom the bytes of the archive."""
    if random.random() < 0.2:
        return changed(random, data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [(each.filename, archive.read(each)) for each in archive.infolist()]
    except (
        zipfile.BadZipFile,
        OSError,
        ValueError,
        EOFError,
        RuntimeError,
        zlib.error,
        NotImplementedError,
    ):
        return changed(random, data)
    for _ in range(random.choice((1, 1, 2, 3))):
        if members:
            members = _other_members(random, members)
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        # Two members may have one name.
        warnings.catch_warnings(action="ignore"),
    ):
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name[:1000] or "a"), content, zipfile.ZIP_DEFLATED)
    return file.getvalue() if len(file.getvalue()) <= LARGEST else data


def _other_members(random: Random, members: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    place = random.randrange(len(members))
    name, content = members[place]
    chance = random.random()
    if chance < 0.8:
        words = TOKENS.get(_INNER.get(PurePath(name).suffix, ""), ())
        inner = (
            zip_changed(random, content)
            if name.endswith(".zip")
            else changed(random, content, words)
        )
        return [*members[:place], (name, inner), *members[place + 1 :]]
    if chance < 0.85:
        return members[:place] + members[place + 1 :]
    if chance < 0.9:
        return [*members, (name, changed(random, content))]
    if chance < 0.95:
        other = random.choice(members)[0]
        return [*members[:place], (other, content), *members[place + 1 :]]
    new = (
        changed(random, name.encode("utf-8", "replace"))
        .decode("utf-8", "replace")
        .replace("\x00", "")
    )
    return [*members[:place], (new, content), *members[place + 1 :]]


def gzip_changed(inner: Mutation) -> Mutation:
    """Return what changes packed bytes; seldom the packing itself."""

    def change(random: Random, data: bytes) -> bytes:
        try:
            content = gzip.decompress(data) if random.random() < 0.8 else None
        except (OSError, EOFError, zlib.error):
            content = None
        if content is None or len(content) > 20 * LARGEST:
            return changed(random, data)
        return gzip.compress(inner(random, content), mtime=0)

    return change


def json_changed(random: Random, data: bytes) -> bytes:
    """Change some values of a JSON document; seldom its text."""
    if random.random() < 0.2:
        return changed(random, data, TOKENS["json"])
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return changed(random, data, TOKENS["json"])
    return dumped(other_value(random, value))[:LARGEST]


def lines_changed(random: Random, data: bytes) -> bytes:
    """Change some values of one of several lines of JSON; seldom the lines themselves."""
    lines = data.split(b"\n")
    if random.random() < 0.15:
        return changed(random, data, TOKENS["json"])
    place = random.randrange(len(lines))
    lines[place] = json_changed(random, lines[place])
    return b"\n".join(lines)[:LARGEST]


def dumped(value: object) -> bytes:
    """Return a value as JSON; NaN and unpaired surrogates are written as they are allowed to be."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError, ValueError):
        return json.dumps(value).encode()


def other_value(random: Random, value: object) -> object:
    """Return JSON of which one to three values are others."""
    for _ in range(random.choice((1, 1, 2, 3))):
        value = _with_other(random, value, random.randrange(1, 7))
    return value


def _with_other(random: Random, value: object, depth: int) -> object:
    if depth and isinstance(value, dict) and value and random.random() < 0.9:
        return _other_object(random, value, depth)
    if depth and isinstance(value, list) and value and random.random() < 0.9:
        place = random.randrange(len(value))
        chance = random.random()
        if chance < 0.1:
            return value[:place] + value[place + 1 :]
        if chance < 0.25:
            return (value * random.choice((2, 50, 1000)))[:3000]
        return [*value[:place], _with_other(random, value[place], depth - 1), *value[place + 1 :]]
    return _leaf(random, value)


def _other_object(random: Random, value: dict[str, Any], depth: int) -> dict[str, Any]:
    name = random.choice(list(value))
    chance = random.random()
    rest = {key: held for key, held in value.items() if key != name}
    if chance < 0.1:
        return rest
    if chance < 0.15:
        return {
            **rest,
            changed(random, name.encode("utf-8", "replace")).decode("utf-8", "replace"): value[
                name
            ],
        }
    if chance < 0.2:
        return {
            **value,
            random.choice(("a", "", "__class__", "id", "\ud800")): random.choice(VALUES),
        }
    return {**value, name: _with_other(random, value[name], depth - 1)}


def _leaf(random: Random, value: object) -> object:
    if isinstance(value, str) and random.random() < 0.6:
        return changed(random, value.encode("utf-8", "replace")).decode("utf-8", "replace")
    if isinstance(value, int) and random.random() < 0.4:
        return value + random.choice((-1, 1, 10**6))
    if random.random() < 0.1:
        return _nested(random, value)
    return random.choice(VALUES)


def _nested(random: Random, value: object) -> object:
    for _ in range(random.choice((1, 10, 200))):
        value = [value] if random.random() < 0.5 else {"a": value}
    return value


def one_of(*mutations: Mutation) -> Mutation:
    """Return what changes an input by one of several mutations."""
    known: Sequence[Mutation] = mutations
    return lambda random, data: random.choice(known)(random, data)
