"""Evaluations: how well a collection answers questions with known answers."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated, Any

from fastapi import HTTPException, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from api.auth.scopes import READ, WRITE
from api.description import new_router
from api.error_responses import PROBLEMS
from api.idempotency.route import IdempotentRoute
from api.jobs.evaluation import GOLD
from api.jobs.store import new_id
from api.routes.jobs import accept, check_queue, read_or_404
from api.service import Service, ServiceOf
from rag import Collection
from rag.collection.paths import DEFAULT_COLLECTION
from tamngu.records.job import EvaluationAsked, Job, Progress
from tamngu.records.request import RankingName

router = new_router(
    prefix="/v1/evals", tags=["evaluation"], responses=PROBLEMS, route_class=IdempotentRoute
)

Text = Annotated[str, Field(min_length=1, max_length=10_000)]


class RelevantBody(BaseModel):
    """An article that answers a question, and the part of its text that does."""

    model_config = ConfigDict(extra="forbid")

    article_id: Text = Field(examples=["vi-hoi-dong-nhan-quyen-2026-2028"])
    quote: Text


class GoldQuestionBody(BaseModel):
    """A question and its answers: a line of a gold set for ``tamngu eval run``."""

    model_config = ConfigDict(extra="forbid")

    id: Text = Field(examples=["hrc-votes"])
    question: Text = Field(
        examples=[
            "How many votes did Viet Nam get?",
            "Việt Nam được bao nhiêu phiếu?",
            "越南得了多少票?",
        ]
    )
    language: Text = Field(examples=["en", "vi", "zh"])
    relevant: list[RelevantBody] = Field(default=[], max_length=1000, fail_fast=True)
    unanswerable: bool = False
    answers: list[Text] = Field(default=[], max_length=100, fail_fast=True)
    tags: list[Text] = Field(default=[], max_length=100, fail_fast=True)


class EvaluationRequest(BaseModel):
    """A gold set about a collection's articles.

    Attributes:
        questions: each with its answers, or marked unanswerable.
        name: of the gold set; the run contains it.
        collection: to evaluate; default: the one that the service was started with.
        ranking: ``hybrid``, or for comparison ``dense`` (cosine alone) or ``bm25``. The names of
            version 0.1 (``fair``, ``plain``, ``words``) are accepted too.
    """

    model_config = ConfigDict(extra="forbid")

    # The first wrong question ends the check, because each one takes time on the event loop.
    questions: list[GoldQuestionBody] = Field(min_length=1, max_length=100_000, fail_fast=True)
    name: str = Field(default="questions", min_length=1, max_length=100)
    collection: str | None = Field(default=None, examples=[DEFAULT_COLLECTION])
    ranking: RankingName = "hybrid"


@router.post("", status_code=202, dependencies=WRITE)
async def start_evaluation(
    request: EvaluationRequest, response: Response, service: ServiceOf
) -> Job:
    """Start a job that asks a collection all questions; its result has the figures."""
    collection = await service.pool.run(service.collection, request.collection)
    await service.lookups.run(check_queue, service)
    job_id = new_id()
    asked = EvaluationAsked(request.name, len(request.questions), request.ranking)
    try:
        # This pool waits for the function to end, so nothing is stored after the job was abandoned.
        await service.changes.run(_store, service, job_id, request, collection)
        start = Progress(unit="questions", total=asked.questions)
        job = await run_in_threadpool(service.jobs.store.add, job_id, collection.name, asked, start)
    except BaseException:
        # A request that was cancelled cannot wait for this.
        asyncio.get_running_loop().run_in_executor(None, service.jobs.abandon, job_id)
        raise
    return accept(service, response, job)


@router.get("/{job_id}", dependencies=READ)
async def read_evaluation(job_id: str, service: ServiceOf) -> Job:
    """Return an evaluation; when it is done, it has its figures."""
    return await _evaluation(service, job_id)


@router.get("/{job_id}/run", response_model=dict[str, Any], dependencies=READ)
async def read_run(job_id: str, service: ServiceOf) -> Response:
    """Return the results of all questions: a file for ``tamngu eval compare`` and ``report``."""
    job = await _evaluation(service, job_id)
    content = await service.lookups.run(service.jobs.runs.read, job.id)
    if content is None:
        raise HTTPException(404, f"The evaluation {job.id} has no run, or its run was removed")
    headers = {"Content-Disposition": f'attachment; filename="{job.id}.json"'}
    return Response(content, media_type="application/json", headers=headers)


def _store(
    service: Service, job_id: str, request: EvaluationRequest, collection: Collection
) -> None:
    """Store the gold set for its job, if it fits the collection.

    Raises:
        HTTPException: 422, it does not fit.
    """
    from eval.evaluation.on_collection import article_languages
    from eval.gold.gold_set import BadGoldSet
    from eval.gold.jsonl import gold_of

    questions = [body.model_dump() for body in request.questions]
    try:
        article_languages(collection, gold_of("questions", enumerate(questions), "item"))
    except BadGoldSet as error:
        raise HTTPException(422, str(error).removesuffix(".")) from error
    folder = service.jobs.folders.create(job_id)
    lines = "".join(f"{json.dumps(each)}\n" for each in questions)
    (folder / GOLD).write_text(lines, encoding="utf-8")
    service.jobs.folders.sync(job_id)


async def _evaluation(service: Service, job_id: str) -> Job:
    job = await read_or_404(service, job_id)
    if job.kind != "evaluation":
        raise HTTPException(404, f"There is no evaluation {job_id[:64]!r}")
    return job
