"""How much each part counts in the score of a passage."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RankingWeights:
    """How much each part of a score counts; a part that is missing leaves its weight to the others.

    Tuned in coarse steps on questions of ViQuAD 2, CMRC 2018, DRCD and SQuADShifts, and on 160
    questions of our own that ask in another language about the same paragraphs.

    Attributes:
        sentence: the best sentence, against the passage as a whole.
        late: late interaction, against both of them.
        lexical: BM25 in the question's own language, added to the score; a BM25 score that is one
            standard deviation above those of the other candidates adds this much.
        crossing: BM25 of the question's names and numbers in another language, added the same way.
    """

    sentence: float = 0.6
    late: float = 0.6
    lexical: float = 0.3
    crossing: float = 0.1


DEFAULT_WEIGHTS = RankingWeights()
