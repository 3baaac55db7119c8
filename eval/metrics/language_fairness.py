"""Language fairness of a ranking: the ranks that passages of each language get in one list."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import mean

DEPTH = 10


def same_language_share(language: str, languages: Sequence[str], depth: int = DEPTH) -> float:
    """Return the share of the first results in the question's language; 0 if nothing was found.

    >>> same_language_share("vi", ["vi", "zh", "en", "vi"])
    0.5
    """
    first = languages[:depth]
    return sum(each == language for each in first) / len(first) if first else 0.0


def rank_distance(
    found: Sequence[str], relevant: Mapping[str, str], depth: int = 100
) -> float | None:
    """Return the mean distance in ranks between the answers in different languages.

    The result is None if all answers are in one language. An answer that is not among the first
    ``depth`` results counts as rank ``depth + 1``.

    Args:
        found: ids, best first.
        relevant: language of each answering id.
        depth: number of ranks that count.

    >>> rank_distance(["a", "x", "y", "b"], {"a": "vi", "b": "zh"})
    3
    """
    ranks = {name: rank for rank, name in enumerate(found[:depth], start=1)}
    best: dict[str, int] = {}
    for name, language in relevant.items():
        rank = ranks.get(name, depth + 1)
        best[language] = min(best.get(language, rank), rank)
    if len(best) < 2:
        return None
    return mean(abs(one - other) for one, other in combinations(best.values(), 2))


def awrf(languages: Sequence[str], relevant: Sequence[str], depth: int = DEPTH) -> float:
    """Return the attention-weighted rank fairness of languages, 0 to 1; 1 is fair.

    Attention falls with the logarithm of the rank. Each language's share of the attention is
    compared with its share of the answers. The score is 1 minus the Jensen-Shannon divergence of
    the two, in bits (Sapiezynski et al., 2019; TREC 2021 Fair Ranking Track). PEER (Yang et al.,
    2024) is not used: it tests the ranks of several answers per language, and parallel sets have
    one answer per language.

    Args:
        languages: of the results, best first.
        relevant: language of each answer, at least one.
        depth: number of ranks that count.

    >>> round(awrf(["vi", "zh"], ["vi", "zh"]), 2), awrf(["vi", "vi"], ["zh"])
    (0.99, 0.0)
    """
    from scipy.spatial.distance import jensenshannon

    names = sorted({*languages[:depth], *relevant})
    attention = dict.fromkeys(names, 0.0)
    for rank, language in enumerate(languages[:depth], start=1):
        attention[language] += 1 / math.log2(rank + 1)
    if not any(attention.values()):
        return 0.0
    wanted = Counter(relevant)
    distance = jensenshannon(list(attention.values()), [wanted[name] for name in names], base=2)
    return 1 - float(distance) ** 2
