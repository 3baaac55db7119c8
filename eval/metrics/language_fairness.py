"""Whether a ranking treats languages alike: where passages of each language stand in one list."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from statistics import mean

DEPTH = 10


def same_language_share(language: str, languages: Sequence[str], depth: int = DEPTH) -> float:
    """Return how many of the first are in the question's language; 0 where nothing was found.

    >>> same_language_share("vi", ["vi", "zh", "en", "vi"])
    0.5
    """
    first = languages[:depth]
    return sum(each == language for each in first) / len(first) if first else 0.0


def rank_distance(
    found: Sequence[str], relevant: Mapping[str, str], depth: int = 100
) -> float | None:
    """Return how many ranks apart the answers in different languages are, on average.

    None where one language alone answers. An answer beyond the depth stands just behind it.

    Args:
        found: ids, best first.
        relevant: the language of each id that answers.
        depth: ranks that are looked at.

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
    """Return how well the attention that languages get fits what answers, 0 to 1; 1 is fair.

    Attention-weighted rank fairness: attention falls with the logarithm of the rank, each
    language's share of it is compared with its share of what answers, and 1 less the
    Jensen-Shannon divergence (in bits) is the score (Sapiezynski et al., 2019; as the TREC 2021
    Fair Ranking Track has it). PEER (Yang et al., 2024) tests the ranks of several answers a
    language, and says nothing where each language has one, as in parallel sets.

    Args:
        languages: of what was found, best first.
        relevant: the language of each answer, at least one.
        depth: ranks that are looked at.

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
