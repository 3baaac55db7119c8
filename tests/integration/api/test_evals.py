"""Evaluations over HTTP, in a home that is the sample's."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from embeddings import Encoder
from eval.evaluation.evaluate import evaluate_collection
from eval.gold.jsonl import gold_of
from eval.reports.figures import figures
from eval.runs.run import load
from rag import Collection
from tests.waiting import PATIENCE_S, wait_until

pytestmark = pytest.mark.slow

Body = dict[str, Any]


@pytest.fixture
def home(sample_home: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_home, tmp_path / "home"))


@pytest.fixture
def client(home: Path, encoder: Encoder) -> Iterator[TestClient]:
    with TestClient(create_app(home, encoder, "sample"), base_url="http://127.0.0.1") as made:
        yield made


@pytest.fixture
def some(gold: list[Body]) -> list[Body]:
    """Every tenth question of the sample's gold set, and one that has no answer."""
    unanswerable = next(each for each in gold if each.get("unanswerable"))
    return [*(each for each in gold[::10] if each is not unanswerable), unanswerable]


def ended(client: TestClient, job_id: str) -> Body:
    ends = time.monotonic() + PATIENCE_S
    while True:
        job: Body = client.get(f"/v1/evals/{job_id}").json()
        if job["ended_at"] is not None:
            return job
        assert time.monotonic() < ends, job
        time.sleep(0.1)


def test_an_evaluation_finds_what_the_command_finds(
    client: TestClient, some: list[Body], sample: Collection, tmp_path: Path
) -> None:
    response = client.post("/v1/evals", json={"questions": some, "name": "tenth"})
    assert response.status_code == 202, response.text
    job = response.json()
    assert (job["kind"], job["collection"]) == ("evaluation", "sample")
    assert job["asked"] == {"name": "tenth", "questions": len(some), "ranking": "hybrid"}
    assert response.headers["location"] == f"/v1/jobs/{job['id']}"
    done = ended(client, job["id"])
    assert (done["state"], done["progress"]["done"]) == ("done", len(some))

    def bar(_total: int, _unit: str) -> nullcontext[Any]:
        return nullcontext(lambda _count: None)

    expected = evaluate_collection(gold_of("x", enumerate(some), "item"), sample, "hybrid", bar)
    found = done["result"]["figures"]
    assert found["gold"] == "jsonl:tenth"
    wanted = figures(expected.results)
    for group in ("single", "mixed", "mean"):
        assert found[group] == wanted[group], group
    assert found.keys() - {"gold", "questions", "encoder", "ranking"} == wanted.keys()
    saved = tmp_path / "run.json"
    saved.write_bytes(client.get(f"/v1/evals/{job['id']}/run").content)
    run = load(saved)
    assert [each.found[:1] for each in run.results] == [e.found[:1] for e in expected.results]
    (listed,) = client.get("/v1/jobs", params={"kind": "evaluation"}).json()["jobs"]
    assert listed["id"] == job["id"]
    assert client.get("/v1/jobs", params={"kind": "import"}).json()["jobs"] == []


def test_what_cannot_be_evaluated_is_refused_at_once(
    client: TestClient, some: list[Body], home: Path
) -> None:
    def refused(questions: list[Body], **more: str) -> str:
        response = client.post("/v1/evals", json={"questions": questions, **more})
        assert response.status_code in (404, 422), response.text
        detail: str = response.json()["detail"]
        return detail

    relevant = [{"article_id": "no-such", "quote": "words"}]
    assert "'no-such'" in refused([{**some[0], "relevant": relevant}])
    relevant = [{**some[0]["relevant"][0], "quote": "words that stand nowhere in it"}]
    assert "is not in the article" in refused([{**some[0], "relevant": relevant}])
    assert "its id" in refused([some[0], some[0]])
    assert "unanswerable" in refused([{"id": "x", "question": "y", "language": "vi"}])
    assert "language" in refused([{**some[0], "language": "??"}])
    assert "no collection" in refused(some, collection="elsewhere")
    assert str(home) not in refused(some, collection="elsewhere")
    refused([])
    refused([{**some[0], "grade": 3}])
    assert client.get("/v1/jobs").json()["jobs"] == []
    # What was stored for a job is removed after the refusal, so that no answer waits for the disk.
    wait_until(lambda: not list((home / "jobs").glob("*")))


def test_an_evaluation_can_be_cancelled_and_has_no_run(
    client: TestClient, gold: list[Body]
) -> None:
    job_id = client.post("/v1/evals", json={"questions": gold}).json()["id"]
    wait_until(lambda: client.get(f"/v1/jobs/{job_id}").json()["progress"]["done"] > 0)
    client.post(f"/v1/jobs/{job_id}/cancel")
    assert ended(client, job_id)["state"] == "cancelled"
    missing = client.get(f"/v1/evals/{job_id}/run")
    assert missing.status_code == 404
    assert client.get("/v1/evals/nothing").status_code == 404


def test_an_evaluation_goes_on_after_a_restart(
    home: Path, encoder: Encoder, gold: list[Body]
) -> None:
    with TestClient(create_app(home, encoder, "sample"), base_url="http://127.0.0.1") as client:
        job_id = client.post("/v1/evals", json={"questions": gold[:30]}).json()["id"]
        wait_until(lambda: client.get(f"/v1/jobs/{job_id}").json()["progress"]["done"] > 0)
    with TestClient(create_app(home, encoder, "sample"), base_url="http://127.0.0.1") as client:
        done = ended(client, job_id)
    assert (done["state"], done["result"]["figures"]["questions"]) == ("done", 30)
    assert not list((home / "jobs").glob("*"))


def test_an_evaluation_of_a_collection_that_has_gone_fails_and_makes_none(
    home: Path, encoder: Encoder, some: list[Body]
) -> None:
    app = create_app(home, encoder, "sample")
    client = TestClient(app, base_url="http://127.0.0.1")
    # Nothing works on jobs yet: the application has not been started.
    Collection.open_or_create(home, "brief", encoder).close()
    empty = [{"id": "u", "question": "Who?", "language": "en", "unanswerable": True}]
    job_id = client.post("/v1/evals", json={"questions": empty, "collection": "brief"}).json()["id"]
    assert client.delete("/v1/collections/brief").status_code == 204
    with client:
        done = ended(client, job_id)
    assert done["state"] == "failed"
    assert "brief" in done["error"]
    assert not (home / "collections" / "brief").exists()


@pytest.mark.parametrize("question", ["hanoi " * 600, "\0"])
def test_a_question_that_cannot_be_asked_is_refused_at_once(
    client: TestClient, some: list[Body], question: str
) -> None:
    asked = [*some, {"id": "bad", "question": question, "language": "en", "unanswerable": True}]
    response = client.post("/v1/evals", json={"questions": asked})
    assert response.status_code == 422
    assert repr(question[:40]) in response.json()["detail"]
    assert client.get("/v1/jobs").json()["jobs"] == []
