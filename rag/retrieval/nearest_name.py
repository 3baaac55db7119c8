"""Which of some names is nearest to one that a person wrote."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import islice

from rag.index.held_labels import label_form

_COMPARED = 2000
"""Names whose letters are compared one by one, about 50 microseconds each. Chosen manually, not
tuned."""

_READ = 100_000
"""Names that are looked at. Chosen manually, not tuned."""

_LONGEST = 100
"""Characters of a name that are compared: the time of a comparison grows with their square."""

_SIMILAR = 0.6
"""Share of equal characters from which on a name is near; the default of :mod:`difflib`."""

_SHORTEST_PART = 3
"""Characters that a part of a name needs to stand for it. A Han character counts as three."""


def nearest_name(name: str, names: Sequence[str]) -> str | None:
    """Return the name that is nearest to a given one, None if none is near.

    The nearest one differs in diacritics and marks alone; else it contains the given name, or is
    contained in it; else it has most of its letters in their order.

    >>> nearest_name("Tuoi tre", ["Thanh Niên", "Tuổi Trẻ Online", "Tuổi Trẻ"])
    'Tuổi Trẻ'
    """
    wanted = _bare(name)
    if not wanted:
        return None
    best: tuple[float, str] | None = None
    similar: list[tuple[str, str]] = []
    for each in islice(names, _READ):
        bare = _bare(each)
        if bare == wanted:
            return each
        if _is_part(wanted, bare) or _is_part(bare, wanted):
            share = min(len(bare), len(wanted)) / max(len(bare), len(wanted))
            if best is None or share > best[0]:
                best = share, each
        elif best is None and len(similar) < _COMPARED and _may_be_similar(wanted, bare):
            similar.append((bare, each))
    if best is not None:
        return best[1]
    shares = ((_share(wanted, bare), each) for bare, each in similar)
    share, near = max(shares, default=(0.0, ""), key=lambda pair: pair[0])
    return near if share >= _SIMILAR else None


def _bare(name: str) -> str:
    """Return the letters and digits of a name, without diacritics."""
    decomposed = unicodedata.normalize("NFKD", label_form(name[: 4 * _LONGEST])).replace("đ", "d")
    return "".join(filter(str.isalnum, decomposed))[:_LONGEST]


def _is_part(part: str, whole: str) -> bool:
    return len(part.encode()) >= _SHORTEST_PART and part in whole


def _may_be_similar(one: str, other: str) -> bool:
    """Tell whether the lengths of two names allow that they are similar."""
    return 2 * min(len(one), len(other)) >= _SIMILAR * (len(one) + len(other))


def _share(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.quick_ratio() < _SIMILAR:
        return 0.0
    return matcher.ratio()
