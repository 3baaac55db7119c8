"""Targets: settings, gold sets, runs, and exports of collections."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

from api.settings import read_settings
from embeddings import TamnguError
from embeddings.options import EncoderOptions
from eval.gold.formats import read_gold
from eval.metrics.ranking_metrics import measure
from eval.runs.run import load
from eval.runs.trec import read_qrels, read_trec_run
from rag.answering.chat import Chat
from rag.isolation.limits import Limits
from tests.fuzz import exports
from tests.fuzz.mutations import changed
from tests.fuzz.seeds import VI
from tests.fuzz.structures import json_changed, lines_changed, of_kind
from tests.fuzz.target import Run, Target, must, outcome_of

_ENVIRONMENT = {
    "TAMNGU_SERVE_THREADS": "2",
    "TAMNGU_SERVE_TIMEOUT_S": "1.5",
    "TAMNGU_SERVE_MAX_BODY_BYTES": "1000000",
    "TAMNGU_SERVE_CORS_ORIGINS": "https://a.example, https://b.example",
    "TAMNGU_SERVE_ALLOW_PRIVATE_FETCH": "yes",
    "TAMNGU_RUNTIME": "openvino",
    "TAMNGU_PRECISION": "bf16",
    "TAMNGU_OVERLONG": "window",
    "TAMNGU_TRUST_REMOTE_CODE": "no",
    "TAMNGU_QUESTION_CACHE": "10",
    "TAMNGU_ENDPOINT_KEY": "k",
    "TAMNGU_ENDPOINT_TIMEOUT": "2.5",
    "TAMNGU_READ_LIMITS": "cpu_s=60 .pdf:memory_mb=2048",
    "TAMNGU_CHAT_API_KEY": "k",
    "chat": "http://127.0.0.1:1/v1#m",
    "toml": 'threads = 3\ncors_origins = ["https://a.example"]\ntimeout_s = 2.5\n',
}
_QUESTION = {
    "id": "q1",
    "question": "Ai?",
    "language": "vi",
    "relevant": [{"article_id": "a", "quote": "Lào"}],
    "answers": ["Lào"],
    "tags": ["x"],
}
_SQUAD = {
    "data": [
        {
            "title": "Lào",
            "paragraphs": [
                {
                    "context": VI,
                    "qas": [{"id": "1", "question": "Ai?", "answers": [{"text": "Lào"}]}],
                }
            ],
        }
    ]
}
_BEIR = {
    "corpus.jsonl": json.dumps({"_id": "d", "title": "t", "text": VI, "metadata": {}}),
    "queries.jsonl": json.dumps({"_id": "q", "text": "Ai?", "language": "vi"}),
    "qrels/test.tsv": "query-id\tcorpus-id\tscore\nq\td\t1\n",
}
_RUN = {
    "gold": "jsonl:a", "digest": "0", "encoder": "e", "ranking": "hybrid", "settings": {"a": "b"},
    "collection": {"name": "c"}, "took_s": 1.0, "tamngu": "0.2", "format": 1,
    "results": [
        {
            "id": "q", "text": "Ai?", "language": "vi", "cluster": "", "tags": [], "order": ["a"],
            "relevant": {"a": "vi"}, "found": [{"id": "a", "language": "vi", "text": "t"}],
            "single": {"vi": {"mrr": 1.0}}, "mixed": {"mrr": 1.0}, "confidence": 0.5,
            "answer": {"confidence": 0.5, "abstained": False, "citations": 1, "verified": 1},
            "took_ms": 2.0,
        }
    ],
}  # fmt: skip


def file_targets() -> list[Target]:
    """Return the targets."""
    squad = json.dumps(_SQUAD).encode()
    return [
        Target("settings", lambda: [json.dumps(_ENVIRONMENT).encode()], json_changed, _settings),
        _of_file("gold jsonl", [json.dumps(_QUESTION).encode()] * 2, lines_changed, "jsonl"),
        _of_file("gold squad", [squad], json_changed, "squad"),
        _of_file("gold xquad", [squad], json_changed, "xquad"),
        Target("gold beir", lambda: [json.dumps(_BEIR).encode()], _beir_changed, _beir),
        Target("gold run", lambda: [json.dumps(_RUN).encode()], json_changed, _run),
        Target("gold trec", lambda: [b"q Q0 d 1 0.5 t\nq 0 d 1\n"], of_kind("table"), _trec),
        Target(
            "importer", exports.exports, exports.export_changed, lambda: in_folder(exports.imported)
        ),
    ]


def in_folder(run: Callable[[Path, bytes], Hashable]) -> Run:
    """Return what takes inputs, each with an empty folder, and knows the project's own errors."""

    def with_folder(data: bytes) -> Hashable:
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            return outcome_of(lambda: run(Path(folder), data))

    return with_folder


