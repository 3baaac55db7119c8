"""From an article's text to passages: whole sentences, packed up to a number of tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.records.passage import Passage
from rag.text.sentences import sentences
from rag.text.span import Span
from tamngu.records.article import Article

PASSAGE_TOKENS = 192
"""Most tokens of a passage. Near the length of XQuAD's paragraphs (about 185 tokens a passage),
on which the ranking was measured; not tuned."""

_LONGEST_TOKEN = 16
"""Characters: a stretch of budget * this many is always looked at whole."""

_CLAUSE_END = re.compile(r"[;:,，；：、\n]\s*")

_SPACE = re.compile(r"\s*")

CountTokens = Callable[[Sequence[str]], list[int]]
_Piece = tuple[Span, int]
"""A sentence, or a part of one, and how many tokens it has."""


def chunk(article: Article, count_tokens: CountTokens, max_tokens: int) -> list[Passage]:
    """Split an article into passages.

    Paragraphs stay whole where they fit, sentences otherwise; a sentence that alone is longer than
    a passage may be is split at clause ends, else at spaces, else between characters. Every
    character that is not space is in exactly one passage.

    Args:
        article: what to split.
        count_tokens: the encoder's own count, text by text.
        max_tokens: most tokens of a passage, as that count counts them.
    """
    text = article.text
    pieces = _pieces(text, count_tokens, max_tokens)
    return [
        Passage(article.id, group[0].start, group[-1].end, article.language, tuple(group))
        for group in _pack(_blocks(text, pieces, max_tokens), max_tokens)
    ]


def _pieces(text: str, count_tokens: CountTokens, max_tokens: int) -> list[_Piece]:
    """Return the sentences with their sizes, those that are too long cut."""
    units = sentences(text)
    pieces: list[_Piece] = []
    for unit, size in zip(units, count_tokens([unit.of(text) for unit in units]), strict=True):
        if size <= max_tokens:
            pieces.append((unit, size))
        else:
            cut = _split(text, unit, count_tokens, max_tokens)
            pieces += zip(cut, count_tokens([piece.of(text) for piece in cut]), strict=True)
    return pieces


def _blocks(text: str, pieces: list[_Piece], max_tokens: int) -> list[list[_Piece]]:
    """Gather the sentences of each paragraph that fits a passage; others stand alone."""
    paragraphs: list[list[_Piece]] = []
    for piece in pieces:
        last = paragraphs[-1][-1][0].end if paragraphs else 0
        if paragraphs and "\n" not in text[last : piece[0].start]:
            paragraphs[-1].append(piece)
        else:
            paragraphs.append([piece])
    blocks: list[list[_Piece]] = []
    for paragraph in paragraphs:
        if sum(size for _, size in paragraph) <= max_tokens:
            blocks.append(paragraph)
        else:
            blocks += [[piece] for piece in paragraph]
    return blocks


def _pack(blocks: list[list[_Piece]], max_tokens: int) -> list[list[Span]]:
    """Fill passages in order, about evenly, so that no short rest is left at the end."""
    sizes = [sum(size for _, size in block) for block in blocks]
    total = max(1, sum(sizes))
    share = total / -(-total // max_tokens)
    groups: list[list[Span]] = []
    before = filled = 0
    for block, size in zip(blocks, sizes, strict=True):
        # The passage that the block's middle falls into when all are equally long.
        place = int((before + size / 2) / share)
        if not groups or place >= len(groups) or filled + size > max_tokens:
            groups.append([])
            filled = 0
        groups[-1] += [piece for piece, _ in block]
        filled += size
        before += size
    return groups


def _split(text: str, unit: Span, count_tokens: CountTokens, max_tokens: int) -> list[Span]:
    """Cut one long sentence into pieces of at most ``max_tokens``, each as long as it can be."""
    pieces = []
    start = unit.start
    while start < unit.end:
        end = _longest(text, Span(start, unit.end), count_tokens, max_tokens)
        if end < unit.end:
            end = _nicer_end(text, start, end)
        pieces.append(Span(start, start + len(text[start:end].rstrip())))
        space = _SPACE.match(text, end, unit.end)
        start = space.end() if space else end
    return [piece for piece in pieces if piece.start < piece.end]


def _longest(text: str, rest: Span, count_tokens: CountTokens, max_tokens: int) -> int:
    """Return the farthest end within ``rest`` at which the piece still fits, by bisection."""
    fits, over = rest.start + 1, min(rest.end, rest.start + max_tokens * _LONGEST_TOKEN) + 1
    while over - fits > 1:
        middle = (fits + over) // 2
        if count_tokens([text[rest.start : middle]])[0] <= max_tokens:
            fits = middle
        else:
            over = middle
    return fits


def _nicer_end(text: str, start: int, end: int) -> int:
    """Move an end back to a clause end, else to a space, if one stands in the second half."""
    half = start + (end - start) // 2
    clauses = [half + match.end() for match in _CLAUSE_END.finditer(text[half:end])]
    if clauses:
        return clauses[-1]
    space = text.rfind(" ", half, end)
    return space + 1 if space >= 0 else end
