"""Reranking in the forms of Jina's and Cohere's APIs, for pipelines that search elsewhere."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import HTTPException
from pydantic import BaseModel, ConfigDict, Field

from api.auth.scopes import READ
from api.description import new_router
from api.error_responses import PROBLEMS
from api.jobs.store import new_id
from api.service import Service, ServiceOf
from rag.retrieval.reranking import relevance
from rag.text.cleaning import clean
from tamngu.records.request import MAX_QUESTION_CHARACTERS

MODEL = "tamngu-rerank"
"""What a response names as its model; a request may name any."""

_MOST = 1000
_LONGEST = 50_000
"""Documents of a request, and characters of one of them. Chosen manually, not tuned."""

router = new_router(tags=["questions"], responses=PROBLEMS, dependencies=READ)


class TextDocument(BaseModel):
    """A document as an object; other members are passed over."""

    model_config = ConfigDict(extra="ignore")

    text: str = Field(max_length=_LONGEST)


class RerankRequest(BaseModel):
    """Documents to order by how well they answer a question.

    Members of the two APIs that change nothing here are passed over.

    Attributes:
        query: the question, in any language.
        documents: texts in any languages, or objects with ``text``.
        top_n: results wanted; default: all.
        return_documents: whether each result has its document.
        model: any name.
    """

    model_config = ConfigDict(
        extra="ignore",
        json_schema_extra={
            "examples": [
                {
                    "model": MODEL,
                    "query": "老挝何时加入东盟？",
                    "documents": ["Lào gia nhập ASEAN năm 1997.", "Giá cà phê tăng."],
                    "top_n": 1,
                }
            ]
        },
    )

    query: str = Field(min_length=1, max_length=MAX_QUESTION_CHARACTERS)
    documents: list[Annotated[str, Field(max_length=_LONGEST)] | TextDocument] = Field(
        min_length=1, max_length=_MOST, fail_fast=True
    )
    top_n: int | None = Field(default=None, ge=1)
    return_documents: bool = False
    model: str = Field(default=MODEL, max_length=200)

    def texts(self) -> list[str]:
        """Return the texts of all documents."""
        return [each if isinstance(each, str) else each.text for each in self.documents]


class RerankedDocument(BaseModel):
    """The text of a document."""

    text: str


class RerankResult(BaseModel):
    """A document's place in the order.

    Attributes:
        index: its place in the request, from 0.
        relevance_score: how well it answers, 0 to 1.
        document: its text, if that was asked for.
    """

    index: int
    relevance_score: float
    document: RerankedDocument | None = None


class Usage(BaseModel):
    """What was read."""

    total_tokens: int


class RerankResponse(BaseModel):
    """Documents, the one that answers best first, with the members of both APIs.

    Attributes:
        id: of the response.
        model: that ordered them.
        results: the best documents.
        usage: as Jina's API says it.
        meta: as Cohere's API says it.
    """

    id: str
    model: str
    results: list[RerankResult]
    usage: Usage
    meta: dict[str, Any]


@router.post("/v1/rerank", response_model_exclude_none=True)
async def rerank_documents(request: RerankRequest, service: ServiceOf) -> RerankResponse:
    """Order documents by how well they answer a question, as Jina's and Cohere's APIs do.

    With a reader, the value of the best fifty documents is the probability that they hold the
    answer; without one, and for all others, it says how alike they are.
    """
    return await service.pool.run(_reranked, service, request)


@router.post("/v2/rerank", response_model_exclude_none=True, include_in_schema=False)
async def rerank_documents_v2(request: RerankRequest, service: ServiceOf) -> RerankResponse:
    """Do the same where clients of the second version of Cohere's API ask for it."""
    return await service.pool.run(_reranked, service, request)


def _reranked(service: Service, request: RerankRequest) -> RerankResponse:
    question = " ".join(clean(request.query).split())
    if not any(map(str.isalnum, question)):
        raise HTTPException(422, "query: it is empty; ask something in words")
    counts = service.encoder.count_tokens([question])
    if counts[0] > service.encoder.max_question_tokens:
        raise HTTPException(
            422,
            f"query: it has {counts[0]} tokens; the model reads at most "
            f"{service.encoder.max_question_tokens}",
        )
    texts = [clean(text) for text in request.texts()]
    for place, text in enumerate(texts):
        if not text.strip():
            raise HTTPException(422, f"documents.{place}: it is empty")
    scores = relevance(service.encoder, service.reader, question, texts)
    order = sorted(range(len(texts)), key=lambda place: -scores[place])[: request.top_n]
    tokens = counts[0] + sum(service.encoder.count_tokens(texts))
    given = request.texts()
    return RerankResponse(
        id=new_id(),
        model=MODEL,
        results=[
            RerankResult(
                index=place,
                relevance_score=round(scores[place], 6),
                document=RerankedDocument(text=given[place]) if request.return_documents else None,
            )
            for place in order
        ],
        usage=Usage(total_tokens=tokens),
        meta={"api_version": {"version": "1"}, "billed_units": {"search_units": 1}},
    )
