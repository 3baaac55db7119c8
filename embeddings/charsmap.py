"""A per-character normalisation map as the binary that the ``tokenizers`` library reads.

``tokenizers.normalizers.Precompiled`` takes SentencePiece's ``precompiled_charsmap``: a 32-bit
length, a double-array trie over UTF-8 bytes (the darts-clone layout) and the replacements, each
ended by a zero byte. The trie's leaves are offsets into the replacements.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

_LEAF_VALUE = 1 << 31
_HAS_LEAF = 1 << 8
_SPAN = 256


@dataclass
class _Node:
    """One byte string's place in the trie."""

    children: dict[int, _Node] = field(default_factory=dict)
    value: int | None = None


def precompile(normalisation: Mapping[str, str]) -> bytes:
    """Return the charsmap for a map from single characters to replacements.

    Raises:
        ValueError: a key is not one character, or is NUL, which the format cannot hold.
    """
    root = _Node()
    replacements = bytearray()
    for character, replacement in sorted(normalisation.items()):
        if len(character) != 1 or character == "\0":
            raise ValueError(f"not a single character: {character!r}")
        node = root
        for byte in character.encode("utf-8"):
            node = node.children.setdefault(byte, _Node())
        node.value = len(replacements)
        replacements += replacement.encode("utf-8") + b"\0"
    units = _double_array(root)
    trie = struct.pack(f"<{len(units)}I", *units)
    return struct.pack("<I", len(trie)) + trie + bytes(replacements)


def _double_array(root: _Node) -> list[int]:
    """Place every node: its child for byte ``b`` stands at ``base ^ b``, its value at ``base``.

    A unit holds its byte in bits 0-7, whether it has a value in bit 8, and ``position ^ base``
    from bit 10 on. Values carry bit 31, so that no byte compares equal to one.
    """
    units = [0] * _SPAN
    taken = [True] + [False] * (_SPAN - 1)
    bases: set[int] = set()
    pending = [(root, 0)]
    while pending:
        node, position = pending.pop()
        labels = sorted(node.children)
        slots = labels if node.value is None else [0, *labels]
        base = 0
        while base in bases or any(taken[base ^ label] for label in slots):
            base += 1
            if base == len(units):
                units += [0] * _SPAN
                taken += [False] * _SPAN
        bases.add(base)
        units[position] |= (position ^ base) << 10
        if node.value is not None:
            units[position] |= _HAS_LEAF
            units[base] = node.value | _LEAF_VALUE
            taken[base] = True
        for label in labels:
            child = base ^ label
            units[child] = label
            taken[child] = True
            pending.append((node.children[label], child))
    return units
