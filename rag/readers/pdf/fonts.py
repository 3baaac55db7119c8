"""Which letters the fonts of a PDF file show: text in old fonts, and fonts that do not say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.readers.letters.fonts import by_fonts
from rag.readers.letters.language_like import Verdict, verdict
from rag.readers.pdf.lines import Part, TextRun
from rag.text.legacy.misread import restored_parts

# All these numbers were chosen manually; they are not tuned.
_UNMAPPED = 0.5
"""Share of a font's characters that are only codes, from which on it has to be language to stay."""
_MOST_LOST = 0.8
"""Share of a page's characters in fonts that do not say, from which on the page is left out."""
_SAID, _SAID_SHARE = 20, 0.05
"""Characters that a page has lost, and their share, from which on that is said; fewer are bullets
and the like."""

_Pages = Sequence[Sequence[Sequence[TextRun]]]
"""For each page and each direction of text, its runs."""

_CODE = "\ufffd"


@dataclass(frozen=True)
class Readable:
    """What can be read of the pages of a file.

    Attributes:
        pages: the runs, in Unicode, without what cannot be read.
        lost: indices of the pages on which text cannot be read.
    """

    pages: list[list[list[TextRun]]]
    lost: tuple[int, ...]


def readable(pages: _Pages) -> Readable:
    """Return the runs of pages whose fonts say which letters they show.

    A font that does not say is told by all that is set in it, and by what is set in it on one page.
    """
    parts = [list(_parts(page)) for page in pages]
    unread = _unread_fonts(part for page in parts for part in page)
    left_out = {(i, font) for i, page in enumerate(parts) for font in unread | _unread_fonts(page)}
    lost = []
    kept: list[list[list[TextRun]]] = []
    for i, page in enumerate(pages):
        sizes: Counter[bool] = Counter()
        for part in parts[i]:
            sizes[(i, part.font) in left_out] += len(part.text.replace(" ", ""))
        much = sizes[True] >= _SAID and sizes[True] >= _SAID_SHARE * sizes.total()
        if much or (sizes[True] and not sizes[False]):
            lost.append(i)
        whole = sizes[True] > _MOST_LOST * sizes.total() and sizes[True]
        kept.append(
            []
            if whole
            else [_kept(runs, {font for at, font in left_out if at == i}) for runs in page]
        )
    return Readable(_in_unicode(kept), tuple(lost))


def _parts(page: Sequence[Sequence[TextRun]]) -> Iterable[Part]:
    return (part for runs in page for run in runs for part in run.parts)


def _unread_fonts(parts: Iterable[Part]) -> frozenset[str]:
    """Return the fonts of which the text is no language, or only codes that cannot be told."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    codes: Counter[str] = Counter()
    for part in parts:
        texts[part.font].append(part.text)
        codes[part.font] += part.unmapped
    found = {}
    for (font, _), text in zip(texts.items(), by_fonts(_joined(texts)), strict=True):
        unmapped = codes[font] > _UNMAPPED * len(text.replace(" ", ""))
        found[font] = verdict(text), unmapped
    # Codes that are letters in one font of a file are so in others with less text.
    codes_are_letters = any(
        told is Verdict.LANGUAGE and unmapped for told, unmapped in found.values()
    )
    return frozenset(
        font
        for font, (told, unmapped) in found.items()
        if told is Verdict.CODES or (unmapped and told is Verdict.UNKNOWN and not codes_are_letters)
    )


def _joined(texts: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(font, " ".join(of_font)) for font, of_font in texts.items()]


def _kept(runs: Sequence[TextRun], left_out: set[str]) -> list[TextRun]:
    """Return runs without the parts in some fonts."""
    kept = (
        replace(run, parts=tuple(part for part in run.parts if part.font not in left_out))
        for run in runs
    )
    return [run for run in kept if run.parts]


def _in_unicode(pages: _Pages) -> list[list[list[TextRun]]]:
    """Return runs whose text is that of their parts, with old fonts in Unicode."""
    parts = [part for page in pages for part in _parts(page)]
    found = by_fonts([(part.font, part.text.replace(_CODE, "")) for part in parts])
    # Many files name their fonts in ways of their own.
    texts = iter(restored_parts(found))
    renewed = (
        [
            [replace(run, text="".join(next(texts) for _ in run.parts)) for run in runs]
            for runs in page
        ]
        for page in pages
    )
    return [[[run for run in runs if run.text.strip()] for runs in page] for page in renewed]
