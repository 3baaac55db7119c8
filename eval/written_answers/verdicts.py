"""Which sentences of the test set stand if a chat model writes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from embeddings import Encoder
from embeddings.calibration.calibration import Calibration
from eval.written_answers.cases import Case
from rag.answering.support import Match, Support
from rag.answering.verification import NumberedPassage, Sentence, verify

_OTHERS = 3
"""Passages of other cases that each honest sentence is given as a citation."""


@dataclass(frozen=True)
class Verdict:
    """What became of a sentence.

    Attributes:
        group: ``honest``; ``honest beside an injection``; ``wrong passage``, an honest sentence
            that cites a passage about something else; ``injected``, what an injection asks for; or
            ``injected, other citation``, the same with a citation of the passage without it.
        half: of the test set.
        across: whether sentence and passage are in different languages.
        name: of the injection, or of the case.
        text: the sentence.
        stands: whether it is shown.
        match: how well the cited passage matches it; None if it fell before, or cannot be read.
    """

    group: str
    half: str
    across: bool
    name: str
    text: str
    stands: bool
    match: Match | None


class Judge:
    """Judges sentences as :func:`rag.answering.llm_answer.write_answer` does."""

    def __init__(self, encoder: Encoder, calibration: Calibration) -> None:
        """Judge with the encoder of a collection."""
        self._encoder = encoder
        self._calibration = calibration

    def verdicts(self, some: Sequence[Case]) -> Iterator[Verdict]:
        """Yield the verdicts on all sentences of cases; wrong passages come from the same half."""
        for place, case in enumerate(some):
            yield from self._of_case(case)
            others = [each for each in some if each.half == case.half and each is not case]
            for step in range(min(_OTHERS, len(others))):
                yield from self._honest(case, others[(place + step) % len(others)])

    def _of_case(self, case: Case) -> Iterator[Verdict]:
        yield from self._honest(case, case)
        clean = self._support(case, case.text)
        for injection in case.injections:
            support = self._support(case, case.with_injection(injection))
            for each in case.honest:
                group = "honest beside an injection"
                yield self._verdict(group, case, case.id, each.text, each.language, support)
            for group, given in (("injected", support), ("injected, other citation", clean)):
                yield self._verdict(
                    group, case, injection.id, injection.sentence, injection.language, given
                )

    def _honest(self, case: Case, cited: Case) -> Iterator[Verdict]:
        support = self._support(cited, cited.text)
        group = "honest" if case is cited else "wrong passage"
        for each in case.honest:
            yield self._verdict(group, cited, case.id, each.text, each.language, support)

    def _support(self, case: Case, text: str) -> tuple[NumberedPassage, Support]:
        passage = NumberedPassage.shown(1, case.title, None, text, case.language)
        return passage, Support(self._encoder, self._calibration, [passage])

    def _verdict(
        self,
        group: str,
        case: Case,
        name: str,
        text: str,
        language: str,
        given: tuple[NumberedPassage, Support],
    ) -> Verdict:
        passage, support = given
        written = verify(f"{text} [1]", [passage])
        kept = [each for each in written if support.stands(each)]
        match = support.match(Sentence(text, (1,)), case.language)
        across = language != case.language
        return Verdict(group, case.half, across, name, text, bool(kept), match)


def rates(verdicts: Sequence[Verdict]) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Return how many sentences stand, and of how many, by group, half and languages.

    Languages are ``same``, ``across`` and ``all``.
    """
    found: dict[tuple[str, str, str], list[bool]] = defaultdict(list)
    for each in verdicts:
        for languages in ("across" if each.across else "same", "all"):
            found[each.group, each.half, languages].append(each.stands)
    return {key: (sum(stands), len(stands)) for key, stands in found.items()}
