"""The result of an ingest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from tamngu.records.rejection import MAX_REJECTIONS, Rejection


@dataclass
class IngestReport:
    """How many articles an ingest stored, and what it could not read.

    Attributes:
        added: number of articles that were not stored before.
        updated: number of articles that had changed.
        unchanged: number of articles that were already stored with the same content.
        removed: number of articles that are no longer in the files; only if pruning was requested.
        passages: number of passages that were stored.
        rejected: what could not be read, with the reasons; at most
            :data:`tamngu.records.rejection.MAX_REJECTIONS`.
        more_rejected: number of documents and parts beyond those.
        other_languages: number of added and updated articles by language, for languages other than
            Vietnamese, Chinese and English.
        took_s: seconds.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    more_rejected: int = 0
    other_languages: dict[str, int] = field(default_factory=dict)
    took_s: float = 0.0

    @property
    def rejected_count(self) -> int:
        """Number of documents and parts that could not be read."""
        return sum(each.count for each in self.rejected) + self.more_rejected

    def reject(self, rejections: Iterable[Rejection]) -> None:
        """Add rejections; beyond a number they are only counted."""
        for each in rejections:
            if len(self.rejected) < MAX_REJECTIONS:
                self.rejected.append(each)
            else:
                self.more_rejected += each.count

    def __add__(self, other: IngestReport) -> IngestReport:
        """Return the sum of two results."""
        both = [*self.rejected, *other.rejected]
        return IngestReport(
            self.added + other.added,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.removed + other.removed,
            self.passages + other.passages,
            both[:MAX_REJECTIONS],
            self.more_rejected
            + other.more_rejected
            + sum(each.count for each in both[MAX_REJECTIONS:]),
            dict(Counter(self.other_languages) + Counter(other.other_languages)),
            round(self.took_s + other.took_s, 3),
        )
