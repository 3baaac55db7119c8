"""A second, slow implementation of the unigram tokenizer, written from its definition.

The product does not use it. Tests compare the product's tokenizer with it.
"""

from __future__ import annotations

import re

from embeddings.packaged.e5s1 import Vocabulary

MARK = "\u2581"
UNKNOWN_PENALTY = 10.0
SPECIAL = re.compile("(<s>|<pad>|</s>|<unk>|<mask>)")


def token_ids(vocabulary: Vocabulary, text: str) -> list[int]:
    """Return the ids of a text's pieces.

    The name of a special piece in the text becomes that piece, as in the tokenizer that the model
    was published with. The parts before and after it are cut separately.
    """
    found: list[int] = []
    for part in filter(None, SPECIAL.split(text)):
        is_special = SPECIAL.fullmatch(part) is not None
        found += [vocabulary.pieces.index(part)] if is_special else _segmented(vocabulary, part)
    return found


def _segmented(vocabulary: Vocabulary, text: str) -> list[int]:
    """Return the ids of the best segmentation: the pieces with the largest sum of scores."""
    ids = {piece: i for i, piece in enumerate(vocabulary.pieces)}
    longest = max(map(len, vocabulary.pieces))
    unknown = min(vocabulary.scores) - UNKNOWN_PENALTY
    text = "".join(vocabulary.normalisation.get(character, character) for character in text)
    while "  " in text:
        text = text.replace("  ", " ")
    text = text.replace(" ", MARK)
    if not text.startswith(MARK):
        text = MARK + text
    best: list[tuple[float, int, int]] = [(0.0, 0, -1)]
    for end in range(1, len(text) + 1):
        reached = (best[end - 1][0] + unknown, end - 1, vocabulary.unk)
        for start in range(max(0, end - longest), end):
            piece = ids.get(text[start:end])
            if piece is not None and piece != vocabulary.unk:
                score = best[start][0] + vocabulary.scores[piece]
                if score > reached[0]:
                    reached = (score, start, piece)
        best.append(reached)
    found: list[int] = []
    at = len(text)
    while at > 0:
        _, at, piece = best[at]
        # A run of unknown characters is one unknown token, as in SentencePiece.
        if not (piece == vocabulary.unk and found and found[-1] == vocabulary.unk):
            found.append(piece)
    return found[::-1]
