"""From an article's text to passages of whole sentences, up to a number of tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.records.passage import Passage
from rag.text.sentences import sentences
from rag.text.span import Span
from tamngu.records.article import Article

PASSAGE_TOKENS = 192
"""Maximum number of tokens of a passage. Chosen manually, not tuned: XQuAD's paragraphs, on which
the ranking was measured, have about 185 tokens."""

_MAX_TOKEN = 16
"""Characters for each token that a passage may have. White space has no tokens, so without this
bound a passage could hold any amount of it, and every question that finds it would pay."""

_COUNTED_AT_ONCE = 2048
"""Sentences whose tokens are counted at a time, so that the memory is bounded."""

_CLAUSE_END = re.compile(r"[;:,，；：、\n]\s*")

_SPACE = re.compile(r"\s*")

CountTokens = Callable[[Sequence[str]], list[int]]
_Piece = tuple[Span, int]
"""A sentence, or a part of one, and how many tokens it has."""


def chunk(article: Article, count_tokens: CountTokens, max_tokens: int) -> list[Passage]:
    """Split an article into passages.

    Paragraphs that fit into a passage stay whole; of longer ones, the sentences stay whole. A
    sentence that is longer than a passage is split at the ends of clauses, else at spaces, else
    between characters. Every character that is not space is in exactly one passage. A passage has
    at most 16 characters for each of its ``max_tokens``, white space included.

    Args:
        article: the article to split.
        count_tokens: returns the encoder's number of tokens for each text.
        max_tokens: maximum number of tokens of a passage.
    """
    text = article.text
    pieces = _pieces(text, count_tokens, max_tokens)
    return [
        Passage(article.id, group[0].start, group[-1].end, article.language, tuple(group))
        for group in _pack(_blocks(text, pieces, max_tokens), max_tokens)
    ]


def _pieces(text: str, count_tokens: CountTokens, max_tokens: int) -> list[_Piece]:
    """Return the sentences with their numbers of tokens; sentences that are too long are cut."""
    units = sentences(text)
    sizes: list[int] = []
    for start in range(0, len(units), _COUNTED_AT_ONCE):
        some = units[start : start + _COUNTED_AT_ONCE]
        sizes += count_tokens([unit.of(text) for unit in some])
    pieces: list[_Piece] = []
    for unit, size in zip(units, sizes, strict=True):
        if size <= max_tokens and unit.end - unit.start <= max_tokens * _MAX_TOKEN:
            pieces.append((unit, size))
        else:
            cut = _split(text, unit, count_tokens, max_tokens)
            pieces += zip(cut, count_tokens([piece.of(text) for piece in cut]), strict=True)
    return pieces


def _blocks(text: str, pieces: list[_Piece], max_tokens: int) -> list[list[_Piece]]:
    """Return the sentences in blocks: a whole paragraph if it fits, else single sentences."""
    paragraphs: list[list[_Piece]] = []
    for piece in pieces:
        last = paragraphs[-1][-1][0].end if paragraphs else 0
        if paragraphs and "\n" not in text[last : piece[0].start]:
            paragraphs[-1].append(piece)
        else:
            paragraphs.append([piece])
    blocks: list[list[_Piece]] = []
    for paragraph in paragraphs:
        length = paragraph[-1][0].end - paragraph[0][0].start
        size = sum(size for _, size in paragraph)
        if size <= max_tokens and length <= max_tokens * _MAX_TOKEN:
            blocks.append(paragraph)
        else:
            blocks += [[piece] for piece in paragraph]
    return blocks


def _pack(blocks: list[list[_Piece]], max_tokens: int) -> list[list[Span]]:
    """Distribute blocks in order over passages of similar size, so that the last is not short."""
    sizes = [sum(size for _, size in block) for block in blocks]
    total = max(1, sum(sizes))
    share = total / -(-total // max_tokens)
    groups: list[list[Span]] = []
    before = filled = 0
    for block, size in zip(blocks, sizes, strict=True):
        # The passage in which the middle of the block would be if all passages were equally long.
        place = int((before + size / 2) / share)
        if (
            not groups
            or place >= len(groups)
            or filled + size > max_tokens
            or block[-1][0].end - groups[-1][0].start > max_tokens * _MAX_TOKEN
        ):
            groups.append([])
            filled = 0
        groups[-1] += [piece for piece, _ in block]
        filled += size
        before += size
    return groups


def _split(text: str, unit: Span, count_tokens: CountTokens, max_tokens: int) -> list[Span]:
    """Cut a long sentence into pieces of at most ``max_tokens``, each as long as possible."""
    pieces = []
    start = unit.start
    while start < unit.end:
        end = _last_fitting(text, Span(start, unit.end), count_tokens, max_tokens)
        if end < unit.end:
            end = _clause_end(text, start, end)
        pieces.append(Span(start, start + len(text[start:end].rstrip())))
        space = _SPACE.match(text, end, unit.end)
        start = space.end() if space else end
    return [piece for piece in pieces if piece.start < piece.end]


def _last_fitting(text: str, rest: Span, count_tokens: CountTokens, max_tokens: int) -> int:
    """Return the last offset in ``rest`` at which a piece still fits, by bisection."""
    # A longer token makes a piece shorter than it could be.
    fits, over = rest.start + 1, min(rest.end, rest.start + max_tokens * _MAX_TOKEN) + 1
    while over - fits > 1:
        middle = (fits + over) // 2
        if count_tokens([text[rest.start : middle]])[0] <= max_tokens:
            fits = middle
        else:
            over = middle
    return fits


def _clause_end(text: str, start: int, end: int) -> int:
    """Return the last end of a clause in the second half of a piece, else the last space."""
    half = start + (end - start) // 2
    clauses = [half + match.end() for match in _CLAUSE_END.finditer(text[half:end])]
    if clauses:
        return clauses[-1]
    space = text.rfind(" ", half, end)
    return space + 1 if space >= 0 else end
