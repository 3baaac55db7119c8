"""Convert the unigram model of a ``tokenizer.json`` into a SentencePiece model.

The file is a protocol buffer (``sentencepiece_model.proto``). Only three of its fields are needed:
pieces, trainer_spec, normalizer_spec. This module encodes them itself instead of depending on a
protocol buffer library. The field numbers are those of the proto file.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import sentencepiece

_UNIGRAM = 1
_NORMAL, _UNKNOWN, _CONTROL = 1, 2, 3
_METASPACE = "▁"
_FOLDING = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
"""Folds runs of spaces into one space, which SentencePiece always does."""


def charsmap(normalisation: Mapping[str, str]) -> bytes:
    """Return SentencePiece's ``precompiled_charsmap`` for a map from characters to replacements.

    ``tokenizers.normalizers.Precompiled`` reads the same binary.

    Raises:
        ValueError: every character is mapped to itself.
    """
    sentencepiece.set_min_log_level(2)  # it reports the size of the map on stderr
    changes = sorted(pair for pair in normalisation.items() if pair[0] != pair[1])
    if not changes:
        raise ValueError("a map that changes nothing")
    builder = sentencepiece.SentencePieceNormalizer(norm_map=changes)
    spec: bytes = builder.serialized_normalizer_spec()
    # The map is the spec's second field. It is the first field in the file.
    length, start = _read_varint(spec, 1)
    return spec[start : start + length]


def sentencepiece_model(tokenizer: Mapping[str, Any]) -> bytes | None:
    """Return the model of a parsed ``tokenizer.json``, None if SentencePiece has no such model.

    Only the types of the parts are checked. The caller must check on texts that the tokens are the
    same.
    """
    model = tokenizer["model"]
    if model.get("type") != "Unigram" or model.get("byte_fallback") or model["unk_id"] is None:
        return None
    if not _splits_as_sentencepiece(tokenizer.get("pre_tokenizer")):
        return None
    maps = _charsmaps(tokenizer.get("normalizer"))
    if maps is None or len(maps) > 1:
        return None
    special = {token["content"] for token in tokenizer["added_tokens"]}
    pieces = b"".join(
        _field(1, _piece(piece, score, _kind(i == model["unk_id"], piece in special)))
        for i, (piece, score) in enumerate(model["vocab"])
    )
    # Only the unknown piece has a role here, because special tokens are added to the ids later.
    trainer = b"".join(
        [
            _number(3, _UNIGRAM),
            _number(4, len(model["vocab"])),
            _number(40, model["unk_id"]),
            *(_number(role, -1) for role in (41, 42, 43)),
        ]
    )
    normalizer = b"".join([*(_field(2, each) for each in maps), _number(3, 1), _number(4, 1)])
    return pieces + _field(2, trainer) + _field(3, normalizer)


def _splits_as_sentencepiece(part: Mapping[str, Any] | None) -> bool:
    """Return whether ``▁`` marks the start of every word, the first included."""
    if part is None:
        return False
    parts = part["pretokenizers"] if part["type"] == "Sequence" else [part]
    *before, last = parts
    return (
        all(each["type"] == "WhitespaceSplit" for each in before)
        and last["type"] == "Metaspace"
        and last["replacement"] == _METASPACE
        and last.get("prepend_scheme", "always") == "always"
    )


def _charsmaps(part: Mapping[str, Any] | None) -> list[bytes] | None:
    """Return the character maps of a normaliser, None if it does anything else."""
    if part is None:
        return []
    if part["type"] == "Sequence":
        found = [_charsmaps(each) for each in part["normalizers"]]
        return None if None in found else [each for maps in found for each in maps or ()]
    if part["type"] == "Precompiled":
        return [base64.b64decode(part["precompiled_charsmap"])]
    strips = part["type"] == "Strip"
    return [] if strips or dict(part) == _FOLDING else None


def _kind(unknown: bool, special: bool) -> int:
    return _UNKNOWN if unknown else _CONTROL if special else _NORMAL


def _piece(text: str, score: float, kind: int) -> bytes:
    number = _varint(2 << 3 | 5) + struct.pack("<f", score)
    return _field(1, text.encode("utf-8")) + number + _number(3, kind)


def _field(number: int, value: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value & (1 << 64) - 1)


def _varint(value: int) -> bytes:
    written = bytearray()
    while value > 0x7F:
        written.append(value & 0x7F | 0x80)
        value >>= 7
    written.append(value)
    return bytes(written)


def _read_varint(data: Sequence[int], position: int) -> tuple[int, int]:
    """Return the number at a position, and the position after it."""
    value = shift = 0
    while True:
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position
