"""The text of a file of a gold set: UTF-8, with or without a byte-order mark, packed or not."""

from __future__ import annotations

import gzip
import json
import zlib
from pathlib import Path

from eval.gold.gold_set import BadGoldSet

_PACKED = ".gz"


def text_of(path: Path) -> str:
    """Return the text of a file, or of the file of that name with ``.gz`` at its end.

    Raises:
        BadGoldSet: it cannot be read, or is not UTF-8; the message says which line.
    """
    packed = path.with_name(path.name + _PACKED)
    found = packed if not path.exists() and packed.exists() else path
    try:
        content = found.read_bytes()
        if found.suffix == _PACKED:
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadGoldSet(f"Cannot read {found}: {reason}.") from error
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        raise BadGoldSet(
            f"Cannot read {found}: line {number} is not UTF-8. Save the file as UTF-8."
        ) from error


def json_of(line: str) -> object:
    """Return what a line of JSON holds.

    Raises:
        ValueError: it is not JSON, or nested too deeply.
    """
    try:
        return json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: {error.msg} at character {error.pos + 1}") from error
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