def _settings() -> Run:
    def run(folder: Path, data: bytes) -> Hashable:
        named = _names(data)
        toml = folder / "s.toml"
        toml.write_bytes(named.pop("toml", "").encode("utf-8", "surrogateescape"))
        chat = named.pop("chat", "")
        known = {name: value for name, value in named.items() if name.startswith("TAMNGU_")}
        said: list[Hashable] = [
            outcome_of(lambda: hash(Limits.from_environment(known).default)),
            outcome_of(lambda: hash(EncoderOptions.from_environment(known))),
            outcome_of(lambda: hash(Chat.at(chat, environment=known).url)),
        ]
        for file in ({}, {"TAMNGU_SERVE_CONFIG": str(toml)}):
            with patch.dict(os.environ, {**known, **file}):
                said.append(outcome_of(lambda: bool(read_settings())))
        return tuple(said)

    return in_folder(run)


def _names(data: bytes) -> dict[str, str]:
    """Return an input as variables, as far as an environment can hold them."""
    try:
        given = json.loads(data.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        given = {"TAMNGU_READ_LIMITS": data.decode("utf-8", "surrogateescape")}
    items = given.items() if isinstance(given, dict) else []
    return {
        str(name): value.replace("\x00", "").encode("utf-8", "replace").decode()
        for name, value in items
        if isinstance(value, str) and "=" not in name and "\x00" not in name and name.isascii()
    }


def _of_file(name: str, seeds: Sequence[bytes], mutate: Any, form: str) -> Target:  # noqa: ANN401
    def run(folder: Path, data: bytes) -> Hashable:
        names = [f"xquad.{each}.json" for each in ("vi", "zh", "en")] if form == "xquad" else ["f"]
        for each in names:
            (folder / each).write_bytes(data)
        return _gold(f"{form}:{folder}" if form == "xquad" else f"{form}:{folder / 'f'}")

    return Target(name, lambda: [b"\n".join(seeds)], mutate, lambda: in_folder(run))


def _gold(spec: str) -> Hashable:
    gold = read_gold(spec)
    must(bool(gold.questions) and bool(gold.digest), "a gold set without a question")
    for question in gold.questions:
        must(isinstance(question.text, str) and bool(question.language), "a question")
        must(isinstance(question.id, str), "an id")
    judged = {each.id: {r.article_id: r.grade for r in each.relevant} for each in gold.questions}
    _measured({name: grades for name, grades in judged.items() if grades})
    return (len(gold.questions), len(gold.texts or ()))


def _measured(judged: Mapping[str, Mapping[str, int]]) -> None:
    """Check that a run that finds what answers best gets the best figures."""
    found = {question: dict(grades) for question, grades in judged.items()}
    run = {
        question: {name: float(grade) for name, grade in each.items()}
        for question, each in found.items()
    }
    for values in measure({"ndcg@10": "nDCG@10"}, judged, run).values():
        must(0.999 < values["ndcg@10"] < 1.001, f"the best run is measured as {values}")


def _beir_changed(random: Random, data: bytes) -> bytes:
    members = json.loads(data)
    name = random.choice(list(members))
    content = members[name].encode("utf-8", "replace")
    new = changed(random, content) if name.endswith("tsv") else lines_changed(random, content)
    return json.dumps({**members, name: new.decode("latin-1")}).encode()


def _beir() -> Run:
    def run(folder: Path, data: bytes) -> Hashable:
        (folder / "qrels").mkdir()
        for name, content in json.loads(data).items():
            encoding = "utf-8" if any(ord(each) > 255 for each in content) else "latin-1"
            (folder / name).write_bytes(content.encode(encoding))
        return _gold(f"beir:{folder}")

    return in_folder(run)


def _run() -> Run:
    def run(folder: Path, data: bytes) -> Hashable:
        (folder / "f").write_bytes(data)
        return len(load(folder / "f").results)

    return in_folder(run)


def _trec() -> Run:
    def run(folder: Path, data: bytes) -> Hashable:
        (folder / "f").write_bytes(data)
        with suppress(TamnguError):
            _measured(read_qrels(folder / "f"))
        read: Sequence[Callable[[Path], Mapping[str, object]]] = (read_qrels, read_trec_run)
        return tuple(
            outcome_of(partial(lambda each: len(each(folder / "f")), each)) for each in read
        )

    return in_folder(run)
