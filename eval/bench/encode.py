"""The encoder beside plain sentence-transformers: speed, latency, start, memory, agreement."""

from __future__ import annotations

import logging
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np

from embeddings import Encoder, EncoderError, EncoderOptions, Vectors, load_encoder
from eval.bench.workload import Workload

_ASKED = 400
"""Questions of one measurement of latency or of throughput."""

_WARM = 40
"""Questions asked before anything is timed."""

_START = """
import sys, time
from embeddings import load_encoder
load_encoder(sys.argv[1]).encode_questions(["Tamngu"])
print(time.time())
try:
    with open("/proc/self/status") as status:
        print(next(int(line.split()[1]) for line in status if line.startswith("VmRSS")))
except OSError:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def measure(
    model: str, workload: Workload, *, rounds: int, clients: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Return the figures of ``tamngu bench encode``.

    Speeds are medians over ``rounds`` that take turns, so that a disturbance hits both sides; the
    ratios are medians of the rounds' own. Baseline is ``SentenceTransformer.encode`` in float32,
    32 texts a batch. Texts over the model's length are cut on both sides.
    """
    options = replace(EncoderOptions.from_environment(), question_cache=0, overlong="cut")
    encoder = load_encoder(model, options)
    questions = list(workload.questions)
    random.Random(0).shuffle(questions)
    say(f"Asking questions: one client, then {clients} at once.")
    # Before torch is in the process, as in a service; its idle threads would take part.
    asked = _latency(encoder, questions) | _clients(encoder, questions, rounds, clients)
    say("Loading sentence-transformers beside it.")
    plain = load_encoder(model, replace(options, runtime="torch"))
    say(f"Encoding {len(workload.passages)} texts {rounds} times on each side.")
    with _unreported():
        figures = _passages(encoder, plain, workload.passages, rounds) | asked
    theirs = _times(plain, questions[: _ASKED // 4])
    figures["baseline_question_p50_ms"] = round(float(np.percentile(theirs, 50)), 2)
    say("Starting afresh.")
    starts = [_start(model) for _ in range(rounds)]
    return {
        "model": str(encoder.fingerprint),
        "workload": workload.name,
        **figures,
        "cold_start_s": round(statistics.median(taken for taken, _ in starts), 2),
        "rss_mb": round(statistics.median(held for _, held in starts)),
    }


@contextmanager
def _unreported() -> Iterator[None]:
    """Keep the encoder from reporting, every round, the texts that it cuts; they are counted."""
    logger = logging.getLogger("tamngu.embeddings")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _passages(
    encoder: Encoder, plain: Encoder, texts: Sequence[str], rounds: int
) -> dict[str, Any]:
    limit = encoder.max_passage_tokens
    counts = encoder.count_tokens(texts)
    tokens = sum(min(count, limit) for count in counts)
    ours, theirs = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        expected = _plainly(plain, texts)
        theirs.append(tokens / (time.perf_counter() - started))
        started = time.perf_counter()
        found = encoder.encode_passages(texts)
        ours.append(tokens / (time.perf_counter() - started))
    cosines = (found * expected).sum(axis=1)
    speed = statistics.median(ours)
    return {
        "texts": len(texts),
        "cut_texts": sum(count > limit for count in counts),
        "tokens_per_s": round(speed),
        "baseline_tokens_per_s": round(statistics.median(theirs)),
        "ratio": round(statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), 2),
        "passages_per_s": round(speed * len(texts) / tokens, 1),
        "cosine_mean": round(float(cosines.mean()), 6),
        "cosine_min": round(float(cosines.min()), 6),
    }


def _plainly(plain: Encoder, texts: Sequence[str]) -> Vectors:
    """Encode as someone would who has sentence-transformers and nothing else."""
    vectors: Vectors = plain.model.encode(  # type: ignore[attr-defined]
        list(texts),
        prompt=plain.fingerprint.passage_prompt,
        batch_size=32,
        normalize_embeddings=True,
        show_progress_bar=False,
    )
    return vectors


def _latency(encoder: Encoder, questions: Sequence[str]) -> dict[str, Any]:
    times = _times(encoder, questions[:_ASKED])
    return {
        "question_p50_ms": round(float(np.percentile(times, 50)), 2),
        "question_p95_ms": round(float(np.percentile(times, 95)), 2),
    }


def _times(encoder: Encoder, questions: Sequence[str]) -> list[float]:
    """Return milliseconds for each question, asked one by one."""
    for question in questions[:_WARM]:
        encoder.encode_questions([question])
    taken = []
    for question in questions:
        started = time.perf_counter()
        encoder.encode_questions([question])
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _clients(
    encoder: Encoder, questions: Sequence[str], rounds: int, clients: int
) -> dict[str, Any]:
    """Throughput of one client that asks without pause, and of many; in turns."""
    _throughput(encoder, questions[:_ASKED], clients)
    alone, together = [], []
    for _ in range(rounds):
        alone.append(_throughput(encoder, questions[:_ASKED], 1))
        together.append(_throughput(encoder, questions[: 2 * _ASKED], clients))
    return {
        "questions_per_s": round(statistics.median(alone)),
        f"questions_per_s_{clients}_clients": round(statistics.median(together)),
        "clients_ratio": round(
            statistics.median(b / a for a, b in zip(alone, together, strict=True)), 2
        ),
    }


def _throughput(encoder: Encoder, questions: Sequence[str], clients: int) -> float:
    """Return questions a second when each client asks its share one after the other."""

    def ask(client: int) -> None:
        for question in islice(questions, client, None, clients):
            encoder.encode_questions([question])

    with ThreadPoolExecutor(clients) as pool:
        started = time.perf_counter()
        list(pool.map(ask, range(clients)))
        return len(questions) / (time.perf_counter() - started)


def _start(model: str) -> tuple[float, float]:
    """Return a new process's seconds to its first vector, and its MB (2**20 bytes) then."""
    started = time.time()
    run = subprocess.run(
        [sys.executable, "-c", _START, model], capture_output=True, text=True, check=False
    )
    if run.returncode != 0:
        raise EncoderError(f"A fresh process failed: {run.stderr.strip().splitlines()[-1:]}")
    ended, kilobytes = run.stdout.split()
    return float(ended) - started, int(kilobytes) / 1024
