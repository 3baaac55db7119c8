"""What is asked of a collection: a question, and all that can be said beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar, Literal, get_args

from annotated_types import Ge, Le, MaxLen

from tamngu.records.filter import Filter
from tamngu.records.language import parse_tag
from tamngu.records.stream_safe import stream_safe

DEFAULT_TOP_K = 10
"""Hits returned when the request does not say how many."""

MAX_TOP_K = 100
"""Hits that a request can ask for."""

MAX_CONTEXT = 10
"""Earlier questions that a request can name."""

MAX_QUESTION_CHARACTERS = 10_000
"""Characters that a question can have."""

Ranking = Literal["hybrid", "dense", "bm25"]
"""``hybrid``: see :mod:`rag.retrieval.ranking`. The others are baselines: the cosine of the passage
alone, and BM25 alone; see :mod:`rag.retrieval.baselines`."""

RANKINGS: tuple[Ranking, ...] = get_args(Ranking)

RankingName = Literal["hybrid", "dense", "bm25", "fair", "plain", "words"]
"""A ranking, or the name that it had in version 0.1."""

_FORMER_NAMES: dict[str, Ranking] = {"fair": "hybrid", "plain": "dense", "words": "bm25"}

Prefer = Literal["own"]

_JSON_NAMES = {"top_k": "k", "include_duplicates": "copies"}
"""Fields whose names in JSON differ. They are those of version 0.1, which clients rely on."""

_EXAMPLES = [
    {"question": "Việt Nam gia nhập Liên Hợp Quốc năm nào?"},
    {"question": "越南以多少票当选安理会非常任理事国？", "k": 5},
    {"question": "Who chairs ASEAN?", "languages": ["vi", "zh"]},
]


class BadRequest(ValueError):
    """A request with a value that cannot be; the message says which, without a full stop."""


@dataclass(frozen=True)
class SearchRequest:
    """A question, and what narrows the search for its answer.

    Of more than 30 combining marks in a row, the question, the sources and the tags keep the first
    30, as articles do; see :func:`tamngu.records.stream_safe.stream_safe`.

    Attributes:
        question: in any language.
        top_k: passages wanted, from 1 to 100.
        language: the language tag of the question; default: identified from its text.
        languages: language tags of the passages to look at; default: all.
        prefer: ``own`` puts the question's own language first where scores hardly differ; default:
            the best passage comes first, whichever language it is in.
        sources: only articles of one of these sources.
        tags: only articles with at least one of these tags.
        published_from: only articles published on this day or later.
        published_to: only articles published on this day or earlier.
        article_ids: only these articles.
        include_duplicates: show every copy of an article that appeared in several places; default:
            the best-placed copy, which names the others.
        ranking: what passages are ordered by; a name of version 0.1 is replaced by the present one.
        read: also read the best passages together with the question, and order them by what is
            found there.
        context: the questions asked before this one, oldest first, at most 10. If this question
            leaves out what they name, it is completed with it: "and in 2019?".
        without: texts that an answer said it had carried over from them, and that are not to be.

    Raises:
        BadRequest: a value is out of range, is not a language tag, or contradicts another value.
    """

    question: str
    top_k: Annotated[int, Ge(1), Le(MAX_TOP_K)] = DEFAULT_TOP_K
    language: str | None = None
    languages: Annotated[Sequence[str], MaxLen(100)] | None = None
    prefer: Prefer | None = None
    sources: Annotated[Sequence[str], MaxLen(1000)] | None = None
    tags: Annotated[Sequence[str], MaxLen(1000)] | None = None
    published_from: date | None = None
    published_to: date | None = None
    article_ids: Annotated[Sequence[str], MaxLen(10_000)] | None = None
    include_duplicates: bool = False
    ranking: Ranking = "hybrid"
    read: bool = False
    context: Annotated[Sequence[str], MaxLen(MAX_CONTEXT)] = ()
    without: Annotated[Sequence[str], MaxLen(100)] = ()

    # Read by pydantic, where a request comes or goes as JSON.
    __pydantic_config__: ClassVar[dict[str, object]] = {
        "extra": "forbid",
        "alias_generator": lambda name: _JSON_NAMES.get(name, name),
        "json_schema_extra": {"examples": _EXAMPLES},
    }

    def __post_init__(self) -> None:
        """Check the values."""
        # A longer question is refused where it is asked, before anything normalises it.
        if len(self.question) <= MAX_QUESTION_CHARACTERS:
            object.__setattr__(self, "question", stream_safe(self.question))
        for name in ("sources", "tags"):
            values = getattr(self, name)
            if values is not None and not all(map(str.isascii, values)):
                object.__setattr__(self, name, [stream_safe(value) for value in values])
        if len(self.context) > MAX_CONTEXT:
            raise BadRequest(f"context has more than {MAX_CONTEXT} questions; name the last ones")
        if not 1 <= self.top_k <= MAX_TOP_K:
            raise BadRequest(f"top_k is {self.top_k}; it goes from 1 to {MAX_TOP_K}")
        if self.language is not None:
            _check_tag("language", self.language)
        for number, tag in enumerate(self.languages or ()):
            _check_tag(f"languages.{number}", tag)
        if self.published_from and self.published_to and self.published_from > self.published_to:
            raise BadRequest("published_from is after published_to")
        ranking = ranking_named(self.ranking)
        if ranking is None:
            raise BadRequest(f"ranking is {self.ranking!r}; it is one of {', '.join(RANKINGS)}")
        object.__setattr__(self, "ranking", ranking)
        if self.read and ranking != "hybrid":
            raise BadRequest(f"ranking is {ranking!r}; reading needs 'hybrid'")

    @property
    def filters(self) -> Filter:
        """The conditions on articles."""
        return Filter(
            languages=(
                None if self.languages is None else [parse_tag(tag).code for tag in self.languages]
            ),
            sources=self.sources,
            tags=self.tags,
            published_from=self.published_from,
            published_to=self.published_to,
            article_ids=self.article_ids,
        )


@dataclass(frozen=True)
class AskRequest(SearchRequest):
    """A search request whose answer is wanted.

    Attributes:
        abstain_below: confidence below which the answer is that the collection does not hold one;
            0: always answer; default: what the service was started with, or
            :data:`rag.answering.abstention.ABSTAIN_BELOW`.
        read: as in a search, but on unless it is said otherwise.
    """

    read: bool = True
    abstain_below: Annotated[float, Ge(0), Le(1)] | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        super().__post_init__()
        if self.ranking != "hybrid":
            raise BadRequest(
                f"ranking is {self.ranking!r}; an answer needs 'hybrid', because its confidence is "
                "fitted on that"
            )
        if self.abstain_below is not None and not 0 <= self.abstain_below <= 1:
            raise BadRequest(f"abstain_below is {self.abstain_below}; it goes from 0 to 1")


def _check_tag(place: str, tag: str) -> None:
    try:
        parse_tag(tag)
    except ValueError as error:
        raise BadRequest(f"{place}: {error}") from None


def ranking_named(name: str) -> Ranking | None:
    """Return the ranking of a name, which may be that of version 0.1; None for other names.

    >>> ranking_named("dense"), ranking_named("plain"), ranking_named("cosine")
    ('dense', 'dense', None)
    """
    named: dict[str, Ranking] = {ranking: ranking for ranking in RANKINGS}
    return (named | _FORMER_NAMES).get(name)
